import type { Database } from '../src/database/index.js';
import { ToolError } from '../src/errors/index.js';
import { isReference } from '../src/config/reference.js';
import type { SettingsCipher } from '../src/settings/cipher.js';
import type { PlanContext } from '../src/settings/draft.js';
import { readSettings, type SettingsTable } from '../src/settings/store.js';
import type { SecretValue } from '../src/values/index.js';
import type { GlobalOptions } from './command.js';
import { Context } from './context.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';
import { Reporter } from './output/reporter.js';

/** What every command on settings works with: the server's configuration, its database and the cipher of its rows. */
export interface SettingsSession {
  readonly context: Context;
  readonly cipher: SettingsCipher;
  readonly database: Database;
  readonly reporter: Reporter;
  /** The table as it stands now. */
  readonly read: () => Promise<SettingsTable>;
}

/** Options of the commands that write rows. */
export interface WriteOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly allowPlaintextSecrets?: boolean;
}

/** Opens what the commands work with, and closes it whatever happens. The keys are read before the database is opened. */
export async function withSettings<T>(
  options: GlobalOptions,
  io: Io,
  access: {
    readonly readOnly: boolean;
    readonly waitSeconds?: number | undefined;
    readonly longWork?: boolean;
  },
  work: (session: SettingsSession) => Promise<T>,
): Promise<T> {
  const context = new Context(io, options);
  try {
    const cipher = await context.cipher();
    const database = await context.database(access);
    const reporter = new Reporter(io, options);
    reporter.step(`working on ${database.describe()}`);
    return await work({ context, cipher, database, reporter, read: () => readSettings(database) });
  } finally {
    await context.close();
  }
}

/** What a plan is made from, for a table as it was read. */
export async function planContext(
  session: SettingsSession,
  options: WriteOptions,
): Promise<(table: SettingsTable) => PlanContext> {
  const { context, cipher, database } = session;
  const production = await context.isProduction();
  return (table) => ({
    table,
    cipher,
    capabilities: database.capabilities,
    now: context.io.now(),
    production,
    allowPlaintextSecrets: options.allowPlaintextSecrets ?? false,
  });
}

/**
 * The value that an option's reference leads to, such as `--key env://EXPORT_KEY`. A key itself is refused: arguments
 * can be seen by everybody on the machine.
 * @throws ToolError `usage/bad-argument`; `secrets/unresolved`
 */
export async function resolveOption(context: Context, option: string, text: string): Promise<SecretValue> {
  if (!isReference(text)) {
    throw new ToolError('usage/bad-argument', `${option} takes a reference, not the value itself`, {
      hint: `${option} env://NAME, file://PATH or vault://PATH`,
    });
  }
  const resolved = await (await context.secrets()).resolve([{ key: option, text, origin: {} }]);
  const value = resolved.get(option);
  if (value && !value.isEmpty) return value;
  throw new ToolError('secrets/unresolved', `${option} leads to nothing`);
}

/** Says something that the operator should know, on standard error, whatever the format of the result is. */
export function warn(io: Io, options: Pick<GlobalOptions, 'quiet'>, text: string): void {
  if (!options.quiet) io.stderr.write(`warning: ${escapeControls(text)}\n`);
}

/** Says that a table of a server before 1.8.22 cannot tell what somebody chose from what was seeded. */
export function noteMissingOrigin(hasOrigin: boolean, io: Io, options: Pick<GlobalOptions, 'quiet'>): void {
  if (hasOrigin || options.quiet) return;
  io.stderr.write(
    'note: the table has no origin column; a row that differs from its default counts as explicit\n',
  );
}
