import type { Knex } from 'knex';
import { guardsAmong } from '../../guards.js';
import type { TableGuard } from '../../schema-facts.js';
import { quote } from './quote.js';

/** The engine can let no trigger rest; only a drop would, and that would end the transaction. */
export async function guards(knex: Knex, tables: readonly string[]): Promise<readonly TableGuard[]> {
  const [rows] = (await knex.raw(
    `select event_object_table as \`table\`, trigger_name as name, action_statement as text
     from information_schema.triggers where trigger_schema = database() and event_manipulation = 'DELETE'`,
  )) as [Record<string, unknown>[]];
  const triggers = rows.map((row) => ({
    table: String(row['table']),
    name: String(row['name']),
    text: String(row['text']),
  }));
  return guardsAmong(triggers, tables, /\bsignal\s+\w/i, ({ name }) => `DROP TRIGGER ${quote(name)}`);
}
