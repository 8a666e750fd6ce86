import { withDatabase } from './rows.js';
import type { ServerEngine } from './servers/index.js';

/** Which other sessions are at work, and how one is ended. */
const sessions: Record<ServerEngine, { readonly others: string; readonly end: (id: string) => string }> = {
  postgres: {
    others:
      'SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    end: (id) => `SELECT pg_terminate_backend(${id})`,
  },
  mysql: {
    others:
      'SELECT id AS id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()',
    end: (id) => `KILL ${id}`,
  },
  mssql: {
    others:
      'SELECT session_id AS id FROM sys.dm_exec_sessions WHERE database_id = db_id() AND session_id <> @@spid',
    end: (id) => `KILL ${id}`,
  },
  oracle: {
    others: `SELECT sid || ',' || serial# AS id FROM v$session
      WHERE schemaname = sys_context('userenv', 'current_schema') AND sid <> sys_context('userenv', 'sid')`,
    end: (id) => `ALTER SYSTEM KILL SESSION '${id}' IMMEDIATE`,
  },
};

/** Ends every other connection to a test's database. */
export async function cutConnections(engine: ServerEngine, url: string): Promise<void> {
  const { others, end } = sessions[engine];
  await withDatabase(engine, url, async (statement) => {
    for (const { id } of await statement(others)) await statement(end(String(id)));
  });
}
