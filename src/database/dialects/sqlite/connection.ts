import type { Knex } from 'knex';
import type { ParsedUrl } from '../../url.js';
import { knexClients } from '../../knex-private.js';
import type { ConnectionAttempt, ConnectOptions } from '../dialect.js';
import { openFile } from './open-file.js';

/**
 * A transaction that means to write takes its lock at once: one that began by reading would fail, without
 * waiting, when somebody else wrote in between.
 */
const BEGIN = 'BEGIN;';
const BEGIN_WRITING = 'BEGIN IMMEDIATE;';

function fileClient(base: typeof Knex.Client, open: () => unknown, readOnly: boolean): typeof Knex.Client {
  return class extends base {
    override acquireRawConnection(): Promise<unknown> {
      return new Promise((resolve) => resolve(open()));
    }

    override query(connection: unknown, statement: unknown): unknown {
      return super.query(connection, statement === BEGIN && !readOnly ? BEGIN_WRITING : statement);
    }
  };
}

/** Opens the file of the URL. `mode=ro` in the URL has the effect of the option. */
export async function attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<ConnectionAttempt[]> {
  const [base, { default: driver }] = await Promise.all([knexClients.sqlite(), import('better-sqlite3')]);
  const readOnly = options.readOnly || parsed.parameters.get('mode') === 'ro';
  const path = parsed.target.database;
  return [
    {
      client: fileClient(base, () => openFile(driver, path, readOnly), readOnly),
      connection: () => Promise.resolve({ filename: path }),
      version: undefined,
      timeoutMs: options.connectTimeoutMs ?? 10_000,
    },
  ];
}
