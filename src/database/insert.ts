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

/** The insert-or-update that PostgreSQL and SQLite share. */
export function onConflictUpsert(
  table: string,
  key: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  existing: 'replace' | 'keep',
): { sql: string; bindings: readonly (string | number | null)[] } {
  const { columns, placeholders, bindings } = valueRows(rows);
  const quoted = columns.map(quoteStandard);
  const changes = quoted.filter((column) => column !== quoteStandard(key)).map((c) => `${c} = excluded.${c}`);
  const action = existing === 'keep' ? 'nothing' : `update set ${changes.join(', ')}`;
  const into = `insert into ${quoteStandard(table)} (${quoted.join(', ')}) values ${placeholders}`;
  return { sql: `${into} on conflict (${quoteStandard(key)}) do ${action}`, bindings };
}
