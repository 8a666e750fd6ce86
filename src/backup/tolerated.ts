import { brokenKey, constraintText } from '../database/broken.js';
import type { BrokenConstraint, ForeignKeyFacts, StiffConstraint } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { TablePair } from './fit.js';
import type { BackupTable } from './format.js';

/** What rows of a table of a backup do not satisfy. */
export function brokenIn({ name: table, foreignKeys, broken = [] }: BackupTable): BrokenConstraint[] {
  return broken.map(({ name, kind }) => {
    const key = kind === 'foreign key' ? foreignKeys.find((each) => each.name === name) : undefined;
    return { table, name, kind, ...(key?.references === undefined ? {} : { references: key.references }) };
  });
}

const together = (columns: readonly (string | undefined)[]): string => columns.join('\0');

/** The keys of the database that are the backup's of this name: engines name keys otherwise, and columns are theirs. */
function keysLike({ backup, target, columns }: TablePair, name: string): readonly ForeignKeyFacts[] {
  const key = backup.foreignKeys.find((each) => each.name === name);
  if (!key) return [];
  const own = key.columns.map((column) => columns.find((pair) => pair.backup.name === column)?.target.name);
  return target.foreignKeys.filter((each) => together(each.columns) === together(own));
}

/** What a load of these tables need not satisfy, in the database's own names: its rows did not where they come from. */
export function toleratedIn(pairs: readonly TablePair[]): BrokenConstraint[] {
  return pairs.flatMap((pair) =>
    (pair.backup.broken ?? []).flatMap(({ name, kind }): BrokenConstraint[] => {
      const table = pair.target.name;
      if (kind === 'check') return [{ table, name, kind }];
      return keysLike(pair, name).map((key) => brokenKey(table, key));
    }),
  );
}

/** @throws ToolError `backup/stiff-constraint`, before anything is changed */
export function assertPassable(stiff: readonly StiffConstraint[]): void {
  if (stiff.length === 0) return;
  const statements = (of: (each: StiffConstraint) => string): string => stiff.map(of).join('; ');
  throw new ToolError(
    'backup/stiff-constraint',
    `Rows of the backup do not satisfy ${stiff.map(constraintText).join(', ')}, which the engine asks of every row that is written; nothing was changed`,
    {
      hint: `As the owner of the tables: ${statements(({ switchOff }) => switchOff)}. Run the command again, then ${statements(({ putBack }) => putBack)}.`,
    },
  );
}
