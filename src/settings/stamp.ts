import { serverModels, type ServerModel } from '../config/precedence.js';
import type { Database, DatabaseSession } from '../database/contract.js';
import { everywhere, type TableDefinition } from '../database/table-definition.js';

/** What the tool notes about a database in the database itself. It is no part of a backup and survives a reset. */
export const stampTable = {
  name: 'tmi_dbtool_stamp',
  primaryKey: 'name',
  columns: [
    { name: 'name', type: { ...everywhere('varchar(64)'), oracle: 'varchar2(64 char)' }, nullable: false },
    { name: 'value', type: { ...everywhere('varchar(64)'), oracle: 'varchar2(64 char)' }, nullable: false },
  ],
  checks: [],
} as const satisfies TableDefinition;

const MODE = 'mode';
const SERVER = 'server';
const PRODUCTION = 'production';

/** True when a run for a production server has worked on this database. */
export async function isStampedProduction(session: DatabaseSession): Promise<boolean> {
  const contents = await session.readTable(stampTable.name);
  return contents?.rows.some((row) => row['name'] === MODE && row['value'] === PRODUCTION) ?? false;
}

/**
 * Notes that the database belongs to a production server, so that a later run without its configuration knows. It comes
 * after the work of a command, which no fault of it may spoil: a user may have no right to create tables.
 * @returns true when the database has its stamp
 */
export async function stampProduction(database: Database): Promise<boolean> {
  try {
    await database.createFilledTable(stampTable, { name: MODE, value: PRODUCTION });
    return true;
  } catch {
    // Without the right to create it the stamp of somebody else may be there.
    return isStampedProduction(database).catch(() => false);
  }
}

/** The model of the server that was made with this library and has marked the database; undefined without a mark. */
export async function markedServer(
  session: Pick<DatabaseSession, 'readTable'>,
): Promise<ServerModel | undefined> {
  const contents = await session.readTable(stampTable.name);
  const marked = contents?.rows.find((row) => row['name'] === SERVER)?.['value'];
  return serverModels.find((model) => model === marked);
}

/**
 * Marks the database as that of a server made with this library, so that commands need not guess whose precedence counts.
 * No fault of it stops the server: its user may have no right to create tables.
 */
export async function markServer(database: Database, model: ServerModel): Promise<void> {
  try {
    if ((await markedServer(database)) === model) return;
    await database.createFilledTable(stampTable, { name: SERVER, value: model });
  } catch {
    // The mark saves a question, and nothing depends on it.
  }
}
