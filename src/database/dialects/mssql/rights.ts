import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import { missingRight, nothingWritable, type MissingRight, type NeededRights } from '../../rights.js';
import { quote } from './quote.js';

interface Facts {
  readonly name: string;
  readonly who: string;
  readonly owner: string;
  readonly present: number;
  readonly select: number | null;
  readonly insert: number | null;
  readonly update: number | null;
  readonly delete: number | null;
  readonly creates: number | null;
  readonly alters: number | null;
  readonly updateability: string | null;
}

/**
 * What may be done with a table, or where there is none with whatever is made in its schema: who makes a table there has
 * no rights on its rows by that.
 */
function question(table: string): string {
  const name = `N'${table}'`;
  const full = `quotename(schema_name()) + N'.' + quotename(${name})`;
  const may = (right: string): string =>
    `case when object_id(${full}) is null then has_perms_by_name(quotename(schema_name()), 'SCHEMA', '${right}')
       else has_perms_by_name(${full}, 'OBJECT', '${right}') end as [${right.toLowerCase()}]`;
  return `select ${name} as name, user_name() as who, schema_name() as owner,
    case when object_id(${full}) is null then 0 else 1 end as present,
    ${['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(may).join(',\n    ')},
    has_perms_by_name(null, 'DATABASE', 'CREATE TABLE') as creates,
    has_perms_by_name(quotename(schema_name()), 'SCHEMA', 'ALTER') as alters,
    cast(databasepropertyex(db_name(), 'Updateability') as nvarchar(32)) as updateability`;
}

function missingFor(need: NeededRights, facts: Facts): MissingRight[] {
  const { table, rows } = need;
  const { who, owner } = facts;
  const grant = (right: string, on = ''): MissingRight =>
    missingRight(who, right, need, `GRANT ${right}${on} TO ${quote(who)}`);
  const schema = ` ON SCHEMA::${quote(owner)}`;
  const isThere = facts.present === 1;
  if (!isThere && !need.makes) return [];
  const on = isThere ? ` ON ${quote(owner)}.${quote(table)}` : schema;
  return [
    ...(isThere || facts.creates === 1 ? [] : [grant('CREATE TABLE')]),
    ...(isThere || facts.alters === 1 ? [] : [grant('ALTER', schema)]),
    ...rows.filter((right) => facts[right] !== 1).map((right) => grant(right.toUpperCase(), on)),
  ];
}

/** What of `needs` the user lacks, in one round trip. */
export async function missingRights(
  knex: Knex,
  _: DatabaseTarget,
  needs: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const rows = await knex.raw<Facts[]>(needs.map(({ table }) => question(table)).join('\nunion all\n'));
  const closed = rows[0]?.updateability === 'READ_ONLY';
  return [
    ...(closed
      ? [
          nothingWritable(
            'The database is read-only',
            `Name the primary, or: ALTER DATABASE CURRENT SET READ_WRITE;`,
          ),
        ]
      : []),
    ...needs.flatMap((need) => {
      const facts = rows.find(({ name }) => name === need.table);
      return facts ? missingFor(need, facts) : [];
    }),
  ];
}
