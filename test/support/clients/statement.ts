/** Runs one statement and answers its rows; `?` stands for a value. */
export type Statement = (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** `@p0`, `:1`: the marks of an engine in place of `?`. */
export function numberMarks(sql: string, mark: (index: number) => string): string {
  let index = -1;
  return sql.replaceAll('?', () => mark((index += 1)));
}
