import { constants, getFips } from 'node:crypto';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { readInput } from '../../../config/files/input.js';
import { ToolError } from '../../../errors/index.js';
import { authorities } from '../../authorities.js';

export type PostgresTls = ConnectionOptions | false;

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof modes)[number];

function modeOf(parameters: ReadonlyMap<string, string>): Mode {
  const name = parameters.get('sslmode') ?? 'prefer';
  // Node's own word for what libpq calls "require".
  if (name === 'no-verify') return 'require';
  const mode = modes.find((m) => m === name);
  if (mode) return mode;
  throw new ToolError(
    'database/invalid-url',
    'The parameter sslmode of the database URL has an unknown value',
    {
      hint: `It is one of ${modes.join(', ')}.`,
    },
  );
}

async function file(parameters: ReadonlyMap<string, string>, name: string): Promise<string | undefined> {
  const path = parameters.get(name);
  if (path === undefined || path === '' || path === 'system') return undefined;
  try {
    return (await readInput(path)).bytes.toString('utf8');
  } catch {
    throw new ToolError(
      'database/tls',
      `The file that ${name} names in the database URL cannot be read: ${path}`,
      {
        hint: 'Check the path and its permissions.',
      },
    );
  }
}

/** OpenSSL 3.5, which has halves of keys for more than one group sent. */
const SENDS_MORE = 0x30500000;
const GROUPS = 'P-256:X25519:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192';

/**
 * The groups that OpenSSL knows by itself, and that one first which a server knows by default (`ssl_ecdh_curve`; since 18
 * two of them): a client sends its half of a key for the first one alone, and a server that does not know it asks for
 * another, which is one more round trip. Newer ones have a better list than this, and FIPS a shorter one.
 */
function groups(): Pick<ConnectionOptions, 'ecdhCurve'> {
  const isOthers = constants.OPENSSL_VERSION_NUMBER >= SENDS_MORE || getFips() !== 0;
  return isOthers ? {} : { ecdhCurve: GROUPS };
}

/**
 * What libpq does for each `sslmode`, in the order to try: `require` encrypts without looking at the
 * certificate, unless an authority is named; `prefer`, the default, does without TLS where there is none.
 */
export async function tlsChoices(
  host: string,
  parameters: ReadonlyMap<string, string>,
): Promise<PostgresTls[]> {
  const mode = modeOf(parameters);
  if (mode === 'disable') return [false];
  const ca = await file(parameters, 'sslrootcert');
  const cert = await file(parameters, 'sslcert');
  const key = await file(parameters, 'sslkey');
  const verifies = mode === 'verify-full' || mode === 'verify-ca' || (mode === 'require' && ca !== undefined);
  const tls: ConnectionOptions = {
    rejectUnauthorized: verifies,
    ...groups(),
    // The driver gives no host for an address, and node would then compare with "localhost".
    checkServerIdentity: (_, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...authorities({ ca, cert }, verifies),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(parameters.has('sslpassword') ? { passphrase: parameters.get('sslpassword') } : {}),
  };
  if (mode === 'prefer') return [tls, false];
  return mode === 'allow' ? [false, tls] : [tls];
}
