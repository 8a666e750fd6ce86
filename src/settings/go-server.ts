import type { DatabaseSession } from '../database/contract.js';

/**
 * True for a database in which a Go server, or its own tool, has run: it keeps the fingerprint of its schema in a table
 * that nobody else makes.
 */
export async function hasGoServerRun(session: Pick<DatabaseSession, 'readTable'>): Promise<boolean> {
  return (await session.readTable('tmi_schema_versions')) !== undefined;
}
