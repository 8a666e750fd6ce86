import { isUtf8 } from 'node:buffer';
import type { Knex } from 'knex';
import { quoteStandard } from '../../insert.js';
import { portableFloat, portableInstant, portableInteger } from '../../portable.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from '../../schema-facts.js';
import type { RowBlock } from '../../row-blocks.js';
import type { ForeignKeyOfTable } from '../../transfer.js';
import type { TransferDialect } from '../dialect.js';
import { parseArrayLiteral } from './array-literal.js';
import { endBeside } from './beside.js';
import { columnChecks } from './column-checks.js';
import { brokenConstraints } from './broken.js';
import { restConstraints } from './constraints.js';
import { guards } from './guards.js';
import { inspect } from './catalog.js';
import { copyOut, rowsOfCopy } from './copy.js';
import { dropAll, droppable } from './drop-all.js';
import { beginSnapshot } from './snapshot.js';
import { here, tableOf } from './partitions.js';
import { formsOf, JsonLines } from './json-lines.js';
import { LINE_FEED } from './line-bytes.js';
import { largeRowOf } from './large-rows.js';
import { insertRows, loadLines, loadRows } from './loading.js';
import { advanceSequence } from './sequence.js';
import { uniqueKeys } from './unique-keys.js';

/**
 * For work that may take long on a database whose roles have limits for short requests. Without row security a user who
 * does not see every row gets an error, in place of a backup or a restore of some rows.
 */
const longWork = ['row_security = off', 'statement_timeout = 0', 'idle_in_transaction_session_timeout = 0']
  .map((setting) => `set local ${setting}`)
  .join('; ');

type Decode = (text: string) => PortableValue;

/** The text that the server sends for each kind. */
function decoderOf({ kind, type }: ColumnFacts): Decode {
  switch (kind) {
    case 'integer':
      return portableInteger;
    case 'float':
      // A real has fewer digits than a double; this is the double that it is exactly.
      return type === 'real'
        ? (text) => portableFloat(Math.fround(Number(text)))
        : (text) => portableFloat(Number(text));
    case 'boolean':
      return (text) => text === 't';
    case 'binary':
      return (text) => Buffer.from(text.slice(2), 'hex').toString('base64');
    case 'timestamp':
      return portableInstant;
    case 'array':
      return parseArrayLiteral;
    case 'text':
      // The padding of a fixed length is no part of the value.
      return type.startsWith('character(') ? (text) => text.replace(/ +$/, '') : (text) => text;
    case 'decimal':
    case 'date':
    case 'time':
    case 'uuid':
    case 'json':
      return (text) => text;
  }
}

/** The rows of a table that others inherit from are its own alone. */
function rowsOf({ name, partitioned = false }: Pick<TableFacts, 'name' | 'partitioned'>): string {
  return partitioned ? quoteStandard(name) : `only ${quoteStandard(name)}`;
}

/** The rows of a table as whole lines of COPY, some at a time. */
async function* copiedLines(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
): AsyncGenerator<Buffer> {
  const list = columns.map((column) => quoteStandard(column.name)).join(', ');
  const source = rowsOf(table);
  const largeRow = await largeRowOf(knex, table, columns, source, mostBytes);
  try {
    yield* copyOut(knex, `select ${list} from ${source}`, mostBytes);
  } catch (error) {
    throw await largeRow(error);
  }
}

/** What makes values of lines of COPY. */
function decoderOfLines(columns: readonly ColumnFacts[]): (lines: Buffer) => readonly PortableRow[] {
  const decoders = columns.map(decoderOf);
  return (lines) =>
    rowsOfCopy(lines, columns.length).map((row) =>
      row.map((text, index) => (text === null ? null : (decoders[index] as Decode)(text))),
    );
}

async function* readRows(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
): AsyncIterable<readonly PortableRow[]> {
  const decode = decoderOfLines(columns);
  for await (const lines of copiedLines(knex, table, columns, mostBytes)) yield decode(lines);
}

/** Lines of a table all of whose columns have a form that bytes are made of; a row of another one becomes values first. */
async function* quickBlocks(
  copied: AsyncIterable<Buffer>,
  decode: (lines: Buffer) => readonly PortableRow[],
  made: JsonLines,
  lineOf: (row: PortableRow) => string,
): AsyncGenerator<RowBlock> {
  let doubtful: PortableRow[] = [];
  const taken = (): RowBlock => {
    const block = { ...made.take(), doubtful };
    doubtful = [];
    return block;
  };
  for await (const lines of copied) {
    // A damaged text could not be restored: as values it is another one, which the server's hash shows.
    const quick = isUtf8(lines);
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(LINE_FEED, start);
      if (made.isFull(end - start)) yield taken();
      if (!quick || !made.add(lines, start, end)) {
        const row = decode(lines.subarray(start, end + 1))[0] as PortableRow;
        const line = lineOf(row);
        if (!made.addMade(line)) {
          yield taken();
          made.addMade(line);
        }
        doubtful.push(row);
      }
      start = end + 1;
    }
  }
  const rest = taken();
  if (rest.count > 0) yield rest;
}

