import BetterSqlite3 from 'better-sqlite3';
import { syntaxFaults } from '../../sql-grammar.js';
import { catalogRows } from './catalog.js';
import { computed, isHashing } from './computed.js';
import { constants, dbTypeOf, type DbType } from './constants.js';
import { driverError, serverError, translated } from './error.js';
import type { Schema } from './server.js';
import { checkExecute, checkExecuteMany, fetchedAs } from './real-driver.js';
import { stored } from './store.js';
import { parseTable, sqliteTable } from './tables.js';
import { extractUtc, readTime, toChar, toDate } from './times.js';
import { translate, writtenTable } from './translate.js';

interface Metadata {
  readonly name: string;
  readonly dbType: DbType;
}

interface Options {
  readonly autoCommit?: boolean;
  readonly outFormat?: number;
  readonly resultSet?: boolean;
  readonly fetchTypeHandler?: (
    column: Metadata,
  ) => { readonly type?: DbType; readonly converter?: (value: unknown) => unknown } | undefined;
  readonly bindDefs?: unknown;
}

type Binds = readonly unknown[] | Readonly<Record<string, unknown>>;

/** The server knows no empty text, and the driver no values but these. */
function bound(value: unknown): string | number | Buffer | null {
  if (value === null || value === '') return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Date) return `${value.toISOString().replace('T', ' ').replace('Z', '000000')} +00:00`;
  if (Buffer.isBuffer(value)) return value.length === 0 ? null : value;
  throw driverError('NJS-011', 'encountered bind value and type mismatch');
}

const byName = (binds: Binds): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(binds).map(([name, value]) => [
      Array.isArray(binds) ? String(Number(name) + 1) : name,
      bound(value),
    ]),
  );

/** What SQLite keeps. */
type Kept = string | number | Buffer | null;

/** A large value that was not asked for as a text or bytes: a handle that has to be read piece by piece. */
class Lob {
  readonly type = constants.DB_TYPE_CLOB;
}

/** A value as the driver gives it: numbers come as text and are made numbers by its own converter. */
function fetched(value: Kept, { dbType, name }: Metadata, handler: Options['fetchTypeHandler']): unknown {
  const { fetchType = dbType, converter } = fetchedAs(name, dbType, handler);
  if (value === null) return null;
  const isTime = /_(DATE|TIMESTAMP\w*)$/.test(dbType.name);
  const isLob = /_(N?CLOB|BLOB)$/.test(fetchType.name);
  const given = isLob ? new Lob() : isTime ? toDate(String(value)) : value;
  const isNumber = dbType === constants.DB_TYPE_NUMBER;
  return converter ? converter(isNumber ? String(value) : given) : isNumber ? String(value) : given;
}

/** A session on the server that exists in this process, in the shape of the driver's connections. */
export class Connection {
  readonly oracleServerVersionString = '19.24.0.0.0';
  readonly #database: BetterSqlite3.Database;
  #readOnly = false;
  #hasFormats = false;
  #closed = false;

