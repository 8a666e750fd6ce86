import { groupBy } from './group-by.js';
import type { TableGuard } from './schema-facts.js';

/** A trigger of a table with the text of what it does. */
export interface TriggerText {
  readonly table: string;
  readonly name: string;
  readonly text: string;
}

/**
 * Tables whose triggers refuse a deletion. Servers guard their history so: audit entries and versions are append-only.
 * @param triggers those that fire for a deletion and are switched on
 * @param refuses matches a text that raises an error
 * @param switchOff how the owner switches one off, where the tool cannot let it rest within a transaction
 */
export function guardsAmong(
  triggers: readonly TriggerText[],
  tables: readonly string[],
  refuses: RegExp,
  switchOff?: (trigger: TriggerText) => string,
): TableGuard[] {
  const guarding = triggers.filter(({ table, text }) => tables.includes(table) && refuses.test(text));
  return [...groupBy(guarding, ({ table }) => table)].map(([table, own]) => ({
    table,
    triggers: [...new Set(own.map(({ name }) => name))].sort(),
    switchOff: switchOff ? [...new Set(own.map(switchOff))].sort() : [],
  }));
}
