import { groupBy } from './group-by.js';

/** Columns whose values no two rows of a table share, beside those of its primary key; rows with a NULL may. */
export interface UniqueKey {
  readonly table: string;
  readonly columns: readonly string[];
}

/** A column of a unique index, in the order of the index; null for an expression. */
export interface UniquePart {
  readonly table: string;
  readonly index: string;
  readonly column: string | null;
}

/** The keys of these tables, each once. Those with an expression are left out. */
export function uniqueKeysAmong(parts: readonly UniquePart[], tables: readonly string[]): UniqueKey[] {
  const own = parts.filter(({ table }) => tables.includes(table));
  const keys = [...groupBy(own, ({ table, index }) => JSON.stringify([table, index])).values()].flatMap(
    (all): UniqueKey[] => {
      const columns = all.flatMap(({ column }) => (column === null ? [] : [column]));
      return columns.length < all.length ? [] : [{ table: all[0]?.table ?? '', columns }];
    },
  );
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}
