import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import { quoteStandard } from '../../insert.js';
import { missingRight, nothingWritable, type MissingRight, type NeededRights } from '../../rights.js';

/** A schema of the search path, with one of the tables in it; or without, when it holds none of them. */
interface Place {
  /** Null in the only row when none of the path's schemas is there. */
  readonly schema: string | null;
  readonly usable: boolean;
  readonly creatable: boolean;
  readonly name: string | null;
  readonly select: boolean | null;
  readonly insert: boolean | null;
  readonly update: boolean | null;
  readonly delete: boolean | null;
  /** A right with which the table can be locked against writers. */
  readonly hold: boolean | null;
  readonly who: string;
  readonly path: string;
  readonly standby: boolean;
  readonly closed: boolean;
}

/** The catalogue shows tables also to those who may not use them. Rights count however they were given. */
const question = (tables: number): string => `with path as (
    select n.oid, n.nspname, min(p.at) as at
      from unnest(string_to_array(current_setting('search_path'), ',')) with ordinality as p(name, at)
      join pg_namespace n on n.nspname = case btrim(p.name, ' "') when '$user' then current_user else btrim(p.name, ' "') end
     group by n.oid, n.nspname)
  select path.nspname as schema, has_schema_privilege(path.oid, 'USAGE') as usable,
         has_schema_privilege(path.oid, 'CREATE') as creatable, c.relname as name,
         has_table_privilege(c.oid, 'SELECT') as "select", has_table_privilege(c.oid, 'INSERT') as "insert",
         has_table_privilege(c.oid, 'UPDATE') as "update", has_table_privilege(c.oid, 'DELETE') as "delete",
         has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') as hold, current_user as who, current_setting('search_path') as path,
         pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as closed
    from (select 1) as one left join path on true left join pg_class c on c.relnamespace = path.oid and c.relkind in ('r', 'p', 'v', 'f')
         and c.relname in (${Array.from({ length: tables }, () => '?').join(', ')})
   order by path.at`;

/** A schema that is there. */
type Found = Place & { readonly schema: string };

const isThere = (place: Place): place is Found => place.schema !== null;

function missingFor(need: NeededRights, places: readonly Found[]): MissingRight[] {
  const { table, rows, holds } = need;
  const who = places[0]?.who ?? '';
  const lacks = (right: string, on: string): MissingRight =>
    missingRight(who, right, need, `GRANT ${right} ON ${on} TO ${quoteStandard(who)}`);
  const found = places.filter(({ name }) => name === table);
  // Schemas that may not be used are passed over in silence.
  const place = found.find(({ usable }) => usable) ?? found[0];
  if (!place) {
    if (!need.makes) return [];
    const own = places.find(({ usable }) => usable) ?? places[0];
    if (!own) return [];
    const rights = [...(own.usable ? [] : ['USAGE']), ...(own.creatable ? [] : ['CREATE'])];
    return rights.map((right) => lacks(right, `SCHEMA ${quoteStandard(own.schema)}`));
  }
  const wanted = rows.filter((right) => place[right] !== true).map((right) => right.toUpperCase());
  const hold = holds && place.hold !== true && !wanted.includes('UPDATE') ? ['UPDATE'] : [];
  const name = `${quoteStandard(place.schema)}.${quoteStandard(table)}`;
  return [
    ...(place.usable ? [] : [lacks('USAGE', `SCHEMA ${quoteStandard(place.schema)}`)]),
    ...[...wanted, ...hold].map((right) => lacks(right, `TABLE ${name}`)),
  ];
}

/** What of `needs` the user lacks, in one round trip. */
export async function missingRights(
  knex: Knex,
  _: DatabaseTarget,
  needs: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const names = needs.map(({ table }) => table);
  const { rows } = await knex.raw<{ rows: Place[] }>(question(names.length), names);
  const [first] = rows;
  const places = rows.filter(isThere);
  const closed = first?.standby
    ? [nothingWritable('The database is a standby, which takes no writes', 'Name the primary in the URL.')]
    : first?.closed
      ? [
          nothingWritable(
            'Transactions of this user only read',
            `ALTER ROLE ${quoteStandard(first.who)} SET default_transaction_read_only = off;`,
          ),
        ]
      : [];
  const lost =
    places.length === 0 && needs.some(({ makes }) => makes)
      ? [
          nothingWritable(
            `No schema of the search path ${first?.path} is there`,
            'Check search_path in the URL, or create the schema: CREATE SCHEMA ….',
          ),
        ]
      : [];
  return [...closed, ...lost, ...needs.flatMap((need) => missingFor(need, places))];
}
