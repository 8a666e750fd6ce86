import type { Knex } from 'knex';
import { guardsAmong, type TriggerText } from '../../guards.js';
import type { TableGuard } from '../../schema-facts.js';

const forDeletion = /^\s*create\s+(temp\w*\s+)?trigger\b[\s\S]*?\bdelete\s+on\b/i;

export async function guards(knex: Knex, tables: readonly string[]): Promise<readonly TableGuard[]> {
  const triggers = await knex.raw<TriggerText[]>(
    `select tbl_name as "table", name, sql as text from sqlite_master where type = 'trigger' order by name`,
  );
  const own = (name: string): string =>
    tables.find((table) => table.toLowerCase() === name.toLowerCase()) ?? name;
  return guardsAmong(
    triggers
      .filter(({ text }) => forDeletion.test(text))
      .map((trigger) => ({ ...trigger, table: own(trigger.table) })),
    tables,
    /\braise\s*\(\s*(abort|fail|rollback)\b/i,
  );
}
