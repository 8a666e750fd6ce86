import { expect, it } from 'vitest';
import { classify as mysql } from '../../src/database/dialects/mysql/errors.js';
import { classify as mssql } from '../../src/database/dialects/mssql/errors.js';
import { classify as oracle } from '../../src/database/dialects/oracle/errors.js';
import { classify as postgres } from '../../src/database/dialects/postgres/errors.js';
import { faultError, type ClassifiedFault } from '../../src/database/faults.js';

it.each([
  ['53200', 'out-of-memory'],
  ['53100', 'no-space'],
  ['22021', 'text-encoding'],
  ['22001', 'constraint'],
  ['23514', 'check'],
  ['0A000', 'unsupported'],
  ['55000', 'wrong-state'],
  ['25006', 'read-only-session'],
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

it('SQL Server 2557 says what the counter of an identity asks for', () => {
  const fault = mssql(Object.assign(new Error('x'), { number: 2557 }));
  const target = { engine: 'mssql', host: 'db', port: 1433, database: 'tmi', user: 'app' } as const;
  expect(faultError(fault as ClassifiedFault, target)).toMatchObject({
    code: 'database/permission',
    hint: expect.stringContaining('ALTER ROLE db_ddladmin ADD MEMBER') as string,
  });
});

/** The texts are those of the servers' documentation, with a value that looks like one of their names. */
const named: [string, ClassifiedFault | undefined, object | undefined][] = [
  [
    'PostgreSQL, whose fields are apart',
    postgres(
      Object.assign(new Error('x'), { code: '23505', constraint: 'pk', table: 't', column: undefined }),
    ),
    { constraint: 'pk', table: 't' },
  ],
  ...(
    [
      [
        1062,
        `Duplicate entry 'CANARY' for key 'CANARY'' for key 't.PRIMARY'`,
        { constraint: 'PRIMARY', table: 't' },
      ],
      [1062, `Duplicate entry 'a' for key 'PRIMARY'`, { constraint: 'PRIMARY' }],
      [1048, `Column 'v' cannot be null`, { column: 'v' }],
      [1406, `Data too long for column 'v' at row 1`, { column: 'v' }],
      [
        1366,
        "Incorrect string value: 'CANARY' for column `db`.`t`.`v` at row 1",
        { table: 't', column: 'v' },
      ],
      [4025, 'CONSTRAINT `c` failed for `db`.`t`', { constraint: 'c', table: 't' }],
      [3819, `Check constraint 'c' is violated.`, { constraint: 'c' }],
      [
        1452,
        'Cannot add or update a child row: a foreign key constraint fails (`db`.`t`, CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `u` (`id`))',
        { constraint: 'f', table: 't' },
      ],
      [1062, `Doppelter Eintrag 'CANARY'`, undefined],
    ] as const
  ).map(([errno, sqlMessage, names]): [string, ClassifiedFault | undefined, object | undefined] => [
    `MySQL ${errno}: ${sqlMessage}`,
    mysql(Object.assign(new Error('x'), { code: 'ER_X', errno, sqlMessage })),
    names,
  ]),
  ...(
    [
      [
        547,
        `The INSERT statement conflicted with the CHECK constraint "c". The conflict occurred in database "d", table "dbo.t", column 'v'.`,
        { constraint: 'c', table: 'dbo.t', column: 'v' },
      ],
      [
        2627,
        `Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (CANARY).`,
        { constraint: 'pk', table: 'dbo.t' },
      ],
      [
        2628,
        `String or binary data would be truncated in table 'd.dbo.t', column 'v'. Truncated value: 'CANARY'.`,
        { table: 'd.dbo.t', column: 'v' },
      ],
    ] as const
  ).map(([number, text, names]): [string, ClassifiedFault | undefined, object | undefined] => [
    `SQL Server ${number}`,
    mssql(Object.assign(new Error(text), { number })),
    names,
  ]),
  ...(
    [
      [
        1,
        'unique constraint (A.PK) violated on table A.T columns (ID)\nORA-03301: (ORA-00001 details) row with column values (ID:CANARY) already exists',
        { constraint: 'A.PK', table: 'A.T', column: 'ID' },
      ],
      [2290, 'check constraint (A.C) violated', { constraint: 'A.C' }],
      [1400, 'cannot insert NULL into ("A"."T"."V")', { table: 'T', column: 'V' }],
      [12899, 'value too large for column "A"."T"."V" (actual: 3, maximum: 2)', { table: 'T', column: 'V' }],
    ] as const
  ).map(([errorNum, text, names]): [string, ClassifiedFault | undefined, object | undefined] => {
    const code = `ORA-${String(errorNum).padStart(5, '0')}`;
    return [code, oracle(Object.assign(new Error(`${code}: ${text}`), { code, errorNum })), names];
  }),
];

it.each(named)('names what of the schema it is about, and no value: %s', (_, fault, names) => {
  expect(fault?.names).toEqual(names);
  const target = { engine: 'mysql', host: 'db', port: 1, database: 'tmi', user: 'app' } as const;
  const shown = faultError(fault as ClassifiedFault, target).message;
  expect(shown).not.toContain('CANARY');
  for (const name of Object.values(names ?? {})) expect(shown).toContain(`"${String(name)}"`);
});
