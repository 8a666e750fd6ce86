import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Database } from '../../../src/database/contract.js';
import { textOf } from '../../../src/database/portable.js';
import type { PortableValue, TableFacts } from '../../../src/database/schema-facts.js';
import { backup } from '../../backup/library.js';
import { broken, misreadTests } from '../../backup/misread.js';
import { failure } from '../../support/errors.js';
import { Connection } from '../../support/stand-ins/oracle/connection.js';
import { isHashing } from '../../support/stand-ins/oracle/computed.js';
import { serverError } from '../../support/stand-ins/oracle/error.js';
import { syntaxFaults } from '../../support/sql-grammar.js';
import { OracleWorkspace } from './workspace.js';

vi.mock('oracledb', async () => ({
  default: (await import('../../support/stand-ins/oracle/driver.js')).driver,
}));

const everything = `create table everything (id number(9,0), flag number(1,0), big number(19,0), price number(38,10), roomy float,
  plain number, single binary_float, twice binary_double, name varchar2(50 char), label nvarchar2(50), note clob, other nclob,
  padded char(6 char), wide nchar(6), body blob, digest raw(32), day date, moment timestamp(6), zoned timestamp(9) with time zone,
  local timestamp(3) with local time zone, span interval day(2) to second(6), doc json, primary key (id))`;

/** Two surrogates around the edge of a piece, and others that are not. */
const long = `${'x'.repeat(999)}🙂${'ü'.repeat(998)}🙂🙂${'y'.repeat(997)}🙂${'z'.repeat(1000)}`;
const many = Buffer.alloc(4001, 'abc').toString('base64');

const rows: readonly (readonly PortableValue[])[] = [
  [
    1,
    true,
    '9223372036854775807',
    '1234567890123456789012345678.0123456789',
    '0.1',
    '-0.5',
    0.5,
    1e300,
    'Ünïcödé 😀',
    'ü🙂 ',
    long,
    long,
    'ab',
    'ü',
    many,
    'AAE=',
    '2026-02-28T00:00:00.000Z',
    '2026-03-01T10:20:30.123456Z',
    '2026-03-01T10:20:30.123456789Z',
    '2026-03-01T10:20:30.123Z',
    '+01 02:03:04.000005',
    '{"b":1.50,"ä":[null]}',
  ],
  [
    2,
    false,
    -5,
    '0',
    '-1',
    `0.${'0'.repeat(130)}1`,
    -1.5,
    -0.25,
    ' ',
    ' ',
    'a\0b',
    '🙂',
    'abcdef',
    '      ',
    'AA==',
    'AA==',
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999999Z',
    '0001-01-01T00:00:00.000000001Z',
    '1969-12-31T23:59:59.999Z',
    '-01 02:03:04.000005',
    // Longer than what is compared.
    `["${'ü'.repeat(3000)}"]`,
  ],
  [
    3,
    { integer: '7' },
    0,
    '12.5',
    '1e20',
    '12345678901234567890123456789012345678',
    0,
    5e-324,
    'x',
    'x',
    '🙂'.repeat(3000),
    'x'.repeat(5000),
    'x',
    'x',
    'AA==',
    'AA==',
    '1582-10-04T12:00:00.000Z',
    null,
    null,
    null,
    null,
    '"x"',
  ],
  [4, ...Array.from({ length: 21 }, () => null)],
];

async function world(): Promise<OracleWorkspace> {
  const w = new OracleWorkspace();
  await w.define(everything);
  const database = await w.connect();
  const [table] = (await database.transfer.inspect()).tables;
  await database.load(['EVERYTHING'], [], ({ transfer }) =>
    transfer.insertRows('EVERYTHING', (table as TableFacts).columns, rows),
  );
  return w;
}

const connected = async (): Promise<Database> => (await world()).connect();

function ends(file: string): { checked?: string[] }[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { type?: string; checked?: string[] })
    .filter(({ type }) => type === 'end');
}

const plain = (value: PortableValue): string => textOf(value) ?? '';

/** A server that does something else with some statements. */
function changed(change: (sql: string, answer: () => Promise<object>) => Promise<object>): void {
  const own = Object.getOwnPropertyDescriptor(Connection.prototype, 'execute')?.value as (
    ...args: [sql: string]
  ) => Promise<object>;
  const spy = vi.spyOn(Connection.prototype, 'execute').mockImplementation(function (
    this: Connection,
    ...args: [sql: string]
  ) {
    return change(args[0], () => own.apply(this, args));
  });
  onTestFinished(() => spy.mockRestore());
}