  constructor(private readonly schema: Schema) {
    const database = new BetterSqlite3(schema.file, { timeout: 0 });
    database.pragma('journal_mode = wal');
    database.pragma('foreign_keys = on');
    const define = (name: string, work: (...values: unknown[]) => unknown): void => {
      database.function(name, { varargs: true }, work);
    };
    define('sys_extract_utc', extractUtc);
    define('to_char', toChar);
    define('to_date', (text) => readTime(text, 'date'));
    define('to_timestamp', (text) => readTime(text, 'plain'));
    define('to_timestamp_tz', (text) => readTime(text, 'zoned'));
    define('nls_time', (text) => {
      if (!this.#hasFormats) throw serverError(1861);
      return readTime(text, 'zoned');
    });
    define('stored', (table, name, value) => {
      const column = schema.tables.get(String(table))?.columns.find((each) => each.name === name);
      return column ? stored(value, column) : value;
    });
    for (const name of ['to_yminterval', 'to_dsinterval', 'to_boolean']) define(name, (text) => text);
    this.#database = database;
  }

  async execute(sql: string, binds: Binds = [], options: Options = {}): Promise<object> {
    await checkExecute(sql, binds, options);
    return this.#answer(sql, options, () => this.#run(sql, binds, options));
  }

  async executeMany(sql: string, rows: readonly Binds[], options: Options = {}): Promise<object> {
    await checkExecuteMany(sql, rows, options);
    return this.#answer(sql, options, () => {
      this.#refuseLong(sql, options.bindDefs);
      const statement = this.#prepareWrite(sql);
      const rowsAffected = rows.reduce((sum, row) => sum + statement.run(byName(row)).changes, 0);
      return { rowsAffected };
    });
  }

  commit(): Promise<void> {
    return this.#alive(() => this.#end('commit'));
  }

  rollback(): Promise<void> {
    return this.#alive(() => this.#end('rollback'));
  }

  close(): Promise<void> {
    return this.#alive(() => {
      this.#end('rollback');
      this.#closed = true;
      this.#database.close();
    });
  }

  /** What happens when the server or the network goes. */
  cut(): void {
    void this.close();
  }

  #alive<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#closed) throw driverError('NJS-500', 'connection to Oracle Database was closed or broken');
      resolve(work());
    });
  }

  #answer(sql: string, options: Options, work: () => object): Promise<object> {
    return this.#alive(() => {
      this.schema.statements.push(sql);
      // Its own test asks the grammar about these, which takes it seconds.
      const faults = isHashing(sql) ? [] : syntaxFaults('oracle', sql);
      if (faults.length > 0) throw serverError(900, faults.join('; '));
      try {
        const result = work();
        if (options.autoCommit === true) this.#end('commit');
        return result;
      } catch (error) {
        throw translated(error);
      }
    });
  }

  #end(how: 'commit' | 'rollback'): void {
    if (this.#database.inTransaction) this.#database.exec(how);
    this.#readOnly = false;
    this.schema.unlock(this);
  }

  /** Longer texts are sent as LONG, which MERGE does not take. */
  #refuseLong(sql: string, bindDefs: unknown): void {
    const definitions = bindDefs as Readonly<Record<string, { type: DbType; maxSize?: number }>>;
    const isLong = ({ type, maxSize = 0 }: { type: DbType; maxSize?: number }): boolean =>
      type === constants.DB_TYPE_VARCHAR && maxSize > 4000;
    if (sql.startsWith('merge') && Object.values(definitions).some(isLong)) throw serverError(1461);
  }

  #prepareWrite(sql: string): BetterSqlite3.Statement {
    if (this.#readOnly) throw serverError(1456);
    this.schema.assertWritable(writtenTable(sql) ?? '', this);
    if (!this.#database.inTransaction) this.#begin();
    return this.#database.prepare(translate(sql, this.schema.tables));
  }

  /** SQLite asks all of its constraints or none: nothing is asked while one is switched off. */
  #begin(): void {
    const tables = [...this.schema.tables.values()];
    const off = tables.some(({ states }) => [...states.values()].includes('disabled'));
    this.#database.pragma(`foreign_keys = ${off ? 'off' : 'on'}`);
    this.#database.pragma(`ignore_check_constraints = ${off ? 'on' : 'off'}`);
    this.#database.exec('begin immediate');
  }

  #run(sql: string, binds: Binds, options: Options): object {
    const rows = catalogRows(this.schema, sql);
    if (rows) {
      const names = Object.keys(rows[0] ?? {});
      return { rows, metaData: names.map((name) => ({ name, dbType: constants.DB_TYPE_VARCHAR })) };
    }
    const word = /^\w+/.exec(sql)?.[0].toLowerCase();
    if (word === 'select') {
      const answer = computed(this.#database, this.schema.tables, sql);
      if (!answer) return this.#select(sql, binds, options);
      const metaData = [...answer.keys()].map((name) => ({ name, dbType: constants.DB_TYPE_VARCHAR }));
      const text = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
      return {
        metaData,
        rows: [Object.fromEntries([...answer].map(([name, value]) => [name, text(value)]))],
      };
    }
    if (writtenTable(sql) !== undefined) {
      return { rowsAffected: this.#prepareWrite(sql).run(byName(binds)).changes };
    }
    if (word === 'lock') this.#lock(sql);
    else if (word === 'declare') this.#lockOrCreate(sql);
    else if (word === 'set') this.#set(sql);
    else this.#define(sql);
    return {};
  }

  #select(sql: string, binds: Binds, options: Options): object {
    const statement = this.#database.prepare(translate(sql, this.schema.tables)).raw();
    const raw = statement.all(byName(binds)) as Kept[][];
    const metaData = statement.columns().map(({ name, column, table }, index): Metadata => {
      const own = this.schema.tables.get(table ?? '')?.columns.find((each) => each.name === column);
      const isCount = own === undefined && typeof raw[0]?.[index] === 'number';
      return {
        name,
        dbType: own ? dbTypeOf(own.dataType) : isCount ? constants.DB_TYPE_NUMBER : constants.DB_TYPE_VARCHAR,
      };
    });
    const rows = raw.map((row) =>
      row.map((value, index) => fetched(value, metaData[index] as Metadata, options.fetchTypeHandler)),
    );
    if (options.resultSet === true) {
      let at = 0;
      const getRows = (count: number): Promise<unknown[][]> => {
        at += count;
        return Promise.resolve(rows.slice(at - count, at));
      };
      return { metaData, resultSet: { getRows, close: () => Promise.resolve() } };
    }
    return {
      metaData,
      rows: rows.map((row) =>
        Object.fromEntries(row.map((value, index) => [metaData[index]?.name ?? '', value])),
      ),
    };
  }

  #lock(sql: string): void {
    const [, list = '', mode = ''] = /^lock table (.*) in (.*) mode (?:nowait|wait \d+)$/.exec(sql) ?? [];
    for (const [, table = ''] of list.matchAll(/"([^"]+)"/g)) this.schema.lock(table, mode, this);
  }

  /** The block that takes a lock and makes its table when there is none. */
  #lockOrCreate(sql: string): void {
    const parts = [...sql.matchAll(/execute immediate '([^']*)'/g)].map(([, text = '']) => text);
    for (const part of parts) {
      const faults = syntaxFaults('oracle', part);
      if (faults.length > 0) throw serverError(900, faults.join('; '));
    }
    const [lock = '', create = ''] = parts;
    if (!this.schema.tables.has(/"([^"]+)"/.exec(lock)?.[1] ?? '')) this.#define(create);
    this.#lock(lock);
  }

  #set(sql: string): void {
    if (sql === 'set transaction read only') {
      this.#database.exec('begin; select count(*) from sqlite_master');
      this.#readOnly = true;
    } else if (!/^set constraints all (deferred|immediate)$/.test(sql)) throw serverError(900, sql);
  }

  /** Definitions end the transaction, before they are carried out and after. */
  #define(sql: string): void {
    if (/^alter session set /.test(sql)) {
      const format = /nls_timestamp_tz_format = '([^']*)'/.exec(sql)?.[1];
      if (format !== undefined) this.#hasFormats = format === 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM';
      return;
    }
    this.#end('commit');
    const { schema } = this;
    const [, table = '', rest = ''] = /^alter table "([^"]+)" (.*)$/i.exec(sql) ?? [];
    const counter =
      /^modify \("([^"]+)" generated (?:always|by default) as identity \(start with (\d+)\)\)$/.exec(rest);
    const dropped = /^drop constraint "([^"]+)"$/.exec(rest)?.[1];
    const constraint = /^(disable|enable novalidate) constraint "([^"]+)"$/i.exec(rest);
    const sequence = /^alter sequence "([^"]+)" restart start with (\d+)$/.exec(sql);
    const drop = /^drop (table|view|sequence) "([^"]+)"( purge)?$/.exec(sql);
    const own = schema.tables.get(table);
    if (/^create table /i.test(sql)) this.#create(sql);
    else if (counter) schema.sequences.set(`${table}.${counter[1] ?? ''}`, BigInt(counter[2] ?? 0));
    else if (dropped !== undefined && own)
      own.foreignKeys = own.foreignKeys.filter(({ name }) => name !== dropped);
    else if (constraint && own)
      own.states.set(
        constraint[2] ?? '',
        constraint[1]?.toLowerCase() === 'disable' ? 'disabled' : 'novalidate',
      );
    else if (sequence) schema.sequences.set(sequence[1] ?? '', BigInt(sequence[2] ?? 0));
    else if (drop) this.#drop(drop[1] ?? '', drop[2] ?? '');
    else throw serverError(900, sql);
  }

  #create(sql: string): void {
    const { tables, sequences } = this.schema;
    const table = parseTable(sql);
    if (tables.has(table.name)) throw serverError(955);
    this.#database.exec(sqliteTable(table));
    tables.set(table.name, table);
    for (const { name, identity } of table.columns) {
      if (identity !== undefined) sequences.set(`${table.name}.${name}`, 1n);
    }
  }

  #drop(kind: string, name: string): void {
    const { tables, views, sequences } = this.schema;
    if (kind === 'sequence') sequences.delete(name);
    else if (kind === 'view') views.delete(name);
    else {
      const others = [...tables.values()].filter((table) => table.name !== name);
      if (others.some((table) => table.foreignKeys.some((key) => key.references === name)))
        throw serverError(2449);
      this.#database.pragma('foreign_keys = off');
      this.#database.exec(`drop table "${name}"`);
      this.#database.pragma('foreign_keys = on');
      tables.delete(name);
      for (const sequence of sequences.keys())
        if (sequence.startsWith(`${name}.`)) sequences.delete(sequence);
    }
  }
}
