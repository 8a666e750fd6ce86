import BetterSqlite3 from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { withMssql } from './clients/mssql.js';
import { withOracle } from './clients/oracle.js';
import { numberMarks, type Statement } from './clients/statement.js';
import type { TestEngine } from './database.js';

/** A row of `system_settings` as a driver of its own reads it, without any code of the tool. */
export interface RawRow {
  readonly setting_key: string;
  readonly value: string;
  readonly setting_type: string;
  readonly description: string | null;
  /** Milliseconds since the epoch. */
  readonly modified_at: number;
  readonly modified_by: string | null;
  /** Undefined where the table has no such column. */
  readonly origin?: string | null;
}

async function withSqlite<T>(url: string, work: (statement: Statement) => Promise<T>): Promise<T> {
  const database = new BetterSqlite3(url.replace(/^sqlite:\/\//, ''));
  try {
    return await work(async (sql, values = []) => {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
      statement.run(...values);
      return [];
    });
  } finally {
    database.close();
  }
}

async function withPostgres<T>(url: string, work: (statement: Statement) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(async (sql, values = []) => {
      const numbered = numberMarks(sql, (index) => `$${index + 1}`);
      return (await client.query(numbered, [...values])).rows as Record<string, unknown>[];
    });
  } finally {
    await client.end();
  }
}

async function withMysql<T>(url: string, work: (statement: Statement) => Promise<T>): Promise<T> {
  const connection = await mysql.createConnection({ uri: url, timezone: 'Z' });
  try {
    return await work(async (sql, values = []) => {
      const [rows] = await connection.query(sql, [...values]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    });
  } finally {
    await connection.end();
  }
}

const clients: Record<
  TestEngine,
  <T>(url: string, work: (statement: Statement) => Promise<T>) => Promise<T>
> = {
  sqlite: withSqlite,
  postgres: withPostgres,
  mysql: withMysql,
  mssql: withMssql,
  oracle: withOracle,
};

/** Works on a test's database directly, as an operator with a client would. `?` stands for a value. */
export function withDatabase<T>(
  engine: TestEngine,
  url: string,
  work: (statement: Statement) => Promise<T>,
): Promise<T> {
  return clients[engine](url, work);
}

function milliseconds(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  const text = String(value);
  // SQLite holds text; one without a zone would be read in the machine's own.
  if (!/(Z|[+-]\d\d:\d\d)$/.test(text)) throw new Error(`${text} says no time zone`);
  return Date.parse(text.replace(' ', 'T').replace(/(\.\d{3})\d*/, '$1'));
}

/** All rows by key, in the order of its bytes; an empty map when there is no table. */
export async function readRows(engine: TestEngine, url: string): Promise<Map<string, RawRow>> {
  return withDatabase(engine, url, async (statement) => {
    const rows = await statement('SELECT * FROM system_settings').catch((error: unknown) => {
      if (/no such table|does not exist|doesn't exist|Invalid object name/.test(String(error))) return [];
      throw error;
    });
    // The order of a server is that of its collation.
    rows.sort((a, b) => (String(a['setting_key']) < String(b['setting_key']) ? -1 : 1));
    return new Map(
      rows.map((row) => [
        String(row['setting_key']),
        { ...row, modified_at: milliseconds(row['modified_at']) } as unknown as RawRow,
      ]),
    );
  });
}

const types: Record<TestEngine, { text: string; time: string }> = {
  sqlite: { text: 'text', time: 'datetime' },
  postgres: { text: 'text', time: 'timestamptz' },
  mysql: { text: 'longtext', time: 'datetime(3)' },
  mssql: { text: 'nvarchar(max)', time: 'datetimeoffset' },
  oracle: { text: 'clob', time: 'timestamp with time zone' },
};

/** Creates the table as a server does; before 1.8.22 it had no column for the origin. */
export async function createServerTable(
  engine: TestEngine,
  url: string,
  { origin }: { readonly origin: boolean },
): Promise<void> {
  const { text, time } = types[engine];
  const varchar = engine === 'mssql' ? 'nvarchar' : 'varchar';
  const short = (length: number): string => `${varchar}(${length}${engine === 'oracle' ? ' char' : ''})`;
  await withDatabase(engine, url, (statement) =>
    statement(
      `CREATE TABLE system_settings (setting_key ${short(256)} NOT NULL PRIMARY KEY, value ${text} NOT NULL,
        setting_type ${short(50)} NOT NULL, description ${text}, modified_at ${time} NOT NULL,
        modified_by ${short(36)}${origin ? `, origin ${short(16)}` : ''})`,
    ),
  );
}

/** A row as a server would have left it, for `insertRow`. */
export interface ServerRow {
  readonly key: string;
  readonly value: string;
  readonly type?: string;
  readonly origin?: string | null;
  readonly modifiedBy?: string | null;
}

const serverTime: Record<TestEngine, string | Date> = {
  sqlite: '2025-03-01 10:20:30.125+00:00',
  postgres: '2025-03-01T10:20:30.125Z',
  mysql: '2025-03-01 10:20:30.125',
  mssql: '2025-03-01 10:20:30.125 +00:00',
  oracle: new Date('2025-03-01T10:20:30.125Z'),
};

/** Puts a row in, as a server would have at 2025-03-01T10:20:30.125Z. Without `origin` the column is not named. */
export function insertRow(engine: TestEngine, url: string, row: ServerRow): Promise<void> {
  return insertRows(engine, url, [row]);
}

/** The same for several, over one connection. */
export async function insertRows(engine: TestEngine, url: string, rows: readonly ServerRow[]): Promise<void> {
  await withDatabase(engine, url, async (statement) => {
    for (const row of rows) {
      const columns = ['setting_key', 'value', 'setting_type', 'description', 'modified_at', 'modified_by'];
      const values: unknown[] = [
        row.key,
        row.value,
        row.type ?? 'string',
        'a server wrote this',
        serverTime[engine],
        row.modifiedBy ?? null,
      ];
      if (row.origin !== undefined) {
        columns.push('origin');
        values.push(row.origin);
      }
      const marks = columns.map(() => '?').join(', ');
      await statement(`INSERT INTO system_settings (${columns.join(', ')}) VALUES (${marks})`, values);
    }
  });
}
