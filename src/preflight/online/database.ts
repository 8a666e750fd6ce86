import { answerTimeout, connectDatabase, type Database } from '../../database/index.js';
import { ToolError } from '../../errors/index.js';
import { isGuess, serverOfDatabase, serverReasons, type WhichServer } from '../../settings/which-server.js';
import { readSettings, type SettingsTable } from '../../settings/store.js';
import { SecretValue } from '../../values/index.js';
import { isPlaceholder } from '../placeholders.js';
import { parseOrFault } from '../database-address.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import type { Report } from '../finding.js';
import type { OnlineInputs } from './inputs.js';

type DatabaseRule =
  | 'database-unreachable'
  | 'database-reached'
  | 'settings-table-missing'
  | 'settings-table-columns'
  | 'settings-table-origin';

/** What the database says: reports about it, and its settings when they could be read. */
export interface DatabaseAnswer {
  readonly reports: Partial<Record<DatabaseRule, Report[]>>;
  readonly table: SettingsTable | undefined;
  readonly capabilities: Database['capabilities'] | undefined;
  /** Whose database it is, where a sign says so and nobody else has. */
  readonly server: WhichServer | undefined;
}

const nothing: DatabaseAnswer = { reports: {}, table: undefined, capabilities: undefined, server: undefined };

function errorReport(value: Value, error: unknown): Report {
  if (!(error instanceof ToolError)) throw error;
  return reportOn(value, {
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

/** `, version 16.2`; nothing when the catalogue may not be read. */
async function versionText(database: Database): Promise<string> {
  try {
    return `, version ${(await database.transfer.inspect()).engineVersion}`;
  } catch (error) {
    if (error instanceof ToolError) return '';
    throw error;
  }
}

/** The server whose marks are in the database; undefined where there are none, which says nothing. */
async function markedBy(database: Database, table: SettingsTable): Promise<WhichServer | undefined> {
  const found = await serverOfDatabase(database, table);
  return isGuess(found) ? undefined : found;
}

async function answerOf(database: Database, value: Value, asksServer: boolean): Promise<DatabaseAnswer> {
  const capabilities = database.capabilities;
  const connected = `Connected to ${database.describe()}${await versionText(database)}`;
  const reached = [
    {
      message: connected,
      key: value.key.path,
      ...value.place,
    },
  ];
  try {
    const table = await readSettings(database);
    const missing = { message: `${database.describe()} has no table system_settings`, ...value.place };
    const server = asksServer ? await markedBy(database, table) : undefined;
    const judged = server && `judged by server ${server.model}, since ${serverReasons[server.reason]}`;
    const noOrigin = { message: 'The table system_settings has no column origin', ...value.place };
    return {
      reports: {
        'database-reached': reached.map((report) =>
          judged === undefined ? report : { ...report, message: `${connected}; ${judged}` },
        ),
        'settings-table-missing': table.exists ? [] : [missing],
        'settings-table-origin': table.exists && !table.hasOrigin ? [noOrigin] : [],
      },
      table,
      capabilities,
      server,
    };
  } catch (error) {
    assertNotInterrupted(error);
    const rule =
      error instanceof ToolError && error.code === 'settings/unexpected-table'
        ? 'settings-table-columns'
        : 'database-unreachable';
    return {
      reports: { 'database-reached': reached, [rule]: [errorReport(value, error)] },
      table: undefined,
      capabilities,
      server: undefined,
    };
  }
}

/** A run that was asked to stop found nothing out about the database. */
function assertNotInterrupted(error: unknown): void {
  if (error instanceof ToolError && error.code === 'internal/interrupted') throw error;
}

/** Connects to the configured database, read-only, and reads its settings. A URL that is missing or broken has rules of its own. */
export async function askDatabase(
  configuration: Configuration,
  { signal }: Pick<OnlineInputs, 'signal'>,
): Promise<DatabaseAnswer> {
  const value = configuration.value('database.url');
  const text = configuration.secretText(value);
  if (!value || !text || isPlaceholder(text) || parseOrFault(text) instanceof ToolError) return nothing;
  let database: Database;
  try {
    const wallet = configuration.written('database.oracle_wallet_location')?.text;
    database = await connectDatabase({
      url: new SecretValue(text),
      readOnly: true,
      environment: configuration.environment,
      walletLocation: wallet === '' ? undefined : wallet,
      answerTimeoutMs: answerTimeout(configuration.environment, false),
      signal,
    });
  } catch (error) {
    assertNotInterrupted(error);
    return { ...nothing, reports: { 'database-unreachable': [errorReport(value, error)] } };
  }
  try {
    return await answerOf(database, value, configuration.options.server === 'auto');
  } finally {
    await database.close();
  }
}
