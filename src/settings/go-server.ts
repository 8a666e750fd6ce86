import type { DatabaseSession } from '../database/contract.js';

/** Holds the fingerprint of a Go server's schema. */
export const goServerTable = 'tmi_schema_versions';

/**
 * True for a database in which a Go server, or its own tool, has run: it keeps the fingerprint of its schema in a table
 * that nobody else makes.
 */
export async function hasGoServerRun(session: Pick<DatabaseSession, 'readTable'>): Promise<boolean> {
  return (await session.readTable(goServerTable)) !== undefined;
}
