/** Values in rows, for the `VALUES` of a statement: placeholders for knex and the bindings in their order. */
export interface ValueRows {
  readonly columns: readonly string[];
  readonly placeholders: string;
  readonly bindings: readonly (string | number | null)[];
}

function binding(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError('Only texts, numbers and null can be bound.');
}

/** @param rows at least one, all with the same columns */
export function valueRows(rows: readonly Readonly<Record<string, unknown>>[]): ValueRows {
  const columns = Object.keys(rows[0] ?? {});
  const line = `(${columns.map(() => '?').join(', ')})`;
  return {
    columns,
    placeholders: rows.map(() => line).join(', '),
    bindings: rows.flatMap((row) => columns.map((column) => binding(row[column]))),
  };
}

/** An identifier in the quotation marks of the SQL standard. */
export function quoteStandard(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What PostgreSQL and SQLite do with a row whose key is there already. @param columns of the rows, the key among them */
export function onConflict(key: string, columns: readonly string[], existing: 'replace' | 'keep'): string {
  const others = columns.filter((column) => column !== key).map(quoteStandard);
  const action =
    existing === 'keep' ? 'nothing' : `update set ${others.map((c) => `${c} = excluded.${c}`).join(', ')}`;
  return `on conflict (${quoteStandard(key)}) do ${action}`;
}

/** The insert-or-update of PostgreSQL and SQLite, with a value of its own for each value. */
export function onConflictUpsert(
  table: string,
  key: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  existing: 'replace' | 'keep',
): { sql: string; bindings: readonly (string | number | null)[] } {
  const { columns, placeholders, bindings } = valueRows(rows);
  const into = `insert into ${quoteStandard(table)} (${columns.map(quoteStandard).join(', ')})`;
  return { sql: `${into} values ${placeholders} ${onConflict(key, columns, existing)}`, bindings };
}
