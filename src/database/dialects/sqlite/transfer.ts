import type { Knex } from 'knex';
import { quoteStandard } from '../../insert.js';
import { insertBatches } from '../../insert-batches.js';
import type { BrokenConstraint, ColumnFacts, TableFacts } from '../../schema-facts.js';
import type { TransferDialect } from '../dialect.js';
import { columnChecks } from './column-checks.js';
import { guards } from './guards.js';
import { LinesBeside } from './lines-beside.js';
import { rebuildIndexes } from './full-text.js';
import { inspect } from './catalog.js';
import { brokenChecks } from './checks.js';
import { brokenForeignKeys } from './foreign-keys.js';
import { MANY_ROWS, withoutIndexes } from './rebuild.js';
import { encodingOf, rawTextOf } from './raw-text.js';
import { readBlocks } from './read-blocks.js';
import { readLines, readRows, withHandle } from './read-rows.js';
import { encode } from './values.js';
import { uniqueKeys } from './unique-keys.js';

interface Trigger {
  readonly name: string;
  readonly table: string;
  /** The statement that makes it. */
  readonly sql: string;
}

async function triggersOf(knex: Knex, tables: readonly string[]): Promise<Trigger[]> {
  const names = new Set(tables.map((table) => table.toLowerCase()));
  const all = await knex.raw<Trigger[]>(
    `select name, tbl_name as "table", sql from sqlite_master where type = 'trigger' order by rowid`,
  );
  return all.filter(({ table }) => names.has(table.toLowerCase()));
}

/**
 * Takes the triggers of these tables away, since what they did is in the rows already; SQLite cannot switch one off.
 * It is part of the transaction, and what is answered puts them back.
 */
async function restTriggers(knex: Knex, tables: readonly string[]): Promise<() => Promise<void>> {
  const triggers = await triggersOf(knex, tables);
  for (const { name } of triggers) await knex.raw(`drop trigger ${quoteStandard(name)}`);
  return async () => {
    for (const { sql } of triggers) await knex.raw(sql);
  };
}

/** Keys of a file are checked only by who switches that on, and checks may be switched off. */
async function brokenConstraints(knex: Knex, tables: readonly TableFacts[]): Promise<BrokenConstraint[]> {
  return [...(await brokenForeignKeys(knex, tables)), ...(await brokenChecks(knex, tables))];
}

export const transfer: TransferDialect = {
  /** The state is fixed by the first read, and the schema is part of it. */
  async beginSnapshot(knex) {
    await knex.raw('begin');
    await knex.raw('select count(*) from sqlite_master');
    return () => Promise.resolve();
  },

  // Has no effect inside of a transaction. What was loaded is checked before the commit.
  beforeLoad: ['pragma foreign_keys = off'],
  afterLoad: ['pragma foreign_keys = on', 'pragma ignore_check_constraints = off'],
  inspect,
  checks: (knex, table, columns) => columnChecks((work) => withHandle(knex, work), table, columns),
  readRows: (knex, table, columns, mostBytes, beside) =>
    readRows(knex, table, columns, mostBytes, beside instanceof LinesBeside ? { beside } : {}),
  readBlocks: (knex, table, columns, mostBytes, lineOf, beside) =>
    beside instanceof LinesBeside ? readBlocks(knex, table, columns, mostBytes, lineOf, beside) : undefined,
  readLines,
  quote: quoteStandard,

  async insertRows(knex, table, columns, rows) {
    const names = columns.map((column) => quoteStandard(column.name)).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const values = columns.length === 0 ? 'default values' : `(${names}) values (${marks})`;
    await withHandle(knex, (handle) => {
      const encoding = encodingOf(handle);
      const statement = handle.prepare(`insert into ${quoteStandard(table)} ${values}`);
      for (const row of rows) {
        const raw = row.map((value, index) => rawTextOf(value, encoding, columns[index]?.name ?? ''));
        const bound = row.map((value, index) => raw[index] ?? encode(value, columns[index] as ColumnFacts));
        if (raw.every((bytes) => bytes === undefined)) statement.run(...bound);
        else {
          const casts = raw.map((bytes) => (bytes ? 'cast(? as text)' : '?')).join(', ');
          handle.prepare(`insert into ${quoteStandard(table)} (${names}) values (${casts})`).run(...bound);
        }
      }
    });
  },

  async loadRows(knex, table, columns, batches, count) {
    const load = (): Promise<void> =>
      insertBatches(batches, (rows) => this.insertRows(knex, table, columns, rows));
    await (count < MANY_ROWS ? load() : withoutIndexes(knex, table, load));
  },

  async prepareLoad(knex, tables, _circular, tolerated) {
    if (tolerated?.some(({ kind }) => kind === 'check') === true)
      await knex.raw('pragma ignore_check_constraints = on');
    const putBack = await restTriggers(knex, tables);
    return async () => {
      if (tolerated && tables.length > 0) await rebuildIndexes(knex);
      await putBack();
    };
  },

  async firingTriggers(knex, tables) {
    const triggers = await triggersOf(knex, tables);
    return triggers.map(({ table, name }) => `${table}.${name}`);
  },

  guards,
  uniqueKeys,

  async emptyTables(knex, tables, onTable) {
    for (const table of tables) {
      onTable?.(table);
      await knex.raw(`delete from ${quoteStandard(table)}`);
    }
  },

  brokenConstraints,
  brokenInLoad: brokenConstraints,

  async continueCounter(knex, table, _column, next) {
    const last = BigInt(next) - 1n;
    await knex.raw(
      `insert into sqlite_sequence (name, seq) select ?, 0 where not exists (select 1 from sqlite_sequence where name = ?)`,
      [table, table],
    );
    await knex.raw(`update sqlite_sequence set seq = max(seq, cast(? as integer)) where name = ?`, [
      String(last),
      table,
    ]);
  },

  continueSequence: () => Promise.resolve(),

  async dropAll(knex, onStatement) {
    const objects = await knex.raw<{ type: string; name: string }[]>(
      `select type, name from sqlite_master where type in ('view','table') and name not like 'sqlite\\_%' escape '\\'
       and not exists (select 1 from pragma_table_list l where l.schema = 'main' and l.name = sqlite_master.name
         and l.type = 'shadow') order by type desc, name`,
    );
    for (const { type, name } of objects) {
      onStatement();
      await knex.raw(`drop ${type} ${quoteStandard(name)}`);
    }
  },

  /** Triggers and indexes fall with their tables, and no backup holds them. */
  async droppable(knex) {
    const objects = await knex.raw<{ type: string; name: string }[]>(
      `select type, name from sqlite_master where type in ('view', 'trigger') order by type desc, name`,
    );
    return objects.map(({ type, name }) => `${type} ${name}`);
  },
};
