import type { Knex } from 'knex';
import { ToolError } from '../errors/index.js';

export interface StatementObserver {
  /** A statement is about to be sent. */
  sent(sql: string): void;
  /** @throws ToolError `internal/interrupted` when the run was asked to stop */
  assertWanted(): void;
  /** True while another connection may take the place of one that has gone. */
  mayReconnect(): boolean;
  /** Sees to it that the work on a connection ends. `cancel` asks the server to give up what runs there. */
  guard<T>(
    connection: unknown,
    work: () => Promise<T>,
    cancel?: () => Promise<unknown>,
    isTidying?: boolean,
  ): Promise<T>;
  /** The connection that statements go to from now on. */
  connected(connection: unknown): void;
  /** What to throw in place of a driver's error. */
  translate(error: unknown): unknown;
}

/** Knex's clients for PostgreSQL and MySQL. */
interface CancellingClient {
  cancelQuery(connection: unknown): Promise<unknown>;
}

/** Statements that end what was begun. */
const tidying = /^(rollback|commit|unlock|if @@trancount)\b/i;

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
  let isCancelling = false;
  /** The client itself: within a transaction knex calls its methods on another object. */
  let root: CancellingClient | undefined;
  /** From a connection of its own, which knex asks the client for as well. */
  const cancel = async (connection: unknown): Promise<void> => {
    isCancelling = true;
    // It asks for the connection at once, and may then wait long for it: whoever asks meanwhile is somebody else.
    const cancelled = root?.cancelQuery(connection);
    isCancelling = false;
    await cancelled;
  };
  return class extends base {
    override async acquireRawConnection(): Promise<unknown> {
      if (isCancelling) return super.acquireRawConnection();
      // Where a stop has broken the connection off, that is the reason, and no other one is made.
      if (connected) observer.assertWanted();
      if (connected && !observer.mayReconnect())
        throw observer.translate(new ToolError('database/connection-lost', 'The connection is gone'));
      const connection: unknown = await super.acquireRawConnection().catch((error: unknown) => {
        // Of the first one it is told what went wrong with the login.
        throw connected ? observer.translate(error) : error;
      });
      connected = true;
      // Its types forget the argument.
      root ??= this as unknown as CancellingClient;
      observer.connected(connection);
      return connection;
    }

    override async query(connection: unknown, statement: unknown): Promise<unknown> {
      observer.sent(sqlOf(statement));
      try {
        return await observer.guard(
          connection,
          () => super.query(connection, statement) as Promise<unknown>,
          this.canCancelQuery ? () => cancel(connection) : undefined,
          tidying.test(sqlOf(statement)),
        );
      } catch (error) {
        throw observer.translate(error);
      }
    }
  };
}
