import { connectDatabase, type Database } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { reportOn, type Configuration } from '../preflight/configuration.js';
import type { Finding } from '../preflight/finding.js';
import { environmentRules } from '../preflight/rules/environment.js';
import { findingsOf, profileOf } from '../preflight/validate.js';
import { readSettings } from '../settings/store.js';
import type { FirstBootInputs } from './first-boot.js';

/** What was found about the table of settings of a server that may not make it. */
export interface TableCheck {
  readonly exists: boolean;
  readonly findings: readonly Finding[];
}

async function withDatabase<T>(
  { url, connection }: Pick<FirstBootInputs, 'url' | 'connection'>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await connectDatabase({ url, ...connection, readOnly: true });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * Looks whether there is a table of settings, and changes nothing. A missing one does not stop the server, and neither
 * does a database that is away: it may be there when settings are asked for. Both are said.
 */
export async function checkTable(
  configuration: Configuration,
  inputs: Pick<FirstBootInputs, 'url' | 'connection'>,
): Promise<TableCheck> {
  const found = (id: string, message: string, hint: string | undefined): readonly Finding[] => {
    const value = configuration.value('database.url');
    const text = { message, ...(hint === undefined ? {} : { hint }) };
    const report = value ? reportOn(value, text) : text;
    const rules = environmentRules.filter((rule) => rule.id === id);
    return rules.flatMap((rule) => findingsOf(rule, [report], profileOf(configuration)));
  };
  try {
    return await withDatabase(inputs, async (database) => {
      if ((await readSettings(database)).exists) return { exists: true, findings: [] };
      const message = `${database.describe()} has no table system_settings, and this server may not make it; defaults, file and variables apply`;
      const hint = 'Check the URL of the database. tmi-dbtool seed-settings makes the table.';
      return { exists: false, findings: found('settings-table-missing', message, hint) };
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { exists: false, findings: found('database-unreachable', error.message, error.hint) };
  }
}
