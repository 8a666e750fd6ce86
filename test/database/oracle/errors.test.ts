import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/database/dialects/oracle/errors.js';
import { faultError, type FaultName } from '../../../src/database/faults.js';
import type { ErrorCode } from '../../../src/errors/index.js';

const target = { engine: 'oracle', host: 'db', port: 1521, database: 'tmi', user: 'app' } as const;

/** Errors in the shape of the driver's, with words that must not come through. */
const ofServer = (number: number): Error =>
  Object.assign(new Error(`ORA-${String(number).padStart(5, '0')}: CANARY-words`), {
    code: `ORA-${String(number).padStart(5, '0')}`,
    errorNum: number,
  });
const ofDriver = (code: string, words = ''): Error =>
  Object.assign(new Error(`${code}: CANARY-words ${words}`), { code });

const cases: readonly (readonly [error: Error, fault: FaultName, code: ErrorCode])[] = [
  [ofServer(1017), 'login-refused', 'database/login-refused'],
  [ofServer(28000), 'account-locked', 'database/login-refused'],
  [ofServer(28001), 'password-expired', 'database/login-refused'],
  [ofServer(1045), 'login-refused', 'database/login-refused'],
  [ofServer(12514), 'no-such-database', 'database/no-such-database'],
  [ofServer(12505), 'no-such-database', 'database/no-such-database'],
  [ofServer(12154), 'alias-unknown', 'database/no-such-database'],
  [ofServer(12541), 'refused', 'database/unreachable'],
  [ofServer(12170), 'timeout', 'database/timeout'],
  [ofServer(1033), 'not-ready', 'database/unreachable'],
  [ofServer(18), 'too-many-connections', 'database/unreachable'],
  [ofServer(942), 'no-such-table', 'database/no-such-table'],
  [ofServer(1), 'constraint', 'database/constraint'],
  [ofServer(1400), 'constraint', 'database/constraint'],
  [ofServer(2290), 'constraint', 'database/constraint'],
  [ofServer(2291), 'constraint', 'database/constraint'],
  [ofServer(2292), 'constraint', 'database/constraint'],
  [ofServer(12899), 'constraint', 'database/constraint'],
  [ofServer(54), 'busy', 'database/busy'],
  [ofServer(60), 'conflict', 'database/conflict'],
  [ofServer(30006), 'busy', 'database/busy'],
  [ofServer(1555), 'snapshot-lost', 'database/busy'],
  [ofServer(1031), 'permission', 'database/permission'],
  [ofServer(1950), 'permission', 'database/permission'],
  [ofServer(1536), 'no-space', 'database/no-space'],
  [ofServer(1653), 'no-space', 'database/no-space'],
  [ofServer(16000), 'read-only', 'database/read-only'],
  [ofServer(2449), 'in-use', 'database/in-use'],
  [ofServer(3113), 'connection-lost', 'database/connection-lost'],
  [ofServer(3135), 'connection-lost', 'database/connection-lost'],
  [ofServer(933), 'unknown', 'database/statement-failed'],
  [ofDriver('NJS-500'), 'connection-lost', 'database/connection-lost'],
  [ofDriver('NJS-003'), 'connection-lost', 'database/connection-lost'],
  [ofDriver('NJS-503', 'connect ECONNREFUSED 127.0.0.1:1'), 'refused', 'database/unreachable'],
  [ofDriver('NJS-503', 'connect EHOSTUNREACH 10.0.0.1:1'), 'unreachable', 'database/unreachable'],
  [ofDriver('NJS-503', 'connect ETIMEDOUT 10.0.0.1:1'), 'timeout', 'database/timeout'],
  [ofDriver('NJS-505', 'bad decrypt'), 'wallet-password', 'database/tls'],
  [ofDriver('NJS-506', 'self-signed certificate in certificate chain'), 'tls-untrusted', 'database/tls'],
  [ofDriver('NJS-506', 'wrong version number'), 'tls-failed', 'database/tls'],
  [ofDriver('NJS-507'), 'tls-untrusted', 'database/tls'],
  [ofDriver('NJS-508'), 'tls-untrusted', 'database/tls'],
  [ofDriver('NJS-510'), 'timeout', 'database/timeout'],
  [ofDriver('NJS-511', 'Cause: ORA-12526'), 'not-ready', 'database/unreachable'],
  [ofDriver('NJS-511', 'Cause: refused'), 'refused', 'database/unreachable'],
  [ofDriver('NJS-530'), 'host-unknown', 'database/unreachable'],
  [ofDriver('NJS-533', 'Cause: ORA-12660'), 'native-encryption', 'database/tls'],
  [ofDriver('NJS-138'), 'server-too-old', 'database/unreachable'],
  [ofDriver('NJS-999'), 'unknown', 'database/statement-failed'],
];

describe('errors of the server and of its driver', () => {
  it.each(cases)('%s', (error, fault, code) => {
    const known = classify(error);
    expect(known?.fault).toBe(fault);
    const shown = faultError(known ?? { fault: 'unknown', engineCode: undefined }, target);
    expect(shown.code).toBe(code);
    expect(shown.message).toContain(`(host "db", port 1521, database "tmi", user "app", error `);
    expect(shown.message).toContain((error as Error & { code: string }).code);
    expect(`${shown.message} ${shown.hint ?? ''}`).not.toContain('CANARY');
  });

  it('leaves alone what is not theirs', () => {
    expect(classify(new Error('ORA-00001'))).toBeUndefined();
    expect(classify(undefined)).toBeUndefined();
  });
});
