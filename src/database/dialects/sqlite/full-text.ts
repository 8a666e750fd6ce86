import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { quoteStandard } from '../../insert.js';

/** The option that says where the texts of a full-text index lie. Without a name behind it they lie nowhere. */
const external = /[(,]\s*content\s*=\s*(?:'[^']+'|"[^"]+"|\[[^\]]+\]|`[^`]+`|[^\s'"`[,)]+)/i;

/**
 * Makes full-text indexes anew whose texts lie in other tables: triggers keep them up to date, and they rest while
 * rows are loaded. Every such index, since its texts may come through a view.
 */
export async function rebuildIndexes(knex: Knex): Promise<void> {
  const tables = await knex.raw<{ name: string; sql: string }[]>(
    `select name, sql from sqlite_master where type = 'table' and sql like 'create virtual table%using%fts_%'`,
  );
  for (const { name } of tables.filter(({ sql }) => external.test(sql))) {
    const table = quoteStandard(name);
    try {
      await knex.raw(`insert into ${table} (${table}) values ('rebuild')`);
    } catch (error) {
      // One whose table or column is not there can be neither made anew nor used.
      if (!(error instanceof ToolError) || !/statement-failed|no-such-table/.test(error.code)) throw error;
    }
  }
}
