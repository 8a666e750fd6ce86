import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database/contract.js';
import { backup, folder } from '../../backup/library.js';
import { broken, misreadTests } from '../../backup/misread.js';
import { connect } from '../../support/connection.js';
import { failure } from '../../support/errors.js';
import { bareNames, syntaxFaults } from '../../support/sql-grammar.js';
import { TdsFault } from '../../support/stand-ins/tds-faults.js';
import { isHashing } from '../../support/stand-ins/tds-functions.js';
import type { TdsStatement } from '../../support/stand-ins/tds-requests.js';
import type { TdsOutcome, TdsSession } from '../../support/stand-ins/tds-server.js';
import { World } from './world.js';

const everything = `create table everything (id int primary key, small tinyint, big bigint, price decimal(38,10), cost money,
    ratio float, single real, flag bit, name nvarchar(50), old varchar(50), note nvarchar(2147483647), fixed nchar(6),
    narrow char(5), raw varbinary(2147483647), short binary(4), at datetimeoffset(7), plain datetime2(7), third datetime,
    minute smalldatetime, day date, clock time(7), guid uniqueidentifier, doc nvarchar(2147483647) check (isjson(doc) = 1),
    tree xml, place hierarchyid)`;

const COLUMNS = 25;

const rows = `insert into everything values
  (1, 255, 9223372036854775807, 12.5, 922337203685.5, 0.1, 0.10000000149011612, 1, 'ü🙂', 'ä~ ', printf('%.70000c', 'x'), 'ab    ',
    'cd   ', x'00ff5c', x'01000000', '2026-01-02 03:04:05.1234560 +00:00', '2026-01-02T03:04:05.1234567', '2026-01-02T03:04:05.003',
    '2026-01-02T03:04:00', '2024-02-29', '23:59:59.9999999', '123E4567-E89B-12D3-A456-426614174000', '{"b": 1.50, "ä": [null]}',
    '<a> ü</a>', '/1/2/'),
  (2, 0, -9223372036854775808, -1, 0, -1.5e300, -0.25, 0, '', ' ', '', '      ', '     ', x'', x'00000000', '0001-01-01 00:00:00 +00:00',
    '9999-12-31T23:59:59.9999999', '1753-01-01T00:00:00', '2079-06-06T23:59:00', '0001-01-01', '00:00:00',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '[]', '', '/'),
  (3, 1, 7, 0, -3, 5e-324, 3.4e38, 1, 'a' || char(0) || 'b', 'x', 'a' || char(13, 10) || 'b', 'a     ', 'b    ', x'6162', x'61626364',
    '2026-06-30 12:00:00 +00:00', '1969-12-31T23:59:59.9999999', '2026-01-02T03:04:05.997', '1900-01-01T00:00:00', '1969-12-31',
    '12:34:56.7', '00000000-0000-0000-0000-000000000000', '{}', '<b/>', '/5/')`;

/** A server with the table; what its sessions do may be changed. */
async function world(change?: (session: TdsSession, statement: TdsStatement) => TdsOutcome): Promise<World> {
  const w: World = await World.start({
    login: () => {
      const session = w.database.session();
      if (!change) return session;
      return { close: () => session.close(), run: (statement) => change(session, statement) };
    },
  });
  w.database.define(everything);
  w.database.direct.exec(rows);
  w.database.direct.exec('insert into everything (id) values (4)');
  return w;
}

const connected = async (...args: Parameters<typeof world>): Promise<Database> =>
  connect((await world(...args)).url);

const isCheck = ({ sql }: TdsStatement): boolean => isHashing(sql);
const isSum = (statement: TdsStatement): boolean => isCheck(statement) && statement.sql.includes('sum(');

/** The last lines of the tables of a backup. */
function ends(file: string): { checked?: string[] }[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { type?: string; checked?: string[] })
    .filter(({ type }) => type === 'end');
}

describe('what is read of SQL Server', () => {
  misreadTests(() => connected());
});

it.each([
  ['the first statement', isCheck],
  ['sums alone', isSum],
])('goes on where the server refuses %s of the check, and says so', async (_, isRefused) => {
  const w = await world((session, statement) => {
    if (isRefused(statement))
      throw new TdsFault(195, 'hashbytes is not a recognized built-in function name.');
    return session.run(statement);
  });
  w.write('database: {url: "$URL"}\n');
  const args = ['db', 'backup', '--config', 'config.yml', '--output'];
  const printed = await w.run([...args, 'a.gz']);
  expect({ code: printed.code, err: printed.err }).toEqual({
    code: 0,
    err: 'warning: read one way only, and not held against sums that the server makes by itself: everything\n',
  });
  expect(printed.out).toContain('\nread once  everything\n');
  const json = await w.run([...args, 'b.gz', '--json']);
  expect(json.json()).toMatchObject({ unconfirmed: ['everything'] });
  expect(ends(join(w.folder, 'b.gz'))[0]?.checked).toBeUndefined();
});

