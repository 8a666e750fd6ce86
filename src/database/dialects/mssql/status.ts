import type { Knex } from 'knex';
import { withConnection } from './client.js';
import { tlsProtocol } from './driver.js';

/** The connection itself knows; the server tells it only to those who may see its state. */
export function encryption(knex: Knex): Promise<string | undefined> {
  return withConnection(knex, (connection) => Promise.resolve(tlsProtocol(connection)));
}

export const shownType = (declared: string): string =>
  declared.toLowerCase().replace(/^datetimeoffset$/, 'datetimeoffset(7)');

/** A copy that was restored elsewhere keeps the database's number, so the server's name belongs to it. */
export async function serverIdentity(knex: Knex): Promise<string> {
  const rows = await knex.raw<{ server: string; name: string; broker: string }[]>(
    'select @@servername as server, db_name() as name, cast(service_broker_guid as varchar(36)) as broker from sys.databases where name = db_name()',
  );
  const [row] = rows;
  return JSON.stringify([row?.server, row?.name, row?.broker]);
}
