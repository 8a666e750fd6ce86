import type { Knex } from 'knex';

export async function encryption(knex: Knex): Promise<string | undefined> {
  const result = await knex.raw<{ rows: { ssl: boolean; version: string | null }[] }>(
    'select ssl, version from pg_stat_ssl where pid = pg_backend_pid()',
  );
  const row = result.rows[0];
  return row?.ssl ? (row.version ?? 'TLS') : undefined;
}

/** The catalogue spells types out. */
export function shownType(declared: string): string {
  return declared
    .toLowerCase()
    .replace(/^varchar/, 'character varying')
    .replace(/^timestamptz$/, 'timestamp with time zone');
}

/** The cluster has a number of its own, which a standby shares. Another schema is as good as another database. */
export async function serverIdentity(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { system: string; name: string; schema: string | null }[] }>(
    'select (select system_identifier from pg_control_system())::text as system, current_database() as name, current_schema() as schema',
  );
  return JSON.stringify([rows[0]?.system, rows[0]?.name, rows[0]?.schema]);
}
