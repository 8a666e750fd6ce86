import type { Database } from '../../../src/database/contract.js';
import type { ColumnFacts, TableFacts } from '../../../src/database/index.js';
import { connect } from '../../support/connection.js';
import type { TdsResult } from '../../support/stand-ins/tds-answers.js';
import type { TdsStatement } from '../../support/stand-ins/tds-requests.js';
import { rows } from '../../support/stand-ins/tds-catalog.js';
import { sessionBegin } from '../../support/stand-ins/tds-sqlite.js';
import { World } from './world.js';

export type Script = readonly (readonly [
  pattern: RegExp,
  answer: TdsResult | ((sql: string) => TdsResult | undefined),
])[];

/** A server whose user has the schema `app`, that answers what a script says, and nothing to all else. */
export async function scripted(script: Script): Promise<{
  readonly database: Database;
  readonly sent: () => string[];
  readonly statements: readonly TdsStatement[];
}> {
  const w = await World.start({
    login: () => ({
      close: () => undefined,
      run: ({ sql }) => {
        if (sql === sessionBegin) return { results: [texts(['schema'], [{ schema: 'app' }])] };
        const found = script.find(([pattern]) => pattern.test(sql))?.[1];
        const answer = typeof found === 'function' ? found(sql) : found;
        return answer ? { results: [answer] } : {};
      },
    }),
  });
  const database = await connect(w.url);
  const { statements } = w.server;
  return { database, statements, sent: () => statements.slice(1).map(({ sql }) => sql) };
}

export const texts = (names: readonly string[], lines: readonly Record<string, unknown>[]): TdsResult =>
  rows(Object.fromEntries(names.map((name) => [name, 'text'])), lines);

export const column = (name: string, kind: ColumnFacts['kind'], type: string): ColumnFacts => ({
  name,
  kind,
  type,
  nullable: true,
  hasDefault: false,
  generated: false,
});

export const table = (columns: readonly ColumnFacts[]): TableFacts => ({
  name: "it's [odd]",
  columns,
  primaryKey: [],
  foreignKeys: [],
  counters: [],
  checks: [],
  estimatedRows: 0,
  bytes: 0,
  transactional: true,
});
