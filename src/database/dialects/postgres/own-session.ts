import type { Knex } from 'knex';
import type { Client as PgClient } from 'pg';
import { sever } from '../../sever.js';
import { shortly } from '../../watch.js';
import type { SessionForLock } from '../dialect.js';
import type { PostgresClient } from './client.js';

/** A session beside that of the work, which nothing else is led to. */
export interface OwnSession extends SessionForLock {
  readonly connection: PgClient;
}

export async function openSession(knex: Knex): Promise<OwnSession> {
  const connection = await (knex.client as PostgresClient).openConnection();
  let isLost = false;
  connection.on('error', () => (isLost = true));
  connection.on('end', () => (isLost = true));
  return {
    connection,
    isLost: () => isLost,
    async close() {
      await shortly(connection.end());
      sever(connection);
    },
  };
}
