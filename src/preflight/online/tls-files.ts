import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { NOT_A_FILE, readInputSync } from '../../config/files/input.js';
import { isReference } from '../../config/reference.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import type { Report } from '../finding.js';
import type { OnlineInputs } from './inputs.js';

type TlsRule =
  'tls-file-unreadable' | 'tls-files-mismatch' | 'tls-certificate-name' | 'tls-certificate-expired';

const DAY_MS = 86_400_000;
const WARN_DAYS = 30;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
  [NOT_A_FILE]: 'is a pipe or a device',
};

/** Loads a file as `read` makes it; a text when it cannot, with the reason. */
function load<T>(file: string, baseDirectory: string, read: (bytes: Buffer) => T): T | string {
  let bytes: Buffer;
  try {
    bytes = readInputSync(path.resolve(baseDirectory, file));
  } catch (error) {
    return reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be read';
  }
  try {
    return read(bytes);
  } catch {
    return 'is no PEM file of this kind';
  }
}

function expiry(certificate: X509Certificate, now: Date): Pick<Report, 'message'> | undefined {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (now < from) return { message: `The certificate is valid from ${from.toISOString()} only` };
  if (now >= to) return { message: `The certificate expired on ${to.toISOString()}` };
  const days = Math.floor((to.getTime() - now.getTime()) / DAY_MS);
  if (days >= WARN_DAYS) return undefined;
  return { message: `The certificate expires on ${to.toISOString()}, in ${days} days` };
}

/** The path of a file when it is known: inline, or from a reference that was resolved. */
function fileOf(configuration: Configuration, value: Value | undefined): string | undefined {
  const text = configuration.secretText(value);
  return text === undefined || text === '' || isReference(text) ? undefined : text;
}

/** With TLS on: both files load, belong together, carry the name and are valid today. */
export function checkTlsFiles(
  configuration: Configuration,
  { baseDirectory, now }: OnlineInputs,
): Partial<Record<TlsRule, Report[]>> {
  if (configuration.text('server.tls_enabled') !== 'true') return {};
  const certValue = configuration.value('server.tls_cert_file');
  const keyValue = configuration.value('server.tls_key_file');
  const certFile = fileOf(configuration, certValue);
  const keyFile = fileOf(configuration, keyValue);
  const unreadable: Report[] = [];
  const certificate =
    certFile === undefined ? undefined : load(certFile, baseDirectory, (pem) => new X509Certificate(pem));
  const key: KeyObject | string | undefined =
    keyFile === undefined ? undefined : load(keyFile, baseDirectory, (pem) => createPrivateKey(pem));
  if (typeof certificate === 'string' && certValue) {
    unreadable.push(reportOn(certValue, { message: `The certificate file ${certificate}` }));
  }
  if (typeof key === 'string' && keyValue) {
    unreadable.push(reportOn(keyValue, { message: `The key file ${key}` }));
  }
  if (!certificate || typeof certificate === 'string' || !certValue)
    return { 'tls-file-unreadable': unreadable };
  const name = configuration.text('server.tls_subject_name') || hostname();
  const named = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  const expired = expiry(certificate, now);
  return {
    'tls-file-unreadable': unreadable,
    'tls-files-mismatch':
      key && typeof key !== 'string' && keyValue && !certificate.checkPrivateKey(key)
        ? [reportOn(keyValue, { message: 'The key does not belong to the certificate' })]
        : [],
    'tls-certificate-name': named
      ? []
      : [
          reportOn(certValue, {
            message: `The certificate is not for ${name}`,
            found: certificate.subjectAltName ?? certificate.subject,
            expected: name,
          }),
        ],
    'tls-certificate-expired': expired ? [reportOn(certValue, expired)] : [],
  };
}
