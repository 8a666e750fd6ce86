import { faultNames } from '../../fault-names.js';
import type { ClassifiedFault, FaultName } from '../../faults.js';
import { networkFault, textOf } from '../../network-faults.js';

/** SQLSTATE codes, or their first two characters, that have a meaning of their own. */
const states: Readonly<Record<string, FaultName>> = {
  '08': 'connection-lost',
  '08P01': 'pooler',
  '2BP01': 'in-use',
  '0A000': 'unsupported',
  '22': 'constraint',
  '22021': 'text-encoding',
  '23': 'constraint',
  '25006': 'read-only-session',
  '28': 'login-refused',
  '3D000': 'no-such-database',
  '3F000': 'no-schema',
  '40001': 'conflict',
  '40P01': 'conflict',
  '42501': 'permission',
  '42P01': 'no-such-table',
  '53100': 'no-space',
  '23514': 'check',
  '53200': 'out-of-memory',
  '53300': 'too-many-connections',
  '55000': 'wrong-state',
  '55P03': 'busy',
  '57P05': 'connection-lost',
  '57014': 'busy',
  '57P01': 'connection-lost',
  '57P02': 'connection-lost',
  '57P03': 'not-ready',
};

/** Faults that the driver reports in words only. */
const sayings: readonly (readonly [RegExp, FaultName])[] = [
  [/server does not support SSL/, 'tls-unsupported'],
  [/connection timeout|timeout expired|Connection terminated due to connection timeout/, 'timeout'],
  [/Connection terminated|not queryable|Client was closed|Connection ended/, 'connection-lost'],
  [/SASL|password must be a string|unsupported authentication/i, 'login-refused'],
  [/SSL|TLS/, 'tls-failed'],
];

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function classify(error: unknown): ClassifiedFault | undefined {
  const code = textOf(error, 'code');
  const message = textOf(error, 'message') ?? '';
  if (code === 'TMI_SETTINGS_LOST') return { fault: 'settings-lost', engineCode: undefined };
  const network = networkFault(code);
  if (network) return { fault: network, engineCode: code };
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    // "no pg_hba.conf entry for host …, no encryption": the server would take the login with TLS.
    if (code === '28000' && /no encryption|SSL off/.test(message))
      return { fault: 'tls-required', engineCode: code };
    if (code === '42501' && textOf(error, 'routine') === 'check_enable_rls')
      return { fault: 'row-security', engineCode: code };
    const { constraint, table, column } = error as Readonly<Record<string, unknown>>;
    return {
      fault: states[code] ?? states[code.slice(0, 2)] ?? 'unknown',
      engineCode: code,
      // The server sends them as fields of their own, apart from its text.
      names: faultNames({ constraint, table, column }),
    };
  }
  const said = sayings.find(([pattern]) => pattern.test(message));
  return said && { fault: said[1], engineCode: undefined };
}

export function isMissingTls(error: unknown): boolean {
  return classify(error)?.fault === 'tls-unsupported' || classify(error)?.fault === 'tls-required';
}
