import type { ForeignKeyOfTable, TableFacts } from '../database/index.js';

type Ordered = Pick<TableFacts, 'name' | 'foreignKeys'>;

export interface TableOrder<T extends Ordered> {
  /** Every table after those that its foreign keys point at, as far as there is such an order. */
  readonly tables: readonly T[];
  /** The foreign keys that point at a later table or at their own. */
  readonly circular: readonly ForeignKeyOfTable[];
}

/** How many of a table's foreign keys point at tables that are still to come. */
function waiting(table: Ordered, left: ReadonlySet<string>): number {
  return table.foreignKeys.filter((key) => key.references !== table.name && left.has(key.references ?? ''))
    .length;
}

/** Tables in foreign-key order; in a circle the table that waits for the fewest others goes first. */
export function orderTables<T extends Ordered>(tables: readonly T[]): TableOrder<T> {
  const left = new Map(
    [...tables].sort((a, b) => (a.name < b.name ? -1 : 1)).map((table) => [table.name, table]),
  );
  const names = new Set(left.keys());
  const ordered: T[] = [];
  while (left.size > 0) {
    const candidates = [...left.values()];
    const next = candidates.reduce((best, table) =>
      waiting(table, names) < waiting(best, names) ? table : best,
    );
    ordered.push(next);
    left.delete(next.name);
    names.delete(next.name);
  }
  return { tables: ordered, circular: circularKeys(ordered) };
}

/** The foreign keys of `tables`, in this order, that point at a later one or at their own. */
export function circularKeys(tables: readonly Ordered[]): ForeignKeyOfTable[] {
  const place = new Map(tables.map((table, index) => [table.name, index]));
  return tables.flatMap((table, index) =>
    table.foreignKeys
      .filter((key) => (place.get(key.references ?? '') ?? -1) >= index)
      .map((key) => ({ table: table.name, key })),
  );
}
