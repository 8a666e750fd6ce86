import type { Knex } from 'knex';

export async function encryption(knex: Knex): Promise<string | undefined> {
  const [rows] = (await knex.raw("show session status like 'Ssl_version'")) as [{ Value?: string }[]];
  const version = rows[0]?.Value;
  return version === undefined || version === '' ? undefined : version;
}

export const shownType = (declared: string): string => declared.toLowerCase();
