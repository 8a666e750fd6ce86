import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import { missingRight, nothingWritable, type MissingRight, type NeededRights } from '../../rights.js';
import { Grants } from './grants.js';
import { quote } from './quote.js';

interface Facts {
  readonly who: string;
  readonly role: string | null;
  readonly version: string;
  readonly closed: number;
  readonly tables: string | null;
}

/** Any of these lets rows be read for an update on MySQL. MariaDB asks for no more than SELECT. */
const holders = ['UPDATE', 'DELETE', 'LOCK TABLES'];

/** Accounts that may write while the server is read-only. */
const privileged = ['SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN', 'CONNECTION_ADMIN'];

const isMariaDb = ({ version }: Pick<Facts, 'version'>): boolean => /mariadb/i.test(version);

async function linesOf(knex: Knex, { role, version }: Pick<Facts, 'role' | 'version'>): Promise<string[]> {
  // MySQL shows what active roles give only when they are named; MariaDB does so by itself.
  const using = isMariaDb({ version }) || role === null || role === 'NONE' ? '' : ` using ${role}`;
  const [rows] = (await knex.raw<unknown>(
    using === '' ? 'show grants' : `show grants for current_user()${using}`,
  )) as [Record<string, string>[]];
  return rows.flatMap((row) => Object.values(row).slice(0, 1));
}

/** What is not of the catalogue that the account is shown: tables on which it has no right at all, if there are any. */
export async function unseenTables(knex: Knex, database: string): Promise<string | undefined> {
  const [[facts]] = (await knex.raw<unknown>(
    'select current_user() as who, current_role() as role, version() as version',
  )) as [[Pick<Facts, 'who' | 'role' | 'version'>]];
  const grants = new Grants(await linesOf(knex, facts));
  if (grants.onAll(database, 'SELECT')) return undefined;
  return `tables that the database user ${facts.who} may not see, if there are any (it has no SELECT on all of ${quote(database)})`;
}

function account(who: string): string {
  const at = who.lastIndexOf('@');
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  return `${quoted(who.slice(0, at))}@${quoted(who.slice(at + 1))}`;
}

/** What of `needs` the user lacks, in two round trips. */
export async function missingRights(
  knex: Knex,
  { database }: DatabaseTarget,
  needs: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const names = needs.map(({ table }) => table);
  const [[facts]] = (await knex.raw<unknown>(
    `select current_user() as who, current_role() as role, version() as version, @@global.read_only as closed,
       (select group_concat(table_name) from information_schema.tables
         where table_schema = database() and table_name in (${names.map(() => '?').join(', ')})) as tables`,
    names,
  )) as [[Facts]];
  const grants = new Grants(await linesOf(knex, facts));
  const visible = new Set((facts.tables ?? '').split(','));
  const missing = needs.flatMap((need) => {
    const { table, rows, holds, makes } = need;
    const has = (privilege: string): boolean => grants.on(database, table, privilege);
    const wanted = rows.map((right) => right.toUpperCase()).filter((right) => !has(right));
    if (holds && !isMariaDb(facts) && !holders.some(has) && !wanted.includes('UPDATE')) wanted.push('UPDATE');
    // A table that is there is shown to whoever has any right on it. Rights on one that is not are given with CREATE, and
    // somebody who may not read it is not told that it is not there.
    const isThere = visible.has(table);
    const further = isThere || !makes ? '' : 'CREATE, ';
    const on = `${quote(database)}.${isThere || makes ? quote(table) : '*'}`;
    if (makes && !isThere && !has('CREATE') && wanted.length === 0) wanted.push('CREATE');
    return wanted.map((right) =>
      missingRight(
        facts.who,
        right,
        need,
        `GRANT ${right === 'CREATE' ? '' : further}${right} ON ${on} TO ${account(facts.who)}`,
      ),
    );
  });
  const closed = Number(facts.closed) !== 0 && !privileged.some((right) => grants.everywhere(right));
  if (!closed) return missing;
  const what = 'The database server is read-only, as a replica is';
  return [
    nothingWritable(
      what,
      'Name the primary in the URL, or as its administrator: SET GLOBAL read_only = OFF;',
    ),
    ...missing,
  ];
}
