import { onTestFinished } from 'vitest';
import { connectDatabase, type ConnectDatabaseOptions } from '../../src/database/connect.js';
import type { Database, DatabaseSession } from '../../src/database/contract.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { freshDatabase, type TestEngine } from './database.js';

/** Connects for the length of one test. */
export async function connect(
  url: string,
  options: Omit<ConnectDatabaseOptions, 'url'> = {},
): Promise<Database> {
  const database = await connectDatabase({ url: new SecretValue(url), ...options });
  onTestFinished(() => database.close());
  return database;
}

/** The URL of an empty database that lives for one test. */
export async function freshUrl(engine: TestEngine): Promise<string> {
  const { url, dispose } = await freshDatabase(engine);
  onTestFinished(dispose);
  return url;
}

/** A connection to an empty database; both live for one test. */
export async function connectFresh(engine: TestEngine): Promise<Database> {
  return connect(await freshUrl(engine));
}

/** The rows that a query answers, in the engine's own types. */
export async function queryRows(session: DatabaseSession, sql: string): Promise<Record<string, unknown>[]> {
  const result = (await session.knex.raw(sql)) as unknown;
  // MySQL answers [rows, fields], SQLite rows, PostgreSQL {rows}.
  const rows = Array.isArray(result)
    ? Array.isArray(result[0])
      ? result[0]
      : result
    : (result as { rows: unknown }).rows;
  return rows as Record<string, unknown>[];
}

/** A URL with parameters added. */
export function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
