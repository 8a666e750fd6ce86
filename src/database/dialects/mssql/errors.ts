import { namesIn, type FaultWording } from '../../fault-names.js';
import type { ClassifiedFault, FaultName } from '../../faults.js';
import { networkFault, textOf } from '../../network-faults.js';

/** Numbers of the server's errors, by what they mean. */
const numbersOf: Partial<Record<FaultName, readonly number[]>> = {
  'login-refused': [
    18401, 18450, 18451, 18452, 18456, 18461, 18462, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18471,
    18486, 18487, 18488, 40615, 40914, 4064,
  ],
  'no-such-database': [911, 4060],
  'not-ready': [
    904, 921, 922, 927, 942, 17142, 17187, 17188, 17189, 40197, 40501, 40613, 49918, 49919, 49920,
  ],
  'too-many-connections': [10928, 10929, 17809, 10936],
  'no-such-table': [208],
  busy: [1204, 1222, 3635, 5061],
  'changed-meanwhile': [3961],
  conflict: [1205, 3960],
  constraint: [
    206, 220, 232, 235, 236, 241, 242, 244, 245, 248, 257, 293, 294, 295, 296, 298, 515, 544, 547, 2601, 2627,
    2628, 8101, 8114, 8115, 8152, 8169, 9420, 9455, 13608,
  ],
  'in-use': [1785, 3723, 3726, 3729, 3732, 4917, 4922, 5074, 15352],
  permission: [
    229, 230, 262, 297, 300, 371, 378, 916, 1088, 2760, 3701, 3704, 4613, 4834, 15151, 15247, 15517,
  ],
  'counter-rights': [2557],
  'read-only': [978, 3906, 3908, 5063, 10858],
  'no-space': [1101, 1105, 1827, 3257, 5149, 9002, 40544],
  'connection-lost': [233, 596, 6005, 10053, 10054],
};

const numbers = new Map<number, FaultName>(
  Object.entries(numbersOf).flatMap(([fault, list]) =>
    list.map((number) => [number, fault as FaultName] as const),
  ),
);

/** Names stand before values, so the beginning decides. A table is named with its schema, at times with its database. */
const wordings: FaultWording = [
  /^The [A-Z]+ statement conflicted with the [A-Z ]+ constraint "(?<constraint>[^"]*)"\. The conflict occurred in database "[^"]*", table "(?<table>[^"]*)"(?:, column '(?<column>[^']*)')?/,
  /^Violation of [A-Z ]+ constraint '(?<constraint>[^']*)'\. Cannot insert duplicate key in object '(?<table>[^']*)'/,
  /^Cannot insert duplicate key row in object '(?<table>[^']*)' with unique index '(?<constraint>[^']*)'/,
  /^Cannot insert the value NULL into column '(?<column>[^']*)', table '(?<table>[^']*)'/,
  /^String or binary data would be truncated in table '(?<table>[^']*)', column '(?<column>[^']*)'/,
];

/** Words of the driver, and of this folder. */
const words: Readonly<Record<string, FaultName>> = {
  ETIMEOUT: 'timeout',
  ELOGIN: 'login-refused',
  EFEDAUTH: 'login-refused',
  EENCRYPT: 'tls-required',
  EINSTLOOKUP: 'unreachable',
  ECLOSE: 'connection-lost',
  EINVALIDSTATE: 'connection-lost',
  ECANCEL: 'connection-lost',
  EPARAM: 'constraint',
  ETDS: 'broken-at-login',
  EINTERFACENOTSUPP: 'broken-at-login',
  TMI_NO_TLS: 'tls-unsupported',
  TMI_NO_SCHEMA: 'no-default-schema',
};

function numberOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('number' in error)) return undefined;
  return typeof error.number === 'number' ? error.number : undefined;
}

/** What stands behind an error of the driver's: of several, the first; of a lost socket, node's own. */
function behind(error: unknown): unknown {
  if (error instanceof AggregateError) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}

/** @see https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
export function classify(error: unknown): ClassifiedFault | undefined {
  const number = numberOf(error);
  if (number !== undefined) {
    const names = namesIn(textOf(error, 'message'), wordings);
    return { fault: numbers.get(number) ?? 'unknown', engineCode: String(number), names };
  }
  const code = textOf(error, 'code');
  const network = networkFault(code);
  if (network) return { fault: network, engineCode: code };
  const inner = behind(error);
  const known = inner === undefined ? undefined : classify(inner);
  if (known) return known;
  if (code !== undefined && Object.hasOwn(words, code)) {
    return { fault: words[code] ?? 'unknown', engineCode: code.startsWith('TMI') ? undefined : code };
  }
  // The driver's one word for a socket that is gone, where node has none.
  if (code === 'ESOCKET') return { fault: 'connection-lost', engineCode: code };
  return undefined;
}

export function isMissingTls(error: unknown): boolean {
  return classify(error)?.fault === 'tls-unsupported';
}
