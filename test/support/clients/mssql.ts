import { randomBytes } from 'node:crypto';
import type { Connection } from 'tedious';
import type { FreshDatabase } from '../database.js';
import { numberMarks, type Statement } from './statement.js';

/** Loaded when it is needed: it takes longer than most tests. */
const driver = async () => (await import('tedious')).default;

async function open(url: string): Promise<Connection> {
  const { Connection } = await driver();
  const { hostname, port, username, password, searchParams } = new URL(url);
  const connection = new Connection({
    server: hostname,
    authentication: {
      type: 'default',
      options: { userName: decodeURIComponent(username), password: decodeURIComponent(password) },
    },
    options: {
      port: Number(port || 1433),
      database: searchParams.get('database') ?? 'master',
      encrypt: searchParams.get('encrypt') !== 'disable',
      trustServerCertificate: true,
      // Node warns of an address in the place of a name.
      serverName: 'localhost',
      requestTimeout: 0,
    },
  });
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve(connection)));
  });
}

function typeOf(value: unknown): 'BigInt' | 'Float' | 'VarBinary' | 'NVarChar' {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'BigInt' : 'Float';
  return value instanceof Uint8Array ? 'VarBinary' : 'NVarChar';
}

async function run(connection: Connection, sql: string, values: readonly unknown[]): ReturnType<Statement> {
  const { Request, TYPES } = await driver();
  return new Promise((resolve, reject) => {
    const rows: Record<string, unknown>[] = [];
    const marked = numberMarks(sql, (index) =>
      // A NULL with a type of its own does not go into every column.
      values[index] === null ? 'null' : `@p${index}`,
    );
    const request = new Request(marked, (error) => (error ? reject(error) : resolve(rows)));
    request.on('row', (columns: { metadata: { colName: string }; value: unknown }[]) => {
      rows.push(Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value])));
    });
    values.forEach((value, index) => {
      if (value !== null) request.addParameter(`p${index}`, TYPES[typeOf(value)], value);
    });
    // A batch of its own keeps what SET says and what BEGIN began; a call with values does not.
    if (values.length > 0) connection.execSql(request);
    else connection.execSqlBatch(request);
  });
}

/** Works on a database of SQL Server through its driver, without any code of the tool. */
export async function withMssql<T>(url: string, work: (statement: Statement) => Promise<T>): Promise<T> {
  const connection = await open(url);
  try {
    return await work((sql, values = []) => run(connection, sql, values));
  } finally {
    connection.close();
  }
}

/** The edition of the engine that Azure SQL Database is. */
const AZURE_SQL = 5;

/** A database of its own on the server. */
export async function freshMssql(serverUrl: string): Promise<FreshDatabase> {
  const name = `tmi_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = '';
  url.searchParams.set('database', name);
  await withMssql(serverUrl, (statement) => statement(`create database ${name}`));
  return {
    url: url.href,
    dispose: () =>
      withMssql(serverUrl, async (statement) => {
        const [server] = await statement(`select convert(int, serverproperty('EngineEdition')) as edition`);
        // Azure SQL refuses this, and ends the sessions of a database that it drops.
        if (server?.['edition'] !== AZURE_SQL)
          await statement(`alter database ${name} set single_user with rollback immediate`);
        await statement(`drop database ${name}`);
      }),
  };
}
