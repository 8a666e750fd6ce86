import { readInput } from '../../../config/files/input.js';
import { ToolError } from '../../../errors/index.js';
import { authorities } from '../../authorities.js';

/** What the driver takes, and whether the name in the certificate counts. */
export interface MysqlTls {
  readonly rejectUnauthorized: boolean;
  readonly verifyIdentity: boolean;
  readonly ca?: string | string[];
  readonly cert?: string;
  readonly key?: string;
}

type Mode = 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-identity';

/** The words of the MySQL client, of the Go driver, and of those who are used to PostgreSQL. */
const modes: Readonly<Record<string, Mode>> = {
  disabled: 'disabled',
  disable: 'disabled',
  false: 'disabled',
  '0': 'disabled',
  preferred: 'preferred',
  prefer: 'preferred',
  required: 'required',
  require: 'required',
  'skip-verify': 'required',
  verify_ca: 'verify-ca',
  'verify-ca': 'verify-ca',
  verify_identity: 'verify-identity',
  'verify-identity': 'verify-identity',
  'verify-full': 'verify-identity',
  true: 'verify-identity',
  '1': 'verify-identity',
};

function first(parameters: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  return names.map((name) => parameters.get(name)).find((value) => value !== undefined && value !== '');
}

async function file(
  parameters: ReadonlyMap<string, string>,
  names: readonly string[],
): Promise<string | undefined> {
  const path = first(parameters, names);
  if (path === undefined) return undefined;
  try {
    return (await readInput(path)).bytes.toString('utf8');
  } catch {
    throw new ToolError(
      'database/tls',
      `A file that the database URL names for TLS cannot be read: ${path}`,
      {
        hint: 'Check the path and its permissions.',
      },
    );
  }
}

const caNames = ['ssl-ca', 'ssl_ca', 'sslrootcert'];
const certNames = ['ssl-cert', 'ssl_cert', 'sslcert'];
const keyNames = ['ssl-key', 'ssl_key', 'sslkey'];

/**
 * What to try, in order. Without a parameter there is no TLS, as in the server's driver.
 * @throws ToolError `database/invalid-url`, also for files that without a mode nothing would read: the MySQL client takes
 *   them for a wish to verify
 */
export async function tlsChoices(parameters: ReadonlyMap<string, string>): Promise<(MysqlTls | undefined)[]> {
  const named = first(parameters, ['tls', 'ssl-mode', 'ssl_mode', 'sslmode', 'ssl']);
  if (named === undefined && first(parameters, [...caNames, ...certNames, ...keyNames]) !== undefined) {
    throw new ToolError(
      'database/invalid-url',
      'The database URL names a file for TLS and does not ask for TLS, so that the connection would be plain',
      {
        hint: 'Write ssl-mode=VERIFY_IDENTITY or VERIFY_CA beside it, or leave the file out. Nothing was connected to.',
      },
    );
  }
  const name = named ?? 'disabled';
  const mode = modes[name.toLowerCase()];
  if (mode === undefined) {
    throw new ToolError(
      'database/invalid-url',
      'The TLS parameter of the database URL has an unknown value',
      {
        hint: 'Write ssl-mode=DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY, or tls=true, skip-verify or false.',
      },
    );
  }
  if (mode === 'disabled') return [undefined];
  const ca = await file(parameters, caNames);
  const cert = await file(parameters, certNames);
  const key = await file(parameters, keyNames);
  const verifies = mode === 'verify-ca' || mode === 'verify-identity';
  const tls: MysqlTls = {
    rejectUnauthorized: verifies,
    verifyIdentity: mode === 'verify-identity',
    ...authorities({ ca, cert }, verifies),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  return mode === 'preferred' ? [tls, undefined] : [tls];
}
