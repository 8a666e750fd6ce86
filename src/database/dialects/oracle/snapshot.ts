import type { Knex } from 'knex';
import { changedMeanwhile } from '../../snapshot.js';
import type { SnapshotCheck } from '../dialect.js';
import type { RawResult } from './client.js';

/** A table that is truncated gets other storage, and one that is made again another number. */
export const query = `select o.object_name, o.object_id, o.data_object_id from all_objects o
  where o.owner = sys_context('userenv', 'current_schema') and o.object_type in ('TABLE', 'TABLE PARTITION')
  order by o.object_name, o.object_id`;

async function shapes(knex: Knex): Promise<Map<string, string>> {
  const { rows } = await knex.raw<RawResult>(query);
  const states = new Map<string, string>();
  for (const row of rows) {
    const name = String(row['object_name']);
    states.set(
      name,
      `${states.get(name) ?? ''} ${String(row['object_id'])}/${String(row['data_object_id'])}`,
    );
  }
  return states;
}

/**
 * A transaction that only reads sees one state, its catalogue included. The server itself refuses a table that was
 * altered or truncated since (ORA-01466, ORA-08103), to the second. So what the catalogue says in the end, when the
 * transaction is over, is compared with what it said in the beginning.
 */
export async function beginSnapshot(knex: Knex): Promise<SnapshotCheck> {
  await knex.raw('set transaction read only');
  const before = await shapes(knex);
  return async () => {
    await knex.raw('rollback');
    const after = await shapes(knex);
    const changed = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
    if (changed.length > 0) throw changedMeanwhile(changed);
  };
}
