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
