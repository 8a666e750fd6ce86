import { expect, it } from 'vitest';
import { classify as mysql } from '../../src/database/dialects/mysql/errors.js';
import { classify as mssql } from '../../src/database/dialects/mssql/errors.js';
import { classify as postgres } from '../../src/database/dialects/postgres/errors.js';

it.each([
  ['53200', 'out-of-memory'],
  ['53100', 'no-space'],
  ['22021', 'text-encoding'],
  ['22001', 'constraint'],
  ['23514', 'check'],
  ['0A000', 'unsupported'],
  ['55000', 'wrong-state'],
  ['40001', 'conflict'],
])('PostgreSQL %s is %s', (code, fault) => {
  expect(postgres(Object.assign(new Error('x'), { code }))?.fault).toBe(fault);
});

it.each([
  [1412, 'changed-meanwhile'],
  [1862, 'password-expired'],
  [3118, 'account-locked'],
  [1213, 'conflict'],
  [1020, 'conflict'],
])('MySQL %i is %s', (errno, fault) => {
  expect(mysql(Object.assign(new Error('x'), { code: 'ER_X', errno }))?.fault).toBe(fault);
});

it('SQL Server 2557 is a missing right', () => {
  expect(mssql(Object.assign(new Error('x'), { number: 2557 }))?.fault).toBe('permission');
});
