import type { Knex } from 'knex';

/** Seconds that a row, a table or its shape may be kept locked by somebody else. Servers of themselves wait for a day. */
const LOCK_SECONDS = 30;

/** Seconds that the session may be idle, as at a typed question, and that a slow reader of rows may take. */
const IDLE_SECONDS = 86_400;
const WRITE_SECONDS = 600;

const ISOLATION = 'REPEATABLE-READ';

/**
 * UTC; a value that does not fit is refused instead of cut; a backslash escapes, as the driver assumes when it
 * writes values into statements. The isolation is stated, since a restore relies on it and servers are told others.
 * MySQL 8 would answer counters of yesterday. MariaDB passes over what stands in comments for MySQL, and the other way
 * round; each has its own name for the isolation.
 */
export const sessionSetup = [
  `set session time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
   lock_wait_timeout = ${LOCK_SECONDS}, innodb_lock_wait_timeout = ${LOCK_SECONDS}, wait_timeout = ${IDLE_SECONDS},
   net_write_timeout = ${WRITE_SECONDS}
   /*M! , tx_isolation = '${ISOLATION}', idle_transaction_timeout = 0 */
   /*!50720 , transaction_isolation = '${ISOLATION}' */ /*!80000 , information_schema_stats_expiry = 0 */`,
];

/** The settings, read back: a pooler may have led the transaction to another session. */
const check = `select @@session.time_zone = '+00:00' and @@session.lock_wait_timeout = ${LOCK_SECONDS}
  and /*M! @@session.tx_isolation */ /*!50720 @@session.transaction_isolation */ = '${ISOLATION}' as ready`;

/** A driver's error of this folder's own. `code` is read by `classify`. */
class SessionFault extends Error {
  readonly code = 'TMI_SETTINGS_LOST';
}

interface Answered {
  readonly response: readonly [rows: readonly { readonly ready: unknown }[]];
}

const textOf = (statement: unknown): string =>
  typeof statement === 'string' ? statement : String((statement as { sql?: unknown }).sql);

/** Knex's client that reads the settings of the session back at the beginning of each transaction. */
export function sessionClient(base: typeof Knex.Client): typeof Knex.Client {
  return class extends base {
    override async query(connection: unknown, statement: unknown): Promise<unknown> {
      const answer: unknown = await super.query(connection, statement);
      if (!/^(begin|start transaction)\b/i.test(textOf(statement))) return answer;
      // By way of the whole client, so that it is counted like every other statement.
      const checked = (await this.query(connection, { sql: check, method: 'raw', bindings: [] })) as Answered;
      if (Number(checked.response[0][0]?.ready) === 1) return answer;
      await super.query(connection, 'rollback');
      throw new SessionFault('The settings of the session are not in place');
    }
  };
}
