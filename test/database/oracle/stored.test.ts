import { expect, it, vi } from 'vitest';
import { failure } from '../../support/errors.js';
import { OracleWorkspace } from './workspace.js';

vi.mock('oracledb', async () => ({
  default: (await import('../../support/stand-ins/oracle/driver.js')).driver,
}));

/** What a column of the stand-in keeps of a text, or the error that it refuses it with. */
async function keptOf(type: string, text: string): Promise<unknown> {
  const w = new OracleWorkspace();
  await w.define(`create table t (v ${type})`);
  try {
    await w.define(`insert into "T" ("V") values ('${text}')`);
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
  return w.stored('T')[0]?.['V'];
}

it.each([
  ['number(3,0)', '999', '999'],
  ['number(3,0)', '999.4', '999'],
  ['number(3,0)', '999.5', 'ORA-01438'],
  ['number(3,0)', '-1000', 'ORA-01438'],
  ['number(5,2)', '1.005', '1.01'],
  ['number(5,2)', '-1.005', '-1.01'],
  ['number(5,2)', '1000', 'ORA-01438'],
  ['number(2,4)', '0.0099', '0.0099'],
  ['number(2,4)', '0.01', 'ORA-01438'],
  ['number(3)', '0.4', '0'],
  ['number', '0.10', '0.1'],
  ['number', '1e3', '1000'],
  ['number', '1e130', 'ORA-01426'],
  ['number', `${'1'.repeat(40)}5`, `${'1'.repeat(39)}20`],
  ['number', 'one', 'ORA-01722'],
  ['varchar2(3 char)', 'üüü', 'üüü'],
  ['varchar2(3 char)', 'üüüü', 'ORA-12899'],
  ['varchar2(3 char)', '😀😀😀', '😀😀😀'],
  ['varchar2(3 byte)', 'üü', 'ORA-12899'],
  ['varchar2(3)', 'üü', 'ORA-12899'],
  ['varchar2(3)', 'üa', 'üa'],
  ['varchar2(4000 char)', 'ü'.repeat(2001), 'ORA-12899'],
  ['nvarchar2(2)', 'üü', 'üü'],
  ['char(5 char)', 'ü', 'ü    '],
  ['char(5)', 'ü', 'ü   '],
  ['char', 'a', 'a'],
  ['char(2)', 'abc', 'ORA-12899'],
  ['varchar2(3)', '', null],
  ['clob', '', null],
  ['raw(2)', '00ff', Buffer.from([0, 255])],
  ['raw(2)', '00ff00', 'ORA-12899'],
  ['raw(2)', 'xy', 'ORA-01465'],
])('a column of %s keeps "%s" as %j', async (type, text, kept) => {
  expect(await keptOf(type, text)).toEqual(kept);
});

it.each([
  ['timestamp(3)', '2025-12-31 23:59:59.999500', '2026-01-01 00:00:00.000000000'],
  ['timestamp(3)', '2025-12-31 23:59:59.999499', '2025-12-31 23:59:59.999000000'],
  ['timestamp', '2025-12-31 23:59:59.1234567', '2025-12-31 23:59:59.123457000'],
  ['timestamp(9)', '2025-12-31 23:59:59.123456789', '2025-12-31 23:59:59.123456789'],
])('a column of %s rounds %s', async (type, text, kept) => {
  const w = new OracleWorkspace();
  await w.define(
    `create table t (v ${type})`,
    `insert into "T" ("V") values (to_timestamp('${text}', 'SYYYY-MM-DD HH24:MI:SS.FF'))`,
  );
  expect(w.stored('T')[0]?.['V']).toBe(kept);
});

it('refuses through the driver and the tool what a column does not take, by its name', async () => {
  const w = new OracleWorkspace();
  await w.define('create table t (id varchar2(3) primary key, n number(2,0))');
  const database = await w.connect();
  const { tables } = await database.transfer.inspect();
  const columns = tables[0]?.columns ?? [];
  expect(columns.map(({ type }) => type)).toEqual(['varchar2(3 byte)', 'number(2)']);
  for (const row of [
    ['üü', { integer: '1' }],
    ['a', { integer: '100' }],
  ]) {
    const error = await failure(database.transfer.insertRows('T', columns, [row]));
    expect(error).toMatchObject({ code: 'database/constraint' });
  }
  expect(w.stored('T')).toEqual([]);
});
