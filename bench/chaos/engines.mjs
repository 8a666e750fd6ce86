// Databases to torment, and a way to look into them that is not the tool's.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mariadb, onDatabase, openLine, postgres } from '../support.mjs';

/** By how much each answer of a server is late: every moment of a run gets wide enough to be hit. */
const DELAY_MS = 5;

/**
 * @typedef {object} Target a database of its own
 * @property {string} url what the tool is told: on a server, by way of a line that can be cut
 * @property {(sql: string) => Promise<object[]>} query runs one statement, not by way of the line
 * @property {'sqlite' | 'postgres' | 'mariadb'} kind
 * @property {() => Promise<{query: (sql: string) => Promise<object[]>, end: () => Promise<void>}>} open one more session
 * @property {string | undefined} directUrl where the server is, not by way of the line
 * @property {(() => number) | undefined} cut breaks the tool's connections and counts them
 * @property {() => Promise<void>} drop
 */

function runSqlite(database, sql) {
  const statement = database.prepare(sql);
  return statement.reader ? statement.all() : (statement.run(), []);
}

const sqlite = {
  name: 'SQLite',
  /** @returns {Promise<Target>} */
  async create(number, folder) {
    const file = join(folder, `chaos-${number}.db`);
    return {
      kind: 'sqlite',
      url: `sqlite://${file}`,
      directUrl: undefined,
      async open() {
        // Waiting would keep this whole program waiting.
        const database = new BetterSqlite3(file, { timeout: 20 });
        return { query: async (sql) => runSqlite(database, sql), end: async () => database.close() };
      },
      async query(sql) {
        const database = new BetterSqlite3(file, { timeout: 10_000 });
        try {
          return runSqlite(database, sql);
        } finally {
          database.close();
        }
      },
      cut: undefined,
      async drop() {
        for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true });
      },
    };
  },
  async stop() {},
};

async function onServer(kind, name, server, connect) {
  const line = await openLine(server.url, DELAY_MS);
  const admin = await connect(server.url);
  return {
    name,
    async create(number) {
      const database = `chaos_${number}`;
      await admin.query(`CREATE DATABASE ${database}`);
      const directUrl = onDatabase(server.url, database);
      const connection = await connect(directUrl);
      return {
        kind,
        directUrl,
        open: () => connect(directUrl),
        url: onDatabase(line.url, database),
        query: (sql) => connection.query(sql),
        cut: () => line.cut(),
        async drop() {
          await connection.end();
          // Sessions of killed runs may linger for a moment.
          await admin.query(`DROP DATABASE ${database}`).catch(() => undefined);
        },
      };
    },
    async stop() {
      await admin.end();
      line.close();
      await server.stop();
    },
  };
}

async function connectPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { query: async (sql) => (await client.query(sql)).rows, end: () => client.end() };
}

async function connectMariadb(url) {
  const connection = await mysql.createConnection(url);
  return { query: async (sql) => (await connection.query(sql))[0], end: () => connection.end() };
}

/** The engines of this machine, of those with one of the given names. Stop them at the end. */
export async function startEngines(names) {
  const engines = [];
  if (names.includes('sqlite')) engines.push(sqlite);
  for (const [name, label, start, connect] of [
    ['postgres', 'PostgreSQL', postgres, connectPostgres],
    ['mariadb', 'MariaDB', mariadb, connectMariadb],
  ]) {
    const server = names.includes(name) ? await start() : undefined;
    if (server) engines.push(await onServer(name, label, server, connect));
  }
  return engines;
}
