import type { Knex } from 'knex';
import type { RawResult } from './client.js';

/** The server tells an ordinary user the protocol, and not its version. */
export async function encryption(knex: Knex): Promise<string | undefined> {
  const { rows } = await knex.raw<RawResult>(
    `select sys_context('userenv', 'network_protocol') as protocol from dual`,
  );
  return String(rows[0]?.['protocol']).toLowerCase() === 'tcps' ? 'TLS' : undefined;
}

/** A type as the catalogue has it: a time without digits has six. */
export function shownType(declared: string): string {
  return declared.toLowerCase().replace(/^timestamp(?! ?\()/, 'timestamp(6)');
}

/** Which database, which container of it, and which schema. */
export async function serverIdentity(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<RawResult>(
    `select sys_context('userenv', 'db_unique_name') as base, sys_context('userenv', 'con_name') as container, sys_context('userenv', 'current_schema') as owner from dual`,
  );
  const [row] = rows;
  return JSON.stringify([row?.['base'], row?.['container'], row?.['owner']]);
}
