interface Statement {
  readonly sql?: unknown;
  readonly bindings?: unknown;
}

/** Knex takes each question mark for a place of a value unless a backslash stands before it. */
export const escapedMarks = (sql: string): string => sql.replace(/(?<!\\)\?/g, '\\?');

/**
 * A statement as knex hands it to its client. Without values a question mark in it is one, such as that of a table's
 * name, and is marked so.
 */
export function withLiteralMarks(statement: unknown): unknown {
  if (typeof statement === 'string') return escapedMarks(statement);
  if (typeof statement !== 'object' || statement === null) return statement;
  const { sql, bindings } = statement as Statement;
  if (typeof sql !== 'string' || !sql.includes('?')) return statement;
  if (Array.isArray(bindings) && bindings.length > 0) return statement;
  // The same object: knex puts the answer into it.
  return Object.assign(statement, { sql: escapedMarks(sql) });
}
