import type { Knex } from 'knex';
import type Transaction from 'knex/lib/execution/transaction.js';

/**
 * The parts of knex that it does not publish, all of them here: its dialects' classes, for clients that differ in one
 * method, and its class for transactions. They may change with any release, so package.json pins the version, and a test
 * names the part that is gone. The methods that clients of ours replace are `acquireRawConnection`,
 * `destroyRawConnection`, `transaction`, `query`, `_query`, `_driver`, `processResponse`, `processPassedConnection` and
 * `wrapIdentifierImpl`; a transaction's are `begin`, `commit`, `rollback` and `query`.
 */
export const knexClients = {
  postgres: async () => (await import('knex/lib/dialects/postgres/index.js')).default,
  mysql: async () => (await import('knex/lib/dialects/mysql2/index.js')).default,
  mssql: async () => (await import('knex/lib/dialects/mssql/index.js')).default,
  oracle: async () => (await import('knex/lib/dialects/oracledb/index.js')).default,
  sqlite: async () => (await import('knex/lib/dialects/better-sqlite3/index.js')).default,
} satisfies Record<string, () => Promise<typeof Knex.Client>>;

export type KnexTransactionClass = typeof Transaction;

/** The class behind `knex.transaction`. */
export const knexTransactionClass = async (): Promise<KnexTransactionClass> =>
  (await import('knex/lib/execution/transaction.js')).default;
