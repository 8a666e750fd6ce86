import { serverTables } from '../src/backup/select-tables.js';
import { exitCodes } from '../src/errors/index.js';
import { RUN_LOCK, type Database, type SchemaFacts } from '../src/database/index.js';
import { shortenedList } from '../src/settings/shortened-list.js';
import { inspectSettings, type SettingsFacts } from '../src/settings/inspect.js';
import { tableDeviations } from '../src/settings/inspect-table.js';
import { isStampedProduction } from '../src/settings/stamp.js';
import { readSettings } from '../src/settings/store.js';
import { Context } from './context.js';
import type { DatabaseStatus } from './database-status.js';
import type { DatabaseOptions } from './database-options.js';
import type { Io } from './io.js';
import { statusText } from './output/status.js';
import { jsonDocument } from './output/json.js';

function attention(facts: SettingsFacts, deviations: readonly string[], locked: boolean): string[] {
  return [
    ...(facts.exists
      ? []
      : ['the table system_settings does not exist: start the server once, or import a configuration']),
    ...(facts.exists && !facts.hasOrigin
      ? ['the table has no origin column (a server before 1.8.22): who chose a value is not known']
      : []),
    ...(deviations.length > 0 ? [`system_settings is not as servers make it: ${deviations.join('; ')}`] : []),
    ...(facts.plainSecrets.length > 0 ? [`secrets in plain text: ${shortenedList(facts.plainSecrets)}`] : []),
    ...(facts.unreadable.length > 0
      ? [`encrypted with a key that is not at hand: ${shortenedList(facts.unreadable)}`]
      : []),
    ...(facts.malformed.length > 0
      ? [`values that do not fit their type: ${shortenedList(facts.malformed)}`]
      : []),
    ...(locked ? ['another run of the tool is working on this database'] : []),
  ];
}

async function countRows(database: Database, schema: SchemaFacts): Promise<DatabaseStatus['tables']> {
  const counted = [];
  for (const table of serverTables(schema)) {
    const rows = await database.transfer.countRows(table);
    counted.push({ name: table.name, rows, bytes: table.bytes ?? null });
  }
  return counted;
}

async function readStatus(context: Context, options: DatabaseOptions): Promise<DatabaseStatus> {
  const cipher = await context.cipher();
  const database = await context.database({ readOnly: true, waitSeconds: options.wait });
  const schema = await database.transfer.inspect();
  const facts = inspectSettings(await readSettings(database), cipher, database.capabilities);
  const deviations = tableDeviations(database, schema);
  const locked = await database.isLocked(RUN_LOCK);
  return {
    database: database.describe(),
    target: database.target,
    engineVersion: schema.engineVersion,
    schema: schema.schema ?? null,
    tls: (await database.encryption()) ?? null,
    production: await isStampedProduction(database),
    locked,
    tables: await countRows(database, schema),
    views: schema.views,
    settings: { ...facts, deviations },
    attention: attention(facts, deviations, locked),
  };
}

/**
 * Shows the database and its settings table.
 * @returns 0 when all is well, 3 when something needs attention
 */
export async function runDbStatus(options: DatabaseOptions, io: Io): Promise<number> {
  const context = new Context(io, options);
  try {
    const status = await readStatus(context, options);
    if (options.json) io.stdout.write(jsonDocument('db-status', status));
    else await statusText(status, io, options);
    return status.attention.length > 0 ? exitCodes.findings.code : exitCodes.done.code;
  } finally {
    await context.close();
  }
}
