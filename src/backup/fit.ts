import type { ColumnFacts, SchemaFacts, TableFacts } from '../database/index.js';
import type { Diagnostic } from '../errors/index.js';
import type { BackupColumn, BackupTable } from './format.js';
import { matchNames } from './names.js';
import type { ScratchNames } from './scratch-names.js';
import { serverTables } from './select-tables.js';

/** A column of a backup beside the column of the database that takes it. */
export interface ColumnPair {
  readonly backup: BackupColumn;
  readonly target: ColumnFacts;
}

/** A table of a backup beside the table of the database that takes it. */
export interface TablePair {
  readonly backup: BackupTable;
  readonly target: TableFacts;
  /** In the backup's order. */
  readonly columns: readonly ColumnPair[];
}

export interface Fit {
  readonly pairs: readonly TablePair[];
  /** Everything that keeps the backup out of the database. */
  readonly findings: readonly Diagnostic[];
}

function finding(message: string, hint?: string): Diagnostic {
  return {
    code: 'backup/not-fitting',
    severity: 'error',
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Two names of which the other side has one, or one of which it has two: either could be meant. */
const unclearHint =
  'Names that differ in their case alone are taken for each other only where there is one of each.';

function fitTable(
  backup: BackupTable,
  target: TableFacts,
  names: ScratchNames,
): { pair: TablePair; findings: Diagnostic[] } {
  const findings: Diagnostic[] = [];
  const columns: ColumnPair[] = [];
  const { found, unclear } = matchNames(
    backup.columns.map(({ name }) => names.column(backup.name, name)),
    target.columns.map(({ name }) => name),
  );
  for (const column of backup.columns) {
    const wanted = names.column(backup.name, column.name);
    const match = target.columns.find(({ name }) => name === found.get(wanted));
    if (match) columns.push({ backup: column, target: match });
    else
      findings.push(
        finding(
          `The table ${target.name} has no column ${column.name}, which the backup fills`,
          unclear.has(wanted) ? unclearHint : undefined,
        ),
      );
  }
  const filled = new Set(found.values());
  for (const column of target.columns) {
    if (!filled.has(column.name) && !column.nullable && !column.hasDefault && !column.generated) {
      findings.push(
        finding(
          `The table ${target.name} needs a value for its column ${column.name}, and the backup has none`,
        ),
      );
    }
  }
  return { pair: { backup, target, columns }, findings };
}

const ownNames: ScratchNames = { table: (name) => name, column: (_, name) => name };

/**
 * Finds the table and the columns for everything that a backup holds. Names that differ in their case alone are one,
 * unless one side has several of them.
 * @param names under which the database has them, where not under their own
 */
export function fitBackup(
  tables: readonly BackupTable[],
  schema: SchemaFacts,
  names: ScratchNames = ownNames,
): Fit {
  const findings: Diagnostic[] = [];
  const pairs: TablePair[] = [];
  const candidates = serverTables(schema);
  const { found, unclear } = matchNames(
    tables.map(({ name }) => names.table(name)),
    candidates.map(({ name }) => name),
  );
  for (const backup of tables) {
    const wanted = names.table(backup.name);
    const target = candidates.find(({ name }) => name === found.get(wanted));
    if (!target) {
      const similar = unclear.get(wanted);
      findings.push(
        similar
          ? finding(
              `The database has no table ${backup.name}; it has ${similar.join(' and ')}, in another case`,
              unclearHint,
            )
          : finding(
              `The database has no table ${backup.name}`,
              'Start the server once: it creates its tables.',
            ),
      );
      continue;
    }
    const fit = fitTable(backup, target, names);
    pairs.push(fit.pair);
    findings.push(...fit.findings);
  }
  return { pairs, findings };
}