describe('what is read of Oracle', () => {
  misreadTests(connected);
});

it('asks in statements that the grammar knows', async () => {
  const w = await world();
  await backup(await w.connect(), join(w.folder, 'b'));
  const asked = w.schema.statements.filter(isHashing);
  // Values that are known, those of the table, and each of the large ones by itself.
  expect(asked).toHaveLength(8);
  expect(asked.flatMap((sql) => syntaxFaults('oracle', sql))).toEqual([]);
});

it('finds a fault anywhere in a large value', async () => {
  const w = await world();
  const database = await w.connect();
  const file = join(w.folder, 'b');
  const change = (text: string, at: number): string =>
    `${text.slice(0, at)}${text[at] === 'q' ? 'r' : 'q'}${text.slice(at + 1)}`;
  for (const name of ['NOTE', 'OTHER'])
    for (const at of [0, 998, 1001, 1998, 2500, 4000]) {
      const error = await database.snapshot((session) =>
        failure(
          backup(database, file, {
            session: broken(session, { name, kind: 'text' } as never, (value) => change(plain(value), at)),
          }),
        ),
      );
      expect([name, at, error.message]).toEqual([
        name,
        at,
        `What was read of EVERYTHING.${name} is not what the engine holds`,
      ]);
    }
  // Pieces that change places.
  for (const name of ['NOTE', 'BODY']) {
    const turned = (value: PortableValue): PortableValue => {
      const bytes = name === 'BODY' ? Buffer.from(plain(value), 'base64').toString('latin1') : plain(value);
      const text = `${bytes.slice(2000, 4000)}${bytes.slice(0, 2000)}${bytes.slice(4000)}`;
      return name === 'BODY' ? Buffer.from(text, 'latin1').toString('base64') : text;
    };
    const error = await database.snapshot((session) =>
      failure(backup(database, file, { session: broken(session, { name, kind: 'text' } as never, turned) })),
    );
    expect(error.message).toContain(`EVERYTHING.${name} `);
  }
});

it('goes on where the server refuses the check, and says so', async () => {
  const w = await world();
  changed((sql, answer) => (sql.includes('standard_hash') ? Promise.reject(serverError(904)) : answer()));
  const { code, err, out } = await w.run(['db', 'backup', '--config', 'config.yml', '--output', 'a.gz']);
  expect({ code, err }).toEqual({
    code: 0,
    err: 'warning: read one way only, and not held against sums that the server makes by itself: EVERYTHING\n',
  });
  expect(out).toContain('\nread once  EVERYTHING\n');
  expect(ends(join(w.folder, 'a.gz'))[0]?.checked).toBeUndefined();
});

it('does not believe the forms of a server with other sets of characters', async () => {
  const w = await world();
  changed(async (sql, answer) => {
    const result = await answer();
    if (!sql.includes('standard_hash') || sql.includes('EVERYTHING')) return result;
    const [row = {}] = (result as { rows?: Record<string, unknown>[] }).rows ?? [];
    // The one that the server hashes of its own characters comes first.
    if ('C1' in row) row['C0'] = '12345';
    else if (/to_clob/.test(sql)) row['C0'] = '12345';
    return result;
  });
  const file = join(w.folder, 'b');
  const { unconfirmed } = await backup(await w.connect(), file);
  expect(unconfirmed).toEqual(['EVERYTHING.NAME', 'EVERYTHING.NOTE', 'EVERYTHING.DOC']);
  const { checked = [] } = ends(file)[0] ?? {};
  expect(checked).toHaveLength(19);
});

it('names the way out of a check that may itself be wrong', async () => {
  const w = await world();
  const database = await w.connect();
  const column = (await database.transfer.inspect()).tables[0]?.columns[8];
  const file = join(w.folder, 'b');
  const error = await database.snapshot((session) =>
    failure(backup(database, file, { session: broken(session, column as never) })),
  );
  expect(error.hint).toContain('--one-reading');
  const { code, err } = await w.run([
    'db',
    'backup',
    '--config',
    'config.yml',
    '--one-reading',
    '--output',
    'c.gz',
  ]);
  expect([code, err]).toEqual([0, expect.stringContaining('read one way only')]);
});
