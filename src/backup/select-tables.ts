import type { SchemaFacts, TableFacts } from '../database/index.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { ownTables } from '../settings/own-tables.js';
import { systemSettings } from '../settings/table.js';
import type { BackupScope } from './format.js';
import { matchNames } from './names.js';

export interface TableSelection {
  readonly scope: BackupScope;
  /** For the scope `tables`: names. Case counts where two tables differ in nothing else. */
  readonly names?: readonly string[];
}

/** The tables of servers; the tool's own says something of this database and goes nowhere else. */
export function serverTables(schema: SchemaFacts): readonly TableFacts[] {
  return schema.tables.filter(({ name }) => !ownTables.has(name));
}

/** What is wrong with a name that stands for no table. */
function problemOf(name: string, similar: readonly string[] | undefined): Diagnostic {
  return {
    code: 'backup/no-such-table',
    severity: 'error',
    message: similar
      ? `There is no table ${name}, and ${similar.join(' and ')} differ from it in their case alone`
      : `There is no table ${name}`,
  };
}

/**
 * Those of some names that a selection means.
 * @param where what has the names: `The database`
 * @throws ToolError `backup/no-such-table`, with every name that stands for none, or not for one alone
 */
export function selectNames(
  present: readonly string[],
  selection: TableSelection,
  where: string,
  hint: string,
): ReadonlySet<string> {
  if (selection.scope === 'all') return new Set(present);
  const names = selection.scope === 'settings' ? [systemSettings.name] : (selection.names ?? []);
  // Each name for itself: two spellings of one table are that table.
  const matches = names.map((name) => matchNames([name], present));
  const missing = names.filter((name, index) => !matches[index]?.found.has(name));
  if (missing.length > 0) {
    throw new ToolError('backup/no-such-table', `${where} has no table ${missing.join(', ')}`, {
      hint,
      diagnostics: names.flatMap((name, index) =>
        missing.includes(name) ? [problemOf(name, matches[index]?.unclear.get(name))] : [],
      ),
    });
  }
  return new Set(matches.flatMap(({ found }) => [...found.values()]));
}

/** @throws ToolError `backup/no-such-table` */
export function selectTables(schema: SchemaFacts, selection: TableSelection): readonly TableFacts[] {
  const tables = serverTables(schema);
  const names = tables.map(({ name }) => name);
  const chosen = selectNames(names, selection, 'The database', 'tmi-dbtool db status lists the tables.');
  return tables.filter((table) => chosen.has(table.name));
}
