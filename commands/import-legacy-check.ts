import { ToolError } from '../src/errors/index.js';
import type { ImportLegacyOptions } from './import-legacy-options.js';

/** What an undo has no use for: file, backup and rows are those of its receipt. */
const idleBesideUndo: readonly (readonly [string, (options: ImportLegacyOptions) => boolean])[] = [
  ['--dry-run', ({ dryRun }) => dryRun === true],
  ['a file', ({ file, inputFile }) => file !== undefined || inputFile !== undefined],
  ['--from-env', ({ fromEnv }) => fromEnv === true],
  ['--output', ({ output }) => output !== undefined],
  ['--no-rewrite', ({ rewrite }) => rewrite === false],
  ['--no-backup', ({ backup }) => backup === false],
  ['--on-conflict', ({ onConflict }) => onConflict !== undefined],
  ['--shadowed', ({ shadowed }) => shadowed !== undefined],
  ['--if-plan', ({ ifPlan }) => ifPlan !== undefined],
  ['--other-database', ({ otherDatabase }) => otherDatabase === true],
];

/** @throws ToolError `usage/conflicting-options`, `usage/bad-argument` */
export function checkImportOptions(options: ImportLegacyOptions): void {
  const conflict = (a: string, b: string): never => {
    throw new ToolError('usage/conflicting-options', `${a} and ${b} exclude each other`);
  };
  if (options.rewrite === false && options.output !== undefined) conflict('--no-rewrite', '--output');
  if (options.fromEnv && (options.file ?? options.inputFile) !== undefined) conflict('--from-env', 'a file');
  if (options.fromEnv && options.output !== undefined) conflict('--from-env', '--output');
  if (options.file !== undefined && options.inputFile !== undefined) conflict('--input-file', 'a file');
  if (options.undoFile !== undefined && options.undo === undefined) {
    throw new ToolError('usage/bad-argument', '--file belongs to --undo: the file that is put back', {
      hint: 'The file to import is the argument: tmi-dbtool import-legacy config-production.yml',
    });
  }
  if (options.undo !== undefined) {
    const idle = idleBesideUndo.find(([, isGiven]) => isGiven(options));
    if (idle) conflict('--undo', idle[0]);
  }
  if (options.otherDatabase && options.databaseUrl === undefined) {
    throw new ToolError(
      'usage/bad-argument',
      '--other-database says that the database of --database-url is meant; name one',
    );
  }
  if (options.overwrite && options.output === undefined) {
    throw new ToolError(
      'usage/bad-argument',
      '--overwrite says that the --output file may be replaced; name one',
      {
        hint: 'To let the file win over rows that somebody set, use --on-conflict overwrite.',
      },
    );
  }
}
