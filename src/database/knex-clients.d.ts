/** The class behind `knex.transaction`, for clients whose database begins and ends transactions in a way of its own. */
declare module 'knex/lib/execution/transaction.js' {
  export default class Transaction {
    constructor(client: unknown, ...options: unknown[]);
    /** Sends a statement; with status 1 the transaction ends well, with 2 it ends with `value`. */
    query(connection: unknown, sql: string, status?: 1 | 2, value?: unknown): Promise<unknown>;
  }
}

/** Knex publishes no types for its dialect classes; each is a `Knex.Client`. */
declare module 'knex/lib/dialects/*' {
  import type { Knex } from 'knex';
  const client: typeof Knex.Client;
  export default client;
}
