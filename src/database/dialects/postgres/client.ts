import type { Knex } from 'knex';
import type { Client as PgClient } from 'pg';
import { withLiteralMarks } from '../../literal-marks.js';
import { escapeLiteral } from './literal.js';
import type { SessionSettings, ShownSetting } from './session-settings.js';

/** A driver's error of this folder's own. `code` is read by `classify`. */
class SessionFault extends Error {
  readonly code = 'TMI_SETTINGS_LOST';
}

interface Statement {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  response?: unknown;
}

/** What of the client the lock needs, which has a session of its own. */
export interface PostgresClient {
  /** One more connection. Whoever asks for it closes it. */
  openConnection(): Promise<PgClient>;
}

/** A value as a literal of no type yet, as the driver sends parameters. */
function literalOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value)) return escapeLiteral(`\\x${value.toString('hex')}`);
  if (typeof value === 'string') return escapeLiteral(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return escapeLiteral(String(value));
  }
  throw new TypeError('A value of this kind has no literal');
}

/** The statement with its values written into it, so that it can travel with others. */
function inlined({ sql, bindings = [] }: Statement): string {
  let index = 0;
  return sql.replace(/\\\?|\?/g, (mark) => {
    if (mark !== '?') return mark;
    const text = literalOf(bindings[index]);
    index += 1;
    return text.replaceAll('?', '\\?');
  });
}

const marked = (sql: string): string => sql.replaceAll('?', '\\?');

/**
 * Knex's client whose every transaction sets the session up, and whose every statement outside of one is a transaction
 * of its own. Settings and statement go in one message, so that there is no round trip more and no moment between them.
 */
export function postgresClient(
  base: typeof Knex.Client,
  { statements, isInPlace }: SessionSettings,
): typeof Knex.Client {
  const setUp = statements.map(marked);
  return class extends base implements PostgresClient {
    openConnection(): Promise<PgClient> {
      return super.acquireRawConnection() as Promise<PgClient>;
    }

    override async query(connection: unknown, given: unknown): Promise<unknown> {
      const statement = (
        typeof given === 'string' ? { sql: withLiteralMarks(given) } : withLiteralMarks(given)
      ) as Statement;
      if ((connection as PgClient).getTransactionStatus() !== 'I') return super.query(connection, statement);
      const text = inlined(statement);
      const begins = /^begin\b([^;]*);?\s*([\s\S]*)/i.exec(text);
      // It may stand at the end of a transaction that is gone already.
      if (!begins && /^(rollback|commit)\b/i.test(text)) return super.query(connection, statement);
      const [, how = '', rest = ''] = begins ?? [];
      const isolation = /isolation/i.test(how) ? '' : ' isolation level read committed';
      const [first, last] = begins
        ? [`begin${how}${isolation}`, rest]
        : ['set transaction isolation level read committed', text];
      const sql = [first, ...setUp, ...(last === '' ? [] : [last])].join('; ');
      const message = Object.assign(statement, { sql, bindings: [] });
      try {
        const answered = (await super.query(connection, message)) as Statement;
        // There is one statement before those that set up.
        const results = (answered.response as readonly ShownSetting[]).slice(1);
        if (!isInPlace(results)) throw new SessionFault('The settings of the session are not in place');
        const own = results.slice(setUp.length);
        answered.response = own.length === 1 ? own[0] : own;
        return answered;
      } catch (error) {
        // A transaction that could not be set up is none.
        if (begins) await Promise.resolve(super.query(connection, 'rollback')).catch(() => undefined);
        throw error;
      }
    }
  };
}
