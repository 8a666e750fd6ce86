import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { begunSnapshot } from '../../snapshot.js';
import type { SnapshotCheck } from '../dialect.js';
import { quote } from './quote.js';

/** Seconds to wait for those who change a table's shape. The server's own limit is a day. */
const LOCK_WAIT_SECONDS = 30;

interface Table {
  readonly name: string;
  /** Its versions of rows are kept: what others write is not seen. */
  readonly versioned: boolean;
}

async function tablesOf(knex: Knex): Promise<Table[]> {
  const [rows] = (await knex.raw(
    `select table_name as name, engine as engine from information_schema.tables
     where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE') order by table_name`,
  )) as [Record<string, unknown>[]];
  return rows.map((row) => ({
    name: String(row['name']),
    versioned: /^innodb$/i.test(String(row['engine'])),
  }));
}

/** Ends the snapshot, however it was begun. */
export const snapshotEnd = ['rollback', 'unlock tables'];

const namesOf = (tables: readonly Table[]): string => JSON.stringify(tables.map(({ name }) => name));

async function takeBack(knex: Knex): Promise<void> {
  for (const statement of snapshotEnd) await knex.raw(statement);
}

function unreadable(table: string, cause: ToolError): ToolError {
  return new ToolError('database/permission', `${cause.message}: it may not read every column of ${table}`, {
    hint: `Grant it SELECT on the whole table. A backup of some columns would come back as another table.`,
    cause,
  });
}

/**
 * Names every table without reading it: the server keeps its shape for a transaction that did. A user who may not read
 * every column is refused here; the catalogue would show the others alone.
 */
async function holdShapes(knex: Knex, tables: readonly Table[]): Promise<boolean> {
  for (const { name } of tables) {
    try {
      await knex.raw(`select * from ${quote(name)} limit 0`);
    } catch (error) {
      await takeBack(knex);
      if (!(error instanceof ToolError)) throw error;
      if (error.code === 'database/no-such-table') return false;
      throw error.code === 'database/permission' ? unreadable(name, error) : error;
    }
  }
  return true;
}

/**
 * Begins a transaction that holds the shape of every table before it fixes the snapshot, so that TRUNCATE, ALTER, DROP
 * and RENAME of others wait. Where a table keeps no versions of its rows, nobody writes to any until the end.
 */
export async function beginSnapshot(knex: Knex): Promise<SnapshotCheck> {
  await knex.raw(`set session lock_wait_timeout = ${LOCK_WAIT_SECONDS}`);
  return begunSnapshot(async () => {
    const tables = await tablesOf(knex);
    const plain = tables.filter(({ versioned }) => !versioned);
    if (plain.length > 0) {
      await knex.raw(`lock tables ${tables.map(({ name }) => `${quote(name)} read`).join(', ')}`);
    } else {
      await knex.raw('set transaction isolation level repeatable read');
      await knex.raw('start transaction read only');
    }
    if (!(await holdShapes(knex, tables))) return undefined;
    // The first read of a row fixes the snapshot. Numbers of counters are read after it, so that none is behind its rows.
    const first = tables.find(({ versioned }) => versioned);
    if (first) await knex.raw(`select 1 from ${quote(first.name)} limit 1`);
    if (namesOf(await tablesOf(knex)) === namesOf(tables)) return () => Promise.resolve();
    await takeBack(knex);
    return undefined;
  });
}
