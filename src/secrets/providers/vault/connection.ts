import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { untidiness } from '../../../config/untidy.js';
import { decodeUtf8 } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { parseUrl } from '../../http/address.js';
import type { StoreTls } from '../../http/store-http.js';
import type { ProviderInput } from '../contract.js';
import type { VaultConnection } from './client.js';

const notConfigured = (reason: string, hint?: string): SecretFault =>
  new SecretFault('secrets/provider-not-configured', reason, hint === undefined ? {} : { hint });

/**
 * Where Vault is and how it is reached, from the `secrets` block and the variables of Vault's own client.
 * @throws SecretFault `secrets/provider-not-configured`
 */
export async function connectionOf(input: ProviderInput): Promise<VaultConnection> {
  const { settings, environment } = input;
  const own = settings.get('vault_address');
  const address = own ?? (environment['VAULT_ADDR'] || settings.require('vault_address'));
  // A variable outranks the file, whatever it says.
  const stated = environment['TMI_VAULT_ADDRESS'] ? 'TMI_VAULT_ADDRESS' : 'secrets.vault_address';
  return {
    address: addressOf(address, own === undefined ? 'VAULT_ADDR' : stated),
    namespace: environment['VAULT_NAMESPACE']?.replace(/^\/+|\/+$/g, '') || undefined,
    tls: await tlsOf(input),
  };
}

/** @param by where it is stated, for the message */
function addressOf(text: string, by: string): string {
  // Readers of URLs drop some of it, and would connect all the same.
  const stray = untidiness(text);
  if (stray) throw notConfigured(`${by} ${stray.what}`, stray.fix);
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw notConfigured(
      `${by} is no address of a server`,
      'Write it like https://vault.example.org:8200, without a user and a query.',
    );
  }
  const folder = url.pathname.replace(/\/+$/, '');
  if (/\/v1$/.test(folder)) {
    throw notConfigured(
      `${by} ends in /v1, which is added to it, so that every path would begin with it twice`,
      `Write it as ${url.origin}${folder.slice(0, -'/v1'.length)}.`,
    );
  }
  return `${url.origin}${folder}`;
}

async function tlsOf({ environment, readFile }: ProviderInput): Promise<StoreTls> {
  const read = async (variable: string): Promise<string | undefined> => {
    const file = environment[variable];
    return file ? readText(file, variable, readFile) : undefined;
  };
  const ca = [
    certificates(await read('VAULT_CACERT'), 'VAULT_CACERT'),
    certificates(environment['VAULT_CACERT_BYTES'] || undefined, 'VAULT_CACERT_BYTES'),
    await folderOf(environment['VAULT_CAPATH'], readFile),
  ].filter((text) => text !== undefined);
  const client = clientOf(await read('VAULT_CLIENT_CERT'), await read('VAULT_CLIENT_KEY'));
  const servername = environment['VAULT_TLS_SERVER_NAME'];
  return {
    ...(ca.length === 0 ? {} : { ca: ca.join('\n') }),
    ...client,
    ...(servername ? { servername } : {}),
    ...(/^(1|t|true)$/i.test(environment['VAULT_SKIP_VERIFY'] ?? '') ? { rejectUnauthorized: false } : {}),
  };
}

/**
 * What the tool shows of itself to a server that asks for it. All of it is checked here: a certificate that is not
 * sent looks like a server that hangs up.
 * @throws SecretFault `secrets/provider-not-configured` for one without the other, and two that are no pair
 */
function clientOf(cert: string | undefined, key: string | undefined): Pick<StoreTls, 'cert' | 'key'> {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) {
    const [given, missing] =
      cert === undefined
        ? ['VAULT_CLIENT_KEY', 'VAULT_CLIENT_CERT']
        : ['VAULT_CLIENT_CERT', 'VAULT_CLIENT_KEY'];
    throw notConfigured(
      `${given} is set without ${missing}, and neither is of use alone`,
      `Set ${missing} to its file too, or take ${given} away.`,
    );
  }
  const [first] = certificatesIn(cert);
  if (first === undefined) {
    throw notConfigured(
      'the file of VAULT_CLIENT_CERT holds no certificate that can be read',
      'It takes the certificate of the client in PEM, with those between it and its authority below it.',
    );
  }
  if (!first.checkPrivateKey(privateKey(key))) {
    throw notConfigured(
      'the key of VAULT_CLIENT_KEY does not belong to the certificate of VAULT_CLIENT_CERT',
      'Name the key with which that certificate was made. In a file of several the first certificate counts.',
    );
  }
  return { cert, key };
}

/** @throws SecretFault `secrets/provider-not-configured` for a text without a key, or with one behind a passphrase */
function privateKey(text: string): KeyObject {
  const isEncrypted = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(text);
  if (!isEncrypted) {
    try {
      return createPrivateKey(text);
    } catch {
      // The error can quote the text, so it goes no further.
    }
  }
  throw notConfigured(
    isEncrypted
      ? 'the key in the file of VAULT_CLIENT_KEY is encrypted, and there is no way to give its passphrase'
      : 'the file of VAULT_CLIENT_KEY holds no private key that can be read',
    'It takes a key in PEM without a passphrase: -----BEGIN PRIVATE KEY-----',
  );
}

async function readText(
  file: string,
  variable: string,
  readFile: ProviderInput['readFile'],
): Promise<string> {
  try {
    return decodeUtf8(file, await readFile(file));
  } catch {
    throw notConfigured(`the file ${file} of ${variable} cannot be read`);
  }
}

const certificate = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** The certificates of a text. Node takes a text without any for a list of none, and trusts nobody. */
function certificates(text: string | undefined, source: string): string | undefined {
  if (text === undefined) return undefined;
  const found = certificatesIn(text);
  if (found.length > 0) return found.map(String).join('\n');
  throw notConfigured(
    `${source} holds no certificate that can be read`,
    'It takes certificates of authorities in PEM: -----BEGIN CERTIFICATE-----',
  );
}

/** In their order; none when one of them cannot be read. */
function certificatesIn(text: string): X509Certificate[] {
  try {
    return (text.match(certificate) ?? []).map((pem) => new X509Certificate(pem));
  } catch {
    return [];
  }
}

/** The certificates of all files of a folder; files without any are passed over, as Vault's own client does. */
async function folderOf(
  folder: string | undefined,
  readFile: ProviderInput['readFile'],
): Promise<string | undefined> {
  if (!folder) return undefined;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    throw notConfigured(`the folder ${folder} of VAULT_CAPATH cannot be read`);
  }
  const texts = await Promise.all(
    names.sort().map(async (name) => {
      try {
        return decodeUtf8(name, await readFile(path.join(folder, name)));
      } catch {
        return '';
      }
    }),
  );
  return certificates(texts.join('\n'), `the folder ${folder} of VAULT_CAPATH`);
}
