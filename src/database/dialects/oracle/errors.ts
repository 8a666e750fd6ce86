import { namesIn, type FaultWording } from '../../fault-names.js';
import type { ClassifiedFault, FaultName } from '../../faults.js';
import { networkFault, textOf } from '../../network-faults.js';
import { errorNumber } from './driver.js';

/** Numbers of the server's and the listener's errors. */
const byFault: Partial<Readonly<Record<FaultName, readonly number[]>>> = {
  'account-locked': [28000],
  'alias-unknown': [12154],
  busy: [51, 54, 4020, 4021, 30006],
  'changed-meanwhile': [1466, 8103],
  'connection-lost': [28, 1012, 2396, 2399, 3113, 3114, 3135, 12537, 12547, 12570, 12571, 25402, 25408],
  conflict: [60, 8177],
  constraint: [
    1, 1400, 1401, 1407, 1426, 1438, 1461, 1722, 1830, 1839, 1841, 1843, 1847, 1858, 1861, 2091, 2290, 2291,
    2292, 12899, 32795, 40441,
  ],
  'host-unknown': [12545],
  'in-use': [2449, 2303],
  'login-refused': [1005, 1017, 1045, 1988, 28009, 28040],
  'native-encryption': [12660],
  'no-space': [257, 1536, 1652, 1653, 1654, 1658, 1659, 1688, 1691, 1693, 19809, 30036],
  'no-such-database': [12505, 12514],
  'no-such-table': [942, 4043],
  'not-ready': [1033, 1034, 1035, 1089, 1090, 12526, 12527, 12528, 27101],
  'password-expired': [28001],
  permission: [1031, 1720, 1749, 1950, 2004, 41900],
  'read-only': [1456, 16000],
  refused: [12541],
  'server-too-old': [28041],
  'snapshot-lost': [1555],
  timeout: [12170, 12535, 12606, 12609],
  'too-many-connections': [18, 20, 2391, 12516, 12518, 12519, 12520],
};

const numbers = new Map(
  Object.entries(byFault).flatMap(([fault, list]) => list.map((number) => [number, fault as FaultName])),
);

/** Codes of the driver itself. */
const codes: Readonly<Record<string, FaultName>> = {
  'NJS-003': 'connection-lost',
  'NJS-101': 'no-password',
  'NJS-116': 'login-refused',
  'NJS-123': 'timeout',
  'NJS-138': 'server-too-old',
  'NJS-500': 'connection-lost',
  'NJS-501': 'connection-lost',
  'NJS-503': 'unreachable',
  'NJS-504': 'unreachable',
  'NJS-505': 'wallet-password',
  'NJS-506': 'tls-failed',
  'NJS-507': 'tls-untrusted',
  'NJS-508': 'tls-untrusted',
  'NJS-510': 'timeout',
  'NJS-511': 'refused',
  'NJS-516': 'alias-file-missing',
  'NJS-517': 'alias-unknown',
  'NJS-518': 'no-such-database',
  'NJS-519': 'no-such-database',
  'NJS-520': 'alias-file-missing',
  'NJS-521': 'connection-lost',
  'NJS-529': 'wallet-password',
  'NJS-530': 'host-unknown',
  'NJS-533': 'native-encryption',
};

/** Names stand before values, which newer servers add in lines of their own. */
const wordings: FaultWording = [
  /^ORA-\d+: (?:unique|check|integrity) constraint \((?<constraint>[^)\n]*)\) violated(?: on table (?<table>\S+) columns? \((?<column>[^)\n]*)\))?/,
  /^ORA-01400: [^(\n]*\((?:"[^"]*"\.)?"(?<table>[^"]*)"\."(?<column>[^"]*)"\)/,
  /^ORA-01407: [^(\n]*\((?:"[^"]*"\.)?"(?<table>[^"]*)"\."(?<column>[^"]*)"\)/,
  /^ORA-12899: value too large for column (?:"[^"]*"\.)?"(?<table>[^"]*)"\."(?<column>[^"]*)"/,
];

/** The driver keeps the cause of some of its errors in their text only; nothing of it is shown but a code. */
function causeOf(code: string, message: string): FaultName | undefined {
  if (code === 'NJS-503') return networkFault(/\bE[A-Z_]{4,}\b/.exec(message)?.[0]);
  if (code === 'NJS-506' && /certificate|self.signed|altnames|issuer/i.test(message)) return 'tls-untrusted';
  if (code === 'NJS-511') return numbers.get(Number(/ORA-(\d+)/.exec(message)?.[1]));
  return undefined;
}

/** @see https://docs.oracle.com/en/error-help/db/ */
export function classify(error: unknown): ClassifiedFault | undefined {
  const code = textOf(error, 'code');
  const network = networkFault(code);
  if (network) return { fault: network, engineCode: code };
  if (code !== undefined && /^(NJS|DPI|DPY)-/.test(code)) {
    const fault = causeOf(code, textOf(error, 'message') ?? '') ?? codes[code] ?? 'unknown';
    return { fault, engineCode: code };
  }
  const number = errorNumber(error);
  if (number === undefined) return undefined;
  return {
    fault: numbers.get(number) ?? 'unknown',
    engineCode: `ORA-${String(number).padStart(5, '0')}`,
    names: namesIn(textOf(error, 'message'), wordings),
  };
}
