import type { Knex } from 'knex';
import type { SecretValue } from '../values/secret-value.js';
import type { Database, StatementListener } from './contract.js';
import type { ConnectionAttempt } from './dialects/dialect.js';
import { loadDialect } from './dialects/index.js';
import { KnexDatabase } from './knex-database.js';
import { observedClient } from './observed-client.js';
import { Traffic } from './traffic.js';
import { refuseUntidyUrl } from './tidy-url.js';
import { parseDatabaseUrl } from './url.js';
import { shortly } from './watch.js';

export interface ConnectDatabaseOptions {
  readonly url: SecretValue;
  /** Writes nothing, not even beside a file; a missing file counts as an empty database. */
  readonly readOnly?: boolean;
  /** Milliseconds until a connection attempt ends with `database/timeout`. Default: the URL's own, else 10,000. */
  readonly connectTimeoutMs?: number;
  /** Variables that may complete the URL: `ORACLE_PASSWORD`, `ORACLE_WALLET_PASSWORD`, `TNS_ADMIN`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder of an Oracle wallet, where the URL names none. */
  readonly walletLocation?: string | undefined;
  /** Called with every statement, without its values. */
  readonly onQuery?: StatementListener;
  /** Milliseconds that the server may take for one answer, zero for no limit. Default: a minute. */
  readonly answerTimeoutMs?: number;
  /** Ends what waits for the server, as long as nothing was committed. */
  readonly signal?: AbortSignal | undefined;
}

/** Colours are refused rather than left out: knex would open standard output to ask whether it has any. */
const silent = { warn() {}, error() {}, deprecate() {}, debug() {}, enableColors: false };

/** Opens the one connection of an attempt, so that every error of the login comes up here. */
async function open(attempt: ConnectionAttempt, setup: readonly string[], traffic: Traffic): Promise<Knex> {
  const { default: createKnex } = await import('knex');
  const knex = createKnex({
    client: observedClient(attempt.client, traffic),
    connection: attempt.connection,
    ...(attempt.version === undefined ? {} : { version: attempt.version }),
    // One connection, kept for good: locks and transactions are tied to it. Statements wait for each other.
    pool: { min: 1, max: 1, createTimeoutMillis: attempt.timeoutMs + 1000, idleTimeoutMillis: 2 ** 31 - 1 },
    acquireConnectionTimeout: 2 ** 31 - 1,
    // Values of a statement must not reach an error's text.
    compileSqlOnError: false,
    useNullAsDefault: true,
    log: silent,
  });
  try {
    const client = knex.client as Knex.Client;
    const connection: unknown = await traffic.watch.guard(
      () => client.acquireConnection() as Promise<unknown>,
      {
        sever: () => traffic.severAll(),
      },
    );
    await client.releaseConnection(connection);
    for (const statement of setup) await knex.raw(statement);
    await attempt.verify?.(knex);
    return knex;
  } catch (error) {
    await shortly(knex.destroy());
    traffic.severAll();
    throw error;
  }
}

/**
 * Connects to the database of a URL: one connection, its session in UTC.
 * @throws ToolError with a code of the area `database`; none of them holds the password or the URL.
 */
export async function connectDatabase(options: ConnectDatabaseOptions): Promise<Database> {
  refuseUntidyUrl(options.url);
  const parsed = parseDatabaseUrl(options.url);
  const dialect = await loadDialect(parsed.target.engine);
  const traffic = new Traffic(dialect, parsed.target, options);
  if (options.onQuery) traffic.listeners.push(options.onQuery);
  const attempts = await dialect.attempts(parsed, {
    readOnly: options.readOnly ?? false,
    connectTimeoutMs: options.connectTimeoutMs,
    environment: options.environment ?? {},
    walletLocation: options.walletLocation,
  });
  let failure: unknown;
  for (const attempt of attempts) {
    try {
      const knex = await open(attempt, dialect.sessionSetup, traffic);
      return new KnexDatabase(dialect, parsed.target, traffic, knex);
    } catch (error) {
      failure = error;
      if (!dialect.isMissingTls(error)) break;
    }
  }
  throw traffic.translateAtLogin(failure);
}
