import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { describe, it } from 'vitest';
import { freshMssql } from './clients/mssql.js';
import { freshOracle } from './clients/oracle.js';
import { serverEngines, testServer, whyMissing, type ServerEngine } from './servers/index.js';

/** The engines that tests run on. */
export type TestEngine = 'sqlite' | ServerEngine;

export const testEngines: readonly TestEngine[] = ['sqlite', ...serverEngines];

export interface FreshDatabase {
  /** A connection URL as an operator would write it, with the password. */
  readonly url: string;
  /** Drops the database again. Connections to it are cut. */
  readonly dispose: () => Promise<void>;
}

function onDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function postgresStatement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function mysqlStatement(url: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection(url);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

const creators: Record<TestEngine, () => Promise<FreshDatabase>> = {
  sqlite: () => {
    const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-sqlite-'));
    return Promise.resolve({
      url: `sqlite://${join(folder, 'tmi.db')}`,
      dispose: () => {
        rmSync(folder, { recursive: true, force: true });
        return Promise.resolve();
      },
    });
  },
  postgres: async () => {
    const { url } = await testServer('postgres');
    const name = `tmi_${randomBytes(6).toString('hex')}`;
    await postgresStatement(url, `CREATE DATABASE ${name}`);
    return {
      url: onDatabase(url, name),
      dispose: () => postgresStatement(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    };
  },
  mysql: async () => {
    const { url } = await testServer('mysql');
    const name = `tmi_${randomBytes(6).toString('hex')}`;
    await mysqlStatement(url, `CREATE DATABASE ${name}`);
    return {
      url: onDatabase(url, name),
      dispose: () => mysqlStatement(url, `DROP DATABASE IF EXISTS ${name}`),
    };
  },
  mssql: async () => freshMssql((await testServer('mssql')).url),
  oracle: async () => freshOracle((await testServer('oracle')).url),
};

/** An empty database of its own for one test; for SQLite the path of a file that does not exist yet. */
export function freshDatabase(engine: TestEngine): Promise<FreshDatabase> {
  return creators[engine]();
}

/**
 * Runs one suite on every engine. An engine without a server on this machine shows as a skipped suite that
 * says why; `TMI_TEST_REQUIRE` turns that into a failure of the run.
 */
export function describeEngines(suite: (engine: TestEngine) => void): void {
  describe('sqlite', () => suite('sqlite'));
  describeServers(suite);
}

/** Like `describeEngines`, for what only an engine with a server has. */
export function describeServers(suite: (engine: ServerEngine) => void): void {
  for (const engine of serverEngines) {
    const missing = whyMissing(engine);
    if (missing === undefined) describe(engine, () => suite(engine));
    // One line for the whole suite: nobody counts what a machine cannot run.
    else describe(engine, () => it.skip(`skipped: ${missing}`, () => undefined));
  }
}
