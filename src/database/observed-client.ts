import type { Knex } from 'knex';
import { ToolError } from '../errors/index.js';

export interface StatementObserver {
  /** A statement is about to be sent. */
  sent(sql: string): void;
  /** True while another connection may take the place of one that has gone. */
  mayReconnect(): boolean;
  /** What to throw in place of a driver's error. */
  translate(error: unknown): unknown;
}

function sqlOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const sql =
    typeof statement === 'object' && statement !== null && 'sql' in statement ? statement.sql : undefined;
  return typeof sql === 'string' ? sql : '';
}

/**
 * A knex client that reports each statement and lets no driver's error through: those hold statements with
 * their values. It connects again only when the observer says so, since transactions and locks of a session would not survive
 * a silent new connection.
 */
export function observedClient(base: typeof Knex.Client, observer: StatementObserver): typeof Knex.Client {
  let connected = false;
  return class extends base {
    override async acquireRawConnection(): Promise<unknown> {
      if (connected && !observer.mayReconnect())
        throw observer.translate(new ToolError('database/connection-lost', 'The connection is gone'));
      const connection: unknown = await super.acquireRawConnection();
      connected = true;
      return connection;
    }

    override async query(connection: unknown, statement: unknown): Promise<unknown> {
      observer.sent(sqlOf(statement));
      try {
        return await (super.query(connection, statement) as Promise<unknown>);
      } catch (error) {
        throw observer.translate(error);
      }
    }
  };
}
