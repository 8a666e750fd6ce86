import path from 'node:path';
import { nameTarget, type Database, type DatabaseTarget } from '../src/database/index.js';
import { ToolError, type ErrorCode } from '../src/errors/index.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';

/** What a person types to mean this database: its name, for SQLite the file's, and the schema where there are such. */
export function confirmationName(target: DatabaseTarget, schema?: Confirmation['schema']): string {
  const name =
    target.host === undefined && target.port === undefined ? path.basename(target.database) : target.database;
  return schema === undefined ? name : `${name}.${schema.name}`;
}

interface Confirmation {
  /** `--confirm NAME` as it was given. */
  readonly given: string | undefined;
  /** What is about to happen: `All rows will be deleted`. */
  readonly consequence: string;
  readonly code: ErrorCode;
  /** The schema that is meant, and whether a database of this engine has it of itself. */
  readonly schema?: { readonly name: string; readonly isDefault: boolean } | undefined;
}

/** The schema of a plan, for its confirmation. */
export function confirmedSchema(
  database: Pick<Database, 'defaultSchema'>,
  name: string | undefined,
): Confirmation['schema'] {
  return name === undefined ? undefined : { name, isDefault: name === database.defaultSchema };
}

/**
 * Makes sure that the person means this database: its name with `--confirm`, or typed on a terminal. `--yes` is not
 * enough, since it names nothing.
 */
export async function confirmName(
  target: DatabaseTarget,
  { given, consequence, code, schema }: Confirmation,
  options: Pick<GlobalOptions, 'nonInteractive'>,
  io: Io,
): Promise<void> {
  const database = confirmationName(target);
  const name = confirmationName(target, schema);
  // Whoever names a database alone means the schema that it has of itself.
  const names = schema?.isDefault === true ? [name, database] : [name];
  const named = schema === undefined ? nameTarget(target) : `${nameTarget(target)}, schema "${schema.name}"`;
  if (given !== undefined) {
    if (names.includes(given)) return;
    throw new ToolError(code, `--confirm names "${given}", and the database is ${named}`, {
      hint: `Nothing was changed. If this is the database that you mean: --confirm ${name}`,
    });
  }
  if (!io.canPrompt || options.nonInteractive) {
    throw new ToolError(code, `${consequence} (${named}), and nobody confirmed it`, {
      hint: `Nothing was changed. If you mean it: --confirm ${name}`,
    });
  }
  const answer = await io.prompt(
    `${escapeControls(`${consequence}: ${named}`)}.\nType ${escapeControls(name)} to go on: `,
  );
  if (!names.includes(answer.trim())) throw new ToolError(code, 'Not confirmed; nothing was changed');
}
