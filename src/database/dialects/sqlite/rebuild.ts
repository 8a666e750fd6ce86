import type { Knex } from 'knex';
import { quoteStandard } from '../../insert.js';

/** Rows from which on an index is built faster in one go than row by row. */
export const MANY_ROWS = 20_000;

interface Index {
  readonly name: string;
  /** The statement that makes it, as it was written. */
  readonly sql: string;
}

/** Indexes that enforce nothing, in the order in which they were made. Those of a key have no statement of their own. */
const rebuildable = `
  select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name = ? collate nocase
    and name in (select name from pragma_index_list(?) where "unique" = 0 and origin = 'c')
  order by rowid`;

/** What `analyze` has found out goes with an index, and does not come back with it. */
const analysed = `select 1 from sqlite_master where type = 'table' and name like 'sqlite_stat_'`;

/**
 * Loads a table without the indexes that are quicker made afterwards, in the same transaction.
 * @param load fills the table
 */
export async function withoutIndexes(knex: Knex, table: string, load: () => Promise<void>): Promise<void> {
  const isAnalysed = (await knex.raw<unknown[]>(analysed)).length > 0;
  const indexes = isAnalysed ? [] : await knex.raw<Index[]>(rebuildable, [table, table]);
  for (const { name } of indexes) await knex.raw(`drop index ${quoteStandard(name)}`);
  await load();
  for (const { sql } of indexes) await knex.raw(sql);
}
