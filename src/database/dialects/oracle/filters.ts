import type { Knex } from 'knex';
import type { ReadFilter } from '../../schema-facts.js';
import type { RawResult } from './client.js';

const here = `sys_context('userenv', 'current_schema')`;

/** What the session may pass by, and whether it is shown what redaction there is. SYS passes everything by. */
const scope = `select count(case when p.privilege = 'EXEMPT ACCESS POLICY' then 1 end) as passes_policies,
    count(case when p.privilege = 'EXEMPT REDACTION POLICY' then 1 end) as passes_redaction,
    (select count(*) from all_views v where v.owner = 'SYS' and v.view_name = 'REDACTION_POLICIES') as sees_redaction,
    case when user = 'SYS' then 1 else 0 end as is_sys
  from session_privs p`;

export const queries = {
  scope,
  policies: `select p.object_name as table_name, p.policy_name as name from all_policies p
    where p.object_owner = ${here} and p.enable = 'YES' and p.sel = 'YES' order by 1, 2`,
  redaction: `select r.object_name as table_name, c.column_name as name from redaction_policies r
      join redaction_columns c on c.object_owner = r.object_owner and c.object_name = r.object_name
    where r.object_owner = ${here} and trim(r.enable) <> 'NO' order by 1, 2`,
} as const;

interface Scope {
  readonly policies: boolean;
  /** `unknown`: nobody tells the user. */
  readonly redaction: 'bound' | 'free' | 'unknown';
}

async function scopeOf(knex: Knex): Promise<Scope> {
  const { rows } = await knex.raw<RawResult>(queries.scope);
  const has = (name: string): boolean => Number(rows[0]?.[name] ?? 0) > 0;
  const bound = has('sees_redaction') ? 'bound' : 'unknown';
  return {
    policies: !has('is_sys') && !has('passes_policies'),
    redaction: has('is_sys') || has('passes_redaction') ? 'free' : bound,
  };
}

/** The catalogue of redaction is for administrators: of it others know nothing, also as owners of the tables. */
export async function unseenRedaction(knex: Knex): Promise<string | undefined> {
  if ((await scopeOf(knex)).redaction !== 'unknown') return undefined;
  return 'values that redaction policies change on the way to the database user, if there are any (it has neither EXEMPT REDACTION POLICY nor SELECT_CATALOG_ROLE)';
}

export async function filters(knex: Knex, tables: readonly string[]): Promise<readonly ReadFilter[]> {
  const { policies, redaction } = await scopeOf(knex);
  const found = async (query: string): Promise<{ table: string; name: string }[]> =>
    (await knex.raw<RawResult>(query)).rows
      .map((row) => ({ table: String(row['table_name']), name: String(row['name']) }))
      .filter(({ table }) => tables.includes(table));
  return [
    ...(policies ? await found(queries.policies) : []).map(({ table, name }) => ({
      table,
      by: `the policy ${name}`,
      wayOut: 'Type as an administrator: GRANT EXEMPT ACCESS POLICY TO ….',
    })),
    ...(redaction === 'bound' ? await found(queries.redaction) : []).map(({ table, name }) => ({
      table,
      by: `the redaction of ${name}`,
      wayOut: 'Type as an administrator: GRANT EXEMPT REDACTION POLICY TO ….',
    })),
  ];
}
