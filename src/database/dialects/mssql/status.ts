import type { Knex } from 'knex';
import { withConnection } from './client.js';
import { tlsProtocol } from './driver.js';

/** The connection itself knows; the server tells it only to those who may see its state. */
export function encryption(knex: Knex): Promise<string | undefined> {
  return withConnection(knex, (connection) => Promise.resolve(tlsProtocol(connection)));
}

export const shownType = (declared: string): string =>
  declared.toLowerCase().replace(/^datetimeoffset$/, 'datetimeoffset(7)');
