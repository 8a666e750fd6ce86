import type { Knex } from 'knex';
import type { Connection, ConnectionConfiguration } from 'tedious';
import type { KnexTransactionClass } from '../../knex-private.js';
import { withLiteralMarks } from '../../literal-marks.js';
import { openConnection, type Driver } from './driver.js';
import { execute } from './statement.js';
import { SessionNames, type NamingClient } from './names.js';
import type { MssqlTls } from './tls.js';

/** The driver's settings and ours, as an attempt gives them to knex. */
export interface MssqlSettings extends ConnectionConfiguration {
  readonly tls: MssqlTls;
}

/** What knex keeps of a statement between sending it and answering it. */
interface KnexStatement {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  response?: unknown;
}

/** What the client holds that knex does not declare. */
interface ClientParts {
  readonly connectionSettings: MssqlSettings;
}

/** Transactions as statements, so that they are counted and translated like all others. */
function transactionClass(base: KnexTransactionClass): KnexTransactionClass {
  return class extends base {
    begin(connection: unknown): Promise<unknown> {
      // Stated for each, and in its own batch: a setting of the session may be another's.
      return this.query(connection, 'set transaction isolation level read committed; begin transaction');
    }

    commit(connection: unknown, value: unknown): Promise<unknown> {
      return this.query(connection, 'commit transaction', 1, value);
    }

    /** Some faults end the transaction by themselves, and then there is nothing to roll back. */
    rollback(connection: unknown, error: unknown): Promise<unknown> {
      return this.query(connection, 'if @@trancount > 0 rollback transaction', 2, error);
    }
  };
}

/**
 * Knex's client with the ways that it lacks: every client of knex shares one queue of requests, and each statement
 * is a call in which SET and BEGIN TRANSACTION last no longer than the call.
 */
export function mssqlClient(
  base: typeof Knex.Client,
  transaction: KnexTransactionClass,
  driver: Driver,
): typeof Knex.Client {
  const Statements = transactionClass(transaction);
  const sessionNames = new SessionNames();
  return class extends base implements NamingClient {
    /** Of the class, since knex makes a client for each transaction out of nothing else. */
    get sessionNames(): SessionNames {
      return sessionNames;
    }

    override async acquireRawConnection(): Promise<unknown> {
      const { tls, ...configuration } = (this as unknown as ClientParts).connectionSettings;
      const connection = Object.assign(await openConnection(driver, configuration, tls), {
        connected: true,
        tmiDriver: driver,
      });
      // Knex asks for `connected` before it uses a connection again.
      const onGone = (): void => void (connection.connected = false);
      connection.on('error', onGone);
      connection.on('end', onGone);
      return connection;
    }

    override query(connection: unknown, statement: unknown): unknown {
      return super.query(connection, withLiteralMarks(statement));
    }

    async _query(connection: unknown, statement: unknown): Promise<unknown> {
      const asked = statement as KnexStatement;
      asked.response = await execute(driver, connection as Connection, asked.sql, asked.bindings);
      return asked;
    }

    override transaction(...args: [container: unknown, config: unknown, outer: unknown]): Knex.Transaction {
      return new Statements(this, ...args) as unknown as Knex.Transaction;
    }
  };
}

/** The driver's own connection, for work that knex would only slow down. Nothing else may be sent meanwhile. */
export async function withConnection<T>(
  knex: Knex,
  work: (connection: Connection, driver: Driver) => Promise<T>,
): Promise<T> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Connection & { readonly tmiDriver: Driver };
  try {
    return await work(connection, connection.tmiDriver);
  } finally {
    await client.releaseConnection(connection);
  }
}
