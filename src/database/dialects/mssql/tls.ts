import { isIP } from 'node:net';
import { readInput } from '../../../config/files/input.js';
import { ToolError } from '../../../errors/index.js';
import { parameter, wordParameter } from './parameters.js';

/** What the connection does about TLS, in the driver's terms. */
export interface MssqlTls {
  /** `strict` begins with TLS, before any packet of the protocol. */
  readonly encrypt: boolean | 'strict';
  /** Any certificate will do. */
  readonly trust: boolean;
  /** The name that the certificate must have; undefined where the driver takes the host. */
  readonly serverName: string | undefined;
  /** An address that the certificate must have; the driver itself compares only names. */
  readonly address: string | undefined;
  readonly ca: string | undefined;
}

/** The words of the Go driver. */
const encryptWords: Readonly<Record<string, boolean | 'strict'>> = {
  true: true,
  yes: true,
  '1': true,
  t: true,
  mandatory: true,
  require: true,
  required: true,
  false: false,
  no: false,
  '0': false,
  f: false,
  optional: false,
  disable: false,
  disabled: false,
  strict: 'strict',
};

const truthWords: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

async function authority(parameters: ReadonlyMap<string, string>): Promise<string | undefined> {
  const path = parameter(parameters, 'certificate', 'serverCertificate');
  if (path === undefined) return undefined;
  try {
    return (await readInput(path)).bytes.toString('utf8');
  } catch {
    throw new ToolError(
      'database/tls',
      `The file that certificate names in the database URL cannot be read: ${path}`,
      { hint: 'Check the path and its permissions.' },
    );
  }
}

/**
 * Without `encrypt` the connection is encrypted and takes any certificate: every server has one, signed by itself
 * where nobody gave it another. With `encrypt=true` the certificate is checked, unless `trustServerCertificate` says
 * otherwise. As in the Go driver, but that the whole session is encrypted and not the login alone.
 */
export async function tlsOf(host: string, parameters: ReadonlyMap<string, string>): Promise<MssqlTls> {
  const written = wordParameter(parameters, 'encrypt', encryptWords);
  const encrypt = written ?? true;
  const trust =
    encrypt !== 'strict' &&
    (wordParameter(parameters, 'trustServerCertificate', truthWords) ?? written === undefined);
  const name = parameter(parameters, 'hostNameInCertificate', 'serverName');
  const isAddress = isIP(host) !== 0;
  // Node refuses an address where the handshake has a name; with "strict" it finds the host by itself.
  const needsName = isAddress && encrypt === true;
  return {
    encrypt,
    trust,
    serverName: name ?? (needsName ? 'localhost' : undefined),
    address: needsName && name === undefined && !trust ? host : undefined,
    ca: await authority(parameters),
  };
}
