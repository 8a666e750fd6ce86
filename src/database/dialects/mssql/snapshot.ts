import type { Knex } from 'knex';
import { changedMeanwhile } from '../../snapshot.js';
import type { SnapshotCheck } from '../dialect.js';
import { namesOf } from './names.js';

type Raw = Readonly<Record<string, unknown>>;

/** What tells a table from another of its name, and from itself in another shape. The catalogue is of the present. */
const shapes = `select o.name, convert(varchar(20), o.object_id) as id, convert(varchar(40), o.modify_date, 121) as changed
  from sys.objects o where o.schema_id = schema_id() and o.type = 'U' and o.is_ms_shipped = 0 order by o.name`;

async function read(knex: Knex, counts: boolean): Promise<Map<string, string>> {
  const rows = await knex.raw<Raw[]>(shapes);
  const states = new Map<string, string>();
  for (const row of rows) {
    const name = String(row['name']);
    const [count] = counts
      ? await knex.raw<Raw[]>(`select count_big(*) as n from ${namesOf(knex).of(name)}`)
      : [];
    states.set(name, `${String(row['id'])} ${String(row['changed'])} ${Number(count?.['n'] ?? 0)}`);
  }
  return states;
}

/**
 * Where the database keeps versions of rows the state is that of the beginning, and others write on. The engine keeps
 * no versions of a table's shape, and a table that is truncated has none of its rows: so both are looked at again in the
 * end. Elsewhere shared locks until the end keep what was read.
 */
export async function beginSnapshot(knex: Knex): Promise<SnapshotCheck> {
  const [mode] = await knex.raw<Raw[]>(
    `select snapshot_isolation_state as state from sys.databases where name = db_name()`,
  );
  const isVersioned = Number(mode?.['state']) === 1;
  await knex.raw(`set transaction isolation level ${isVersioned ? 'snapshot' : 'serializable'}`);
  await knex.raw('begin transaction');
  const before = await read(knex, isVersioned);
  return async () => {
    const after = await read(knex, isVersioned);
    const names = [...new Set([...before.keys(), ...after.keys()])];
    const changed = names.filter((name) => before.get(name) !== after.get(name));
    if (changed.length > 0) throw changedMeanwhile(changed);
  };
}

export const snapshotEnd = [
  'if @@trancount > 0 rollback transaction; set transaction isolation level read committed',
];
