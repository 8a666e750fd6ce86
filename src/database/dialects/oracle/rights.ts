import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import { RUN_LOCK } from '../../run-lock.js';
import { missingRight, nothingWritable, type MissingRight, type NeededRights } from '../../rights.js';
import type { RawResult } from './client.js';
import { isLockTable, lockTable } from './lock.js';
import { quote } from './quote.js';

/**
 * What the session may do, in one round trip: its system privileges, its rights on tables of the schema that is current,
 * and where it may have room. A user needs no rights on tables of his own.
 */
const question = (
  tables: readonly string[],
): string => `select 'privilege' as kind, privilege as name, null as detail
    from session_privs where privilege in ('CREATE TABLE', 'UNLIMITED TABLESPACE')
  union all select 'table', table_name, owner from all_tables
   where owner = sys_context('userenv', 'current_schema')
     and (table_name in (${tables.join(', ')}) or ${isLockTable('table_name')})
  union all select 'right', table_name, privilege from all_tab_privs
   where table_schema = sys_context('userenv', 'current_schema') and table_name in (${tables.join(', ')})
  union all select 'quota', tablespace_name, to_char(max_bytes) from user_ts_quotas
  union all select 'user', sys_context('userenv', 'session_user'), sys_context('userenv', 'current_schema') from dual
  union all select 'space', default_tablespace, null from user_users`;

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly detail: string | null;
}

/** What of `needs` the user lacks, in one round trip. The table that locks runs is needed as well. */
export async function missingRights(
  knex: Knex,
  _: DatabaseTarget,
  needs: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const names = needs.map(({ table }) => `'${table.toUpperCase()}'`);
  const { rows } = await knex.raw<RawResult>(question(names));
  const facts = rows as unknown as readonly Row[];
  const find = (kind: string, name?: string): Row[] =>
    facts.filter((row) => row.kind === kind && (name === undefined || row.name === name));
  const [user] = find('user');
  const who = user?.name ?? '';
  const isOwn = user?.detail === who;
  const lock = { table: lockTable(RUN_LOCK).toLowerCase(), rows: [], holds: false, makes: true };
  const missing = [...needs, lock].flatMap((need): MissingRight[] => {
    const { table, rows: rights } = need;
    const name = table.toUpperCase();
    const may = (right: string): boolean => find('right', name).some(({ detail }) => detail === right);
    if (find('table', name).length === 0) {
      if (!need.makes) return [];
      const right = isOwn ? 'CREATE TABLE' : 'CREATE ANY TABLE';
      if (find('privilege', right).length > 0) return [];
      return [missingRight(who, right, need, `GRANT ${right} TO ${quote(who)}`)];
    }
    if (isOwn) return [];
    const on = `${quote(user?.detail ?? '')}.${quote(name)}`;
    return rights
      .map((right) => right.toUpperCase())
      .filter((right) => !may(right))
      .map((right) => missingRight(who, right, need, `GRANT ${right} ON ${on} TO ${quote(who)}`));
  });
  const [space] = find('space');
  const quota = find('quota', space?.name)[0]?.detail;
  const hasRoom = find('privilege', 'UNLIMITED TABLESPACE').length > 0 || (quota ?? '0') !== '0';
  const makes = needs.some(
    ({ table, makes: isMade }) => isMade && find('table', table.toUpperCase()).length === 0,
  );
  if (hasRoom || !isOwn || !makes || !space) return missing;
  return [
    ...missing,
    nothingWritable(
      `The database user ${who} has no room in the tablespace ${space.name}`,
      `ALTER USER ${quote(who)} QUOTA UNLIMITED ON ${quote(space.name)};`,
    ),
  ];
}
