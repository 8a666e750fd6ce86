import type { TableContents } from './contract.js';

/** Table contents with lower-cased column names, whatever case the engine answers in. */
export function tableContents(
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): TableContents {
  const columns = names.map((name) => name.toLowerCase());
  if (names.every((name, index) => name === columns[index])) return { columns, rows };
  return {
    columns,
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
    ),
  };
}
