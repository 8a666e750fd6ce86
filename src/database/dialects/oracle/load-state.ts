import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { brokenKey } from '../../broken.js';
import type { BrokenConstraint, ColumnFacts, ForeignKeyFacts, TableFacts } from '../../schema-facts.js';
import type { ForeignKeyOfTable } from '../../transfer.js';
import type { StatementOptions } from './client.js';
import { loadDriver, type DriverConnection } from './driver.js';
import { quote } from './quote.js';
import { bindOf, inserted, type Bound } from './values.js';

/** Rows of a table whose circular keys are left empty until the rows that they point at are there. */
interface Waiting {
  readonly table: TableFacts;
  readonly keys: readonly ForeignKeyFacts[];
  /** Names of the columns of `keys`. */
  readonly columns: ReadonlySet<string>;
  /** Values of the primary key, then those of `columns`. */
  readonly rows: Bound[][];
}

/** By table. */
export type WaitingRows = ReadonlyMap<string, Waiting>;

/** What the load on a connection must still do before its commit. */
const loads = new WeakMap<DriverConnection, WaitingRows>();

/** The connection that a knex works on. There is one, so that it can be given back at once. */
export async function connectionOf(knex: Knex): Promise<DriverConnection> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as DriverConnection;
  await client.releaseConnection(connection);
  return connection;
}

export async function waitingRows(knex: Knex): Promise<WaitingRows | undefined> {
  return loads.get(await connectionOf(knex));
}

/** Begins a load. Keys that the server checks at the end need nothing; the others wait. */
export async function beginLoad(
  knex: Knex,
  circular: readonly ForeignKeyOfTable[],
  facts: () => Promise<readonly TableFacts[]>,
): Promise<void> {
  const stiff = circular.filter(({ key }) => !key.deferrable);
  const tables = stiff.length > 0 ? await facts() : [];
  const waiting = new Map<string, Waiting>();
  for (const table of tables) {
    const keys = stiff.filter((each) => each.table === table.name).map(({ key }) => key);
    if (keys.length === 0) continue;
    const columns = new Set(keys.flatMap((key) => key.columns));
    waiting.set(table.name, { table, keys, columns, rows: [] });
  }
  loads.set(await connectionOf(knex), waiting);
}

function cannotWait({ table, keys }: Waiting): ToolError {
  const names = keys.map((key) => key.name).join(', ');
  return new ToolError(
    'database/constraint',
    `The foreign key ${names} of ${table.name} points in a circle, and can neither be checked later nor be empty meanwhile`,
    {
      hint: 'Let its columns take NULL and give the table a primary key, or make the key again as DEFERRABLE.',
    },
  );
}

/**
 * Takes the values of circular keys out of rows, to be put in when all rows are there.
 * @param rows changed in place
 * @throws ToolError `database/constraint` when they cannot be empty for that long
 */
export function holdBack(
  waitingOf: WaitingRows | undefined,
  table: string,
  columns: readonly ColumnFacts[],
  rows: readonly Bound[][],
): void {
  const waiting = waitingOf?.get(table);
  if (!waiting) return;
  const place = (name: string): number => columns.findIndex((column) => column.name === name);
  const key = waiting.table.primaryKey.map(place);
  const held = [...waiting.columns].map(place);
  for (const row of rows) {
    const values = held.map((index) => row[index] ?? null);
    if (values.every((value) => value === null)) continue;
    const fixed = held.some((index) => columns[index]?.nullable === false || key.includes(index));
    if (fixed || key.length === 0 || key.includes(-1)) throw cannotWait(waiting);
    waiting.rows.push([...key.map((index) => row[index] ?? null), ...values]);
    for (const index of held) row[index] = null;
  }
}

/** Rows of one statement. */
const UPDATE_ROWS = 1000;

/**
 * Puts the values of circular keys in.
 * @returns keys with rows that point nowhere
 */
export async function settleKeys(knex: Knex): Promise<BrokenConstraint[]> {
  const waiting = await waitingRows(knex);
  const driver = await loadDriver();
  const broken: BrokenConstraint[] = [];
  for (const { table, keys, columns, rows } of waiting?.values() ?? []) {
    const facts = (name: string): ColumnFacts =>
      table.columns.find((column) => column.name === name) as ColumnFacts;
    const names = [...table.primaryKey, ...columns];
    const equal = (name: string): string =>
      `${quote(name)} = ${inserted(facts(name), `:c${names.indexOf(name)}`)}`;
    const sql = `update ${quote(table.name)} set ${[...columns].map(equal).join(', ')} where ${table.primaryKey.map(equal).join(' and ')}`;
    try {
      while (rows.length > 0) {
        const part = rows.splice(-UPDATE_ROWS);
        const options: StatementOptions = {
          bindRows: part.map((row) => Object.fromEntries(row.map((value, index) => [`c${index}`, value]))),
          bindDefs: Object.fromEntries(
            names.map((name, index) => [
              `c${index}`,
              bindOf(
                facts(name),
                part.map((row) => row[index] ?? null),
                driver,
              ),
            ]),
          ),
        };
        await knex.raw(sql).options(options);
      }
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'database/constraint') throw error;
      broken.push(...keys.map((key) => brokenKey(table.name, key)));
    }
  }
  return broken;
}
