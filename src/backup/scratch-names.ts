import type { BackupTable } from './format.js';

/** Names in a scratch file, where case does not count: of the tables and the columns of a backup. */
export interface ScratchNames {
  table(name: string): string;
  column(table: string, name: string): string;
}

/** Each name, with a number behind it where another before it differs in its case alone. */
function distinct(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const used = new Set<string>();
  return new Map(
    names.map((name) => {
      let own = name;
      const isTaken = (): boolean =>
        used.has(own.toLowerCase()) || (own !== name && taken.has(own.toLowerCase()));
      for (let number = 2; isTaken(); number += 1) own = `${name}~${number}`;
      used.add(own.toLowerCase());
      return [name, own];
    }),
  );
}

export function scratchNames(tables: readonly BackupTable[]): ScratchNames {
  const byTable = distinct(tables.map(({ name }) => name));
  const byColumn = new Map(
    tables.map(({ name, columns }) => [name, distinct(columns.map((column) => column.name))]),
  );
  return {
    table: (name) => byTable.get(name) ?? name,
    column: (table, name) => byColumn.get(table)?.get(name) ?? name,
  };
}