it('does not go on with another state, where a refusal has ended the transaction', async () => {
  const database = await connected((session, statement) => {
    if (!isCheck(statement)) return session.run(statement);
    session.run({ sql: 'if @@trancount > 0 rollback transaction', parameters: {} });
    throw new TdsFault(8115, 'Arithmetic overflow error.');
  });
  const file = join(folder(), 'b');
  const error = await failure(backup(database, file));
  expect(error.code).toMatch(/^database\//);
  expect(existsSync(file)).toBe(false);
});

it('does not believe the forms of a server that answers known values in another way', async () => {
  const w = await world((session, statement) => {
    const outcome = session.run(statement);
    if (!isCheck(statement) || isSum(statement)) return outcome;
    // Doubles in their other order of bytes, and times with other digits.
    const places = [...statement.sql.matchAll(/case when (.*?) is not null.*? as c(\d+)/g)]
      .filter(([, literal = '']) => /convert\((real|time)/.test(literal))
      .map(([, , place]) => Number(place));
    expect(places).toHaveLength(2);
    const [result] = outcome.results ?? [];
    const cells = result?.rows[0]?.map((cell, index) => (places.includes(index) ? '1' : cell)) ?? [];
    return { results: [{ columns: result?.columns ?? [], rows: [cells] }] };
  });
  const file = join(folder(), 'b');
  const result = await backup(await connect(w.url), file);
  const left = ['ratio', 'single', 'clock'];
  expect(result.unconfirmed).toEqual(left.map((name) => `everything.${name}`));
  const { checked = [] } = ends(file)[0] ?? {};
  expect(checked).toHaveLength(COLUMNS - left.length);
  expect(checked.filter((name) => left.includes(name))).toEqual([]);
});

it('asks about its forms once for all tables, in statements that the grammar knows', async () => {
  const w = await world();
  w.database.direct.exec('create table other (id int primary key)');
  await backup(await connect(w.url), join(folder(), 'b'));
  expect(w.server.statements.filter((statement) => isCheck(statement) && !isSum(statement))).toHaveLength(1);
  expect(w.server.statements.filter(isSum)).toHaveLength(2);
  const asked = w.server.statements.filter(isCheck).map(({ sql }) => sql);
  expect(asked.flatMap((sql) => [...syntaxFaults('mssql', sql), ...bareNames(sql)])).toEqual([]);
});

it('names the way out of a check that may itself be wrong', async () => {
  const w = await world();
  const database = await connect(w.url);
  const column = (await database.transfer.inspect()).tables[0]?.columns[8];
  const error = await database.snapshot((session) =>
    failure(backup(database, join(folder(), 'b'), { session: broken(session, column as never) })),
  );
  expect(error.code).toBe('backup/misread');
  expect(error.hint).toContain('--one-reading');
});

it('makes no second reading where it is told so, and says what is not proved', async () => {
  const w = await World.start();
  w.database.direct.exec(
    `create table notes (id int primary key, note nvarchar(50)); insert into notes values (1, 'a'), (2, null)`,
  );
  w.write('database: {url: "$URL"}\n');
  const args = ['--config', 'config.yml', '--one-reading'];
  const { code, err } = await w.run(['db', 'backup', ...args, '--output', 'b.gz']);
  expect([code, err]).toEqual([0, expect.stringContaining('read one way only')]);
  const reset = await w.run(['db', 'reset', '--scope', 'data', '--confirm', 'tmi', ...args, '--json']);
  expect([reset.code, reset.err]).toEqual([0, expect.stringContaining('read one way only')]);
  expect(reset.json()).toMatchObject({ backup: { unconfirmed: ['notes'] } });
  const again = ['b.gz', '--replace', '--confirm', 'tmi', '--backup-output', 'c.gz', ...args, '--json'];
  w.database.direct.exec(`insert into notes values (9, 'b')`);
  const restored = await w.run(['db', 'restore', ...again]);
  expect([restored.code, restored.err]).toEqual([0, expect.stringContaining('read one way only')]);
  expect(restored.json()).toMatchObject({ backup: { unconfirmed: ['notes'] } });
  expect(w.server.statements.filter(isCheck)).toEqual([]);
});
