import type { Knex } from 'knex';
import { guardsAmong } from '../../guards.js';
import type { TableGuard } from '../../schema-facts.js';
import type { RawResult } from './client.js';
import { quote } from './quote.js';

export const query = `select t.table_name, t.trigger_name, t.triggering_event, t.trigger_body from all_triggers t
  where t.table_owner = sys_context('userenv', 'current_schema') and t.status = 'ENABLED'
    and t.base_object_type = 'TABLE'`;

/** To switch one off would end the transaction, and a run that is killed would leave it so: the owner does it. */
export async function guards(knex: Knex, tables: readonly string[]): Promise<readonly TableGuard[]> {
  const { rows } = await knex.raw<RawResult>(query);
  const triggers = rows
    .filter((row) => /\bDELETE\b/.test(String(row['triggering_event'])))
    .map((row) => ({
      table: String(row['table_name']),
      name: String(row['trigger_name']),
      text: String(row['trigger_body']),
    }));
  return guardsAmong(
    triggers,
    tables,
    /\braise(_application_error)?\b/i,
    ({ name }) => `ALTER TRIGGER ${quote(name)} DISABLE`,
  );
}
