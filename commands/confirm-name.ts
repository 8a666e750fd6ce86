import path from 'node:path';
import { nameTarget, type DatabaseTarget } from '../src/database/index.js';
import { ToolError, type ErrorCode } from '../src/errors/index.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';

/** What a person types to mean this database: its name, for SQLite the file's. */
export function confirmationName(target: DatabaseTarget): string {
  return target.host === undefined && target.port === undefined
    ? path.basename(target.database)
    : target.database;
}

interface Confirmation {
  /** `--confirm NAME` as it was given. */
  readonly given: string | undefined;
  /** What is about to happen: `All rows will be deleted`. */
  readonly consequence: string;
  readonly code: ErrorCode;
}

/**
 * Makes sure that the person means this database: its name with `--confirm`, or typed on a terminal. `--yes` is not
 * enough, since it names nothing.
 */
export async function confirmName(
  target: DatabaseTarget,
  { given, consequence, code }: Confirmation,
  options: Pick<GlobalOptions, 'nonInteractive'>,
  io: Io,
): Promise<void> {
  const name = confirmationName(target);
  if (given !== undefined) {
    if (given === name) return;
    throw new ToolError(code, `--confirm names "${given}", and the database is ${nameTarget(target)}`, {
      hint: `Nothing was changed. If this is the database that you mean: --confirm ${name}`,
    });
  }
  if (!io.canPrompt || options.nonInteractive) {
    throw new ToolError(code, `${consequence} (${nameTarget(target)}), and nobody confirmed it`, {
      hint: `Nothing was changed. If you mean it: --confirm ${name}`,
    });
  }
  const answer = await io.prompt(
    `${escapeControls(`${consequence}: ${nameTarget(target)}`)}.\nType ${escapeControls(name)} to go on: `,
  );
  if (answer.trim() !== name) throw new ToolError(code, 'Not confirmed; nothing was changed');
}
