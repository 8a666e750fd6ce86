import type { Knex } from 'knex';

export async function encryption(knex: Knex): Promise<string | undefined> {
  const [rows] = (await knex.raw("show session status like 'Ssl_version'")) as [{ Value?: string }[]];
  const version = rows[0]?.Value;
  return version === undefined || version === '' ? undefined : version;
}

export const shownType = (declared: string): string => declared.toLowerCase();

/** MariaDB has no number of its own for a server, so its machine, port and folder have to do. */
export async function serverIdentity(knex: Knex): Promise<string> {
  const [rows] = (await knex.raw(
    'select @@hostname as host, @@port as port, @@datadir as folder, database() as name',
  )) as [{ host: string; port: number; folder: string; name: string }[]];
  const [row] = rows;
  return JSON.stringify([row?.host, row?.port, row?.folder, row?.name]);
}
