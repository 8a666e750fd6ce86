import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { quoteStandard } from '../../insert.js';
import { begunSnapshot, changedMeanwhile } from '../../snapshot.js';
import type { SnapshotCheck } from '../dialect.js';
import { offerSnapshot } from './beside.js';

/** Milliseconds to wait for those who change a table's shape; who reads waits behind them as well. */
const LOCK_TIMEOUT_MS = 30_000;

/** Tables that this user may read, with the parts of partitioned tables whose root lies elsewhere. */
const tables = `from pg_class c where c.relkind in ('r','p') and has_table_privilege(c.oid, 'select')
    and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
    and not exists (select from pg_depend e
      where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')`;

/** Those that came, or were replaced, after the locks were taken. */
const unlocked = `select c.relname as name ${tables} and not exists (select from pg_locks l
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.relation = c.oid and l.granted)`;

/**
 * What locks do not keep as it is. The functions answer the present and not the snapshot's past: a partition may be
 * attached, and a word of an enumeration renamed, while tables are read.
 */
async function unlockable(knex: Knex): Promise<string> {
  const { rows: words } = await knex.raw<{ rows: { name: string }[] }>(
    `select format_type(t.oid, null) as name from pg_type t where t.typtype = 'e'
       and has_type_privilege(t.oid, 'usage') order by t.oid`,
  );
  const { rows } = await knex.raw<{ rows: { what: string }[] }>(
    [
      `select p.relid::regclass::text || ' ' || p.isleaf as what
       from pg_class c cross join lateral pg_partition_tree(c.oid) p where c.relkind = 'p'
         and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())`,
      ...words.map(({ name }) => `select enum_range(null::${name})::text`),
    ].join(' union all '),
  );
  return JSON.stringify(rows.map(({ what }) => what));
}

/**
 * Locks every table against changes of its shape before the snapshot is fixed: TRUNCATE, ALTER and DROP are no part of
 * the versions of rows, and a table that they touch would be empty or wrong in it.
 * @param settings of the transaction, as statements
 */
export async function beginSnapshot(knex: Knex, settings: string): Promise<SnapshotCheck> {
  return begunSnapshot(async () => {
    const { rows } = await knex.raw<{ rows: { name: string }[] }>(`select c.relname as name ${tables}`);
    await knex.raw('begin isolation level repeatable read read only');
    await knex.raw(`${settings}; set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const list = rows.map(({ name }) => quoteStandard(name)).join(', ');
    try {
      // No statement before it may read: the first one that does fixes the snapshot.
      if (list !== '') await knex.raw(`lock table ${list} in access share mode`);
    } catch (error) {
      await knex.raw('rollback');
      if (error instanceof ToolError && error.code === 'database/no-such-table') return undefined;
      throw error;
    }
    const { rows: missed } = await knex.raw<{ rows: { name: string }[] }>(unlocked);
    if (missed.length > 0) {
      await knex.raw('rollback');
      return undefined;
    }
    await knex.raw('set local lock_timeout = 0');
    const before = await unlockable(knex);
    // Without waiting: whoever is first in the queue for a table waits for this session.
    const locks = list === '' ? [] : [`lock table ${list} in access share mode nowait`];
    offerSnapshot(knex, [settings, ...locks]);
    return async () => {
      if ((await unlockable(knex)) !== before) throw changedMeanwhile([]);
    };
  });
}
