import type { Knex } from 'knex';
import type { TransferDialect } from '../dialect.js';
import { dropAll, droppable, holdForDrop } from './drop-all.js';
import { brokenConstraints, brokenInLoad } from './broken.js';
import { columnChecks } from './column-checks.js';
import { guards } from './guards.js';
import { inspect } from './catalog.js';
import { insertRows } from './insert-rows.js';
import { loadLines } from './load-lines.js';
import { quote } from './quote.js';
import { readBlocks, readRows } from './read-rows.js';
import { beginSnapshot, snapshotEnd } from './snapshot.js';
import { uniqueKeys } from './unique-keys.js';

async function rowsOf(knex: Knex, sql: string): Promise<Record<string, unknown>[]> {
  return ((await knex.raw(sql)) as [Record<string, unknown>[]])[0];
}

export const transfer: TransferDialect = {
  beginSnapshot,
  snapshotEnd,
  // Keys point in circles, and the server cannot check them at the end. What was loaded is checked before the commit.
  // A zero in a column that counts is a zero, and not a wish for the next number. A day that no calendar has is what
  // another session was allowed to write.
  beforeLoad: [
    `set foreign_key_checks = 0, sql_mode = concat(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES')`,
  ],
  afterLoad: [
    'unlock tables',
    `set foreign_key_checks = 1 /*M! , check_constraint_checks = 1 */,
       sql_mode = replace(replace(@@sql_mode, 'NO_AUTO_VALUE_ON_ZERO', ''), 'ALLOW_INVALID_DATES', '')`,
  ],
  inspect,
  checks: columnChecks,
  readRows,
  readBlocks,
  quote,

  insertRows,
  loadLines,

  /** Locks every row and every gap, so that nobody else writes to the tables. Checks that rest are made at the end. */
  async prepareLoad(knex, tables, _circular, tolerated) {
    if (tolerated?.some(({ kind }) => kind === 'check') === true)
      await knex.raw('set foreign_key_checks = 0 /*M! , check_constraint_checks = 0 */');
    for (const table of tables) await knex.raw(`select count(*) from ${quote(table)} for update`);
    return () => Promise.resolve();
  },

  /** Only a drop would let one rest, and that would end the transaction. */
  async firingTriggers(knex, tables, how) {
    const events = how === 'load' ? `'INSERT', 'DELETE'` : `'INSERT', 'UPDATE', 'DELETE'`;
    const rows = await rowsOf(
      knex,
      `select event_object_table as \`table\`, trigger_name as name from information_schema.triggers
       where trigger_schema = database() and event_manipulation in (${events})
       order by event_object_table, trigger_name`,
    );
    const fires = rows.filter(({ table }) => tables.includes(String(table)));
    return fires.map(({ table, name }) => `${String(table)}.${String(name)}`);
  },

  guards,
  uniqueKeys,

  async emptyTables(knex, tables, onTable) {
    for (const table of tables) {
      onTable?.(table);
      await knex.raw(`delete from ${quote(table)}`);
    }
  },

  brokenConstraints,
  brokenInLoad,

  /** A number below the largest value is raised by the server itself. */
  async continueCounter(knex, table, _column, next) {
    await knex.raw(`alter table ${quote(table)} auto_increment = ${BigInt(next)}`);
  },

  /** The server's own function never turns a sequence back. */
  async continueSequence(knex, name, next) {
    await knex.raw(`select setval(${quote(name)}, ${BigInt(next)}, false)`);
  },

  holdForDrop,
  dropAll,
  droppable,
};
