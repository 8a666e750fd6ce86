import { randomBytes } from 'node:crypto';
import type { FreshDatabase } from '../database.js';
import { numberMarks, type Statement } from './statement.js';

/** The little of the driver, which has no types of its own, that is needed here. */
interface Driver {
  readonly OUT_FORMAT_OBJECT: number;
  readonly DB_TYPE_CLOB: unknown;
  readonly STRING: unknown;
  getConnection(options: object): Promise<{
    execute(
      sql: string,
      values: readonly unknown[],
      options: object,
    ): Promise<{ rows?: Record<string, unknown>[] }>;
    close(): Promise<void>;
  }>;
}

/** Works on a schema of Oracle through its driver, without any code of the tool. */
export async function withOracle<T>(url: string, work: (statement: Statement) => Promise<T>): Promise<T> {
  const oracledb = ((await import('oracledb')) as unknown as { default: Driver }).default;
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const wallet = searchParams.get('wallet_location');
  const isAlias = port === '' && pathname.length <= 1;
  const connection = await oracledb.getConnection({
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connectString: isAlias
      ? hostname
      : `${wallet === null ? '' : 'tcps://'}${hostname}:${port || '1521'}${pathname}`,
    ...(wallet === null ? {} : { configDir: wallet, walletLocation: wallet }),
    ...(searchParams.has('wallet_password') ? { walletPassword: searchParams.get('wallet_password') } : {}),
  });
  try {
    return await work(async (sql, values = []) => {
      const marked = numberMarks(sql, (index) => `:${index + 1}`);
      const { rows = [] } = await connection.execute(marked, values, {
        autoCommit: true,
        outFormat: oracledb.OUT_FORMAT_OBJECT,
        fetchTypeHandler: ({ dbType }: { dbType: unknown }) =>
          dbType === oracledb.DB_TYPE_CLOB ? { type: oracledb.STRING } : undefined,
      });
      // Unquoted names come in upper case.
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
      );
    });
  } finally {
    await connection.close();
  }
}

/** A user of its own, whose schema is the database of a test. */
export async function freshOracle(serverUrl: string): Promise<FreshDatabase> {
  const name = `tmi_${randomBytes(6).toString('hex')}`;
  // Autonomous Database asks for letters of both cases and a digit.
  const password = `Pw1${randomBytes(8).toString('hex')}`;
  const url = Object.assign(new URL(serverUrl), { username: name, password });
  await withOracle(serverUrl, async (statement) => {
    await statement(`create user ${name} identified by "${password}"`);
    await statement(
      `grant create session, create table, create view, create sequence, create trigger, create procedure, unlimited tablespace to ${name}`,
    );
  });
  return {
    url: url.href,
    dispose: () =>
      withOracle(serverUrl, async (statement) => {
        await statement(`drop user ${name} cascade`);
      }),
  };
}