function readBlocks(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  lineOf: (row: PortableRow) => string,
): AsyncIterable<RowBlock> | undefined {
  const forms = formsOf(columns);
  if (!forms) return undefined;
  const copied = copiedLines(knex, table, columns, mostBytes);
  return quickBlocks(copied, decoderOfLines(columns), new JsonLines(forms, mostBytes), lineOf);
}

interface Trigger {
  /** Qualified and quoted: partitions may lie in other schemas. */
  readonly table: string;
  /** The table that it is, or is a part of. */
  readonly root: string;
  readonly name: string;
  /** True for one that fires in replicas too. */
  readonly always: boolean;
}

/** Triggers that would fire for rows of these tables: each that a partition has of its table counts for itself. */
async function activeTriggers(knex: Knex, tables: readonly string[]): Promise<Trigger[]> {
  const { rows } = await knex.raw<{ rows: Trigger[] }>(
    `select format('%I.%I', n.nspname, c.relname) as table, t.tgname as name, t.tgenabled = 'A' as always, r.relname as root
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_class r on r.oid = ${tableOf('c.oid')}
     where r.relnamespace = ${here}
       and not t.tgisinternal and t.tgenabled in ('O', 'A')`,
  );
  return rows.filter(({ root }) => tables.includes(root));
}

async function alterKeys(knex: Knex, keys: readonly ForeignKeyOfTable[], how: string): Promise<void> {
  for (const { table, key } of keys) {
    await knex.raw(`alter table ${quoteStandard(table)} alter constraint ${quoteStandard(key.name)} ${how}`);
  }
}

export const transfer: TransferDialect = {
  beginSnapshot: (knex) => beginSnapshot(knex, longWork),
  endBeside,
  beforeLoad: [],
  afterLoad: [],
  inspect,
  checks: (knex, table, columns) => columnChecks(knex, rowsOf(table), columns),
  readRows,
  readBlocks,
  insertRows,
  loadRows,
  loadLines,
  rowsOf,
  quote: quoteStandard,

  /**
   * Triggers of users rest, since what they did is in the rows already. Keys that point in a circle are checked at
   * the end; those that cannot wait are told to, until then.
   */
  async prepareLoad(knex, tables, circular, tolerated) {
    await knex.raw(longWork);
    if (tables.length > 0) {
      await knex.raw(`lock table ${tables.map(quoteStandard).join(', ')} in access exclusive mode`);
    }
    const triggers = await activeTriggers(knex, tables);
    for (const { table, name } of triggers) {
      await knex.raw(`alter table only ${table} disable trigger ${quoteStandard(name)}`);
    }
    const rested = tolerated && (await restConstraints(knex, tables, tolerated));
    const stiff = circular.filter(
      ({ table, key }) => !key.deferrable && rested?.has(table, key.name) !== true,
    );
    await alterKeys(knex, stiff, 'deferrable');
    await knex.raw('set constraints all deferred');
    return async () => {
      await knex.raw('set constraints all immediate');
      await alterKeys(knex, stiff, 'not deferrable');
      await rested?.putBack();
      for (const { table, name, always } of triggers) {
        const how = always ? 'enable always trigger' : 'enable trigger';
        await knex.raw(`alter table only ${table} ${how} ${quoteStandard(name)}`);
      }
    };
  },

  async firingTriggers(knex, tables) {
    const triggers = await activeTriggers(knex, tables);
    return [...new Set(triggers.map(({ root, name }) => `${root}.${name}`))].sort();
  },

  guards,
  uniqueKeys,

  async emptyTables(knex, tables) {
    if (tables.length === 0) return;
    const { rows } = await knex.raw<{ rows: { name: string }[] }>(
      `select relname as name from pg_class where relkind = 'p'
       and relnamespace = (select oid from pg_namespace where nspname = current_schema())`,
    );
    const parted = new Set(rows.map(({ name }) => name));
    const list = tables.map((name) => rowsOf({ name, partitioned: parted.has(name) }));
    await knex.raw(`truncate table ${list.join(', ')}`);
  },

  brokenConstraints,
  // The server checks every row itself, at the latest when keys and checks are settled.
  brokenInLoad: () => Promise.resolve([]),

  async continueCounter(knex, table, column, next) {
    const { rows } = await knex.raw<{ rows: { name: string | null }[] }>(
      `select pg_get_serial_sequence(?, ?) as name
       union select p.refobjid::regclass::text from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
         join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
         join pg_class q on q.oid = p.refobjid and q.relkind = 'S' and q.relnamespace = ${here}
       where d.adrelid = ?::regclass and a.attname = ?`,
      [quoteStandard(table), column, quoteStandard(table), column],
    );
    for (const { name } of rows) if (name !== null) await advanceSequence(knex, name, next);
  },

  continueSequence: (knex, name, next) => advanceSequence(knex, quoteStandard(name), next),

  async dropAll(knex, onStatement) {
    await knex.raw(longWork);
    await dropAll(knex, onStatement);
  },

  droppable,
};
