import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { TdsResult, TdsType } from './tds-answers.js';
import { rows, TdsCatalog } from './tds-catalog.js';
import { TdsFault } from './tds-faults.js';
import { computed } from './tds-functions.js';
import type { TdsStatement } from './tds-requests.js';
import type { TdsOutcome, TdsSession } from './tds-server.js';
import { translated, upsert } from './tds-translate.js';
import { columnType, storedTypes } from './tds-types.js';
import { TdsWrites } from './tds-writes.js';

/** What begins each session. */
export const sessionBegin = 'set lock_timeout 30000; select schema_name() as [schema]';

/** Statements of T-SQL that mean nothing to SQLite, or that it need not be told. */
const ignored = [/^set transaction isolation level (snapshot|serializable)$/];

/** Types that the driver would make numbers and dates of, with fewer digits: they are asked for as texts. */
const BY_CONVERT = /^(decimal|numeric|(small)?money|date|time|datetime2?|smalldatetime|xml|hierarchyid)$/;

/**
 * How a column arrives at the driver.
 * @throws Error for one that is asked for as it is and would not arrive whole
 */
function typeOf(declared: string | null, isConverted: boolean): TdsType | undefined {
  if (declared === null) return undefined;
  const { base } = columnType(declared);
  if (isConverted) return /binary|image/.test(base) ? 'bytes' : 'text';
  if (BY_CONVERT.test(base)) throw new Error(`A column of ${declared} was asked for without CONVERT.`);
  if (base === 'datetimeoffset') return 'instant';
  if (base === 'uniqueidentifier') return 'guid';
  if (/^(float|real)$/.test(base)) return 'float';
  if (/^(tinyint|smallint|int)$/.test(base)) return 'int';
  if (base === 'bigint' || base === 'bit') return base;
  return /binary|image/.test(base) ? 'bytes' : 'text';
}

/** The type of a column that is computed: that of its first value. */
function typeOfValue(value: unknown): TdsType {
  if (typeof value === 'bigint') return value >= -(2n ** 31n) && value < 2n ** 31n ? 'int' : 'bigint';
  return typeof value === 'number' ? 'float' : Buffer.isBuffer(value) ? 'bytes' : 'text';
}

/** A name in a text of T-SQL, such as `N'[dbo].[users]'`, without its schema. */
const NAMED = String.raw`N'\[\w+\]\.\[(.*?)\]'`;

/** The numbers that SQL Server gives to what SQLite complains of. */
function faultOf(error: unknown): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const numbers: [RegExp, number][] = [
    [/no such table/, 208],
    [/UNIQUE|PRIMARY KEY/, 2627],
    [/FOREIGN KEY|CHECK/, 547],
    [/NOT NULL/, 515],
    [/locked|BUSY/, 1222],
  ];
  const number = numbers.find(([pattern]) => pattern.test(`${error.code} ${error.message}`))?.[1];
  return new TdsFault(number ?? 50_000, error.message);
}

/**
 * A database with any number of sessions, as a server has it. The user's schema is SQLite's main one; where that is not
 * `dbo`, there is such a schema beside it, in which SQLite too looks for a name without a schema that the first one does
 * not have.
 */
export class TdsDatabase {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-tds-'));
  readonly #locks = new Map<string, TdsSession>();
  readonly #path = join(this.#folder, 'database');
  /** Policies that filter rows, and masked columns, which bind the user. */
  readonly filters: { table: string; name: string; kind: 'policy' | 'mask' }[] = [];
  /** Triggers for deletion, as the server tells of them. */
  readonly guards: { table: string; name: string; text: string }[] = [];
  /** Rights that the user lacks: `INSERT system_settings`, `CREATE TABLE`, `ALTER`; `WRITE` where nobody may write. */
  readonly denied = new Set<string>();
  /** Of the database: 150 and more tell what was too long. */
  compatibility = 160;
  /** For what a test does with the database besides the tool. */
  readonly direct: BetterSqlite3.Database;

  constructor(private readonly schema = 'dbo') {
    this.direct = this.#open();
    this.direct.pragma('journal_mode = wal');
    onTestFinished(() => {
      this.direct.close();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /** Makes tables of any type, `nvarchar(max)` and `decimal(5,2)` among them, all of whose digits are kept. */
  define(sql: string): void {
    this.direct.exec(storedTypes(sql));
  }

  #open(): BetterSqlite3.Database {
    const database = new BetterSqlite3(this.#path, { timeout: 0 });
    database.pragma('foreign_keys = on');
    if (this.schema !== 'dbo') database.prepare('attach ? as dbo').run(`${this.#path}-dbo`);
    // A text or a number by itself is none to the server.
    database.function('isjson', (text) => {
      if (text === null) return null;
      try {
        const value: unknown = JSON.parse(String(text));
        return typeof value === 'object' && value !== null ? 1 : 0;
      } catch {
        return 0;
      }
    });
    return database;
  }

  session(): TdsSession {
    const database = this.#open();
    const session: TdsSession = {
      run: (statement) => {
        try {
          return this.#run(database, session, statement);
        } catch (error) {
          throw faultOf(error);
        }
      },
      close: () => {
        for (const [name, holder] of this.#locks) if (holder === session) this.#locks.delete(name);
        database.close();
      },
    };
    return session;
  }

  /** The user's schema is the main one of SQLite. */
  #own(sql: string): string {
    return sql.replaceAll(`[${this.schema}].`, 'main.');
  }

  #run(database: BetterSqlite3.Database, session: TdsSession, statement: TdsStatement): TdsOutcome {
    const { sql, parameters } = statement;
    if (sql === sessionBegin) return { results: [rows({ schema: 'text' }, [{ schema: this.schema }])] };
    if (ignored.some((pattern) => pattern.test(sql))) return {};
    if (/^(set transaction isolation level read committed; )?begin transaction$/.test(sql)) {
      database.exec('begin');
      return { transaction: 'begin' };
    }
    if (sql === 'commit transaction') {
      database.exec('commit');
      return { transaction: 'commit' };
    }
    if (/^if @@trancount > 0 rollback transaction/.test(sql)) {
      if (!database.inTransaction) return {};
      database.exec('rollback');
      return { transaction: 'rollback' };
    }
    if (sql === 'select @@trancount as [open]') {
      return { results: [rows({ open: 'int' }, [{ open: database.inTransaction ? 1 : 0 }])] };
    }
    if (sql.startsWith('declare @name'))
      return { results: [this.#lock(session, sql, String(parameters['p0']))] };
    // No transaction sees the catalogue of its beginning: tables keep no versions of their shape.
    if (sql.startsWith('select o.name, convert(varchar(20), o.object_id)'))
      return { results: [new TdsCatalog(this.direct, this.schema).shapes()] };
    const catalog = new TdsCatalog(database, this.schema, this.guards, this.denied, this.filters);
    const answer = catalog.answer(sql);
    if (answer) return { results: [answer] };
    const sums = computed(database, sql);
    if (sums) return { results: [sums] };
    if (sql.startsWith('dbcc checkident')) return recount(database, sql);
    if (/from sys\.identity_columns where object_id/.test(sql) && !sql.includes('insert into')) {
      return { results: [counterOf(catalog, sql)] };
    }
    if (/^(select top \(1\) 1 as locked|alter table)/.test(sql)) return load(database, sql);
    return { results: this.#statements(database, statement) };
  }

  #lock(session: TdsSession, sql: string, name: string): TdsResult {
    const holder = this.#locks.get(name);
    if (!sql.includes('sp_getapplock'))
      return rows({ held: 'int' }, [{ held: holder === undefined ? 0 : 1 }]);
    const isTaken = holder === undefined || holder === session;
    if (isTaken) this.#locks.set(name, session);
    return rows({ answer: 'int' }, [{ answer: isTaken ? 0 : -1 }]);
  }

  #statements(database: BetterSqlite3.Database, statement: TdsStatement): TdsResult[] {
    const { sql } = statement;
    // Settings of identities around an insert, and the count that knex asks for behind a deletion.
    const insert = /; (insert into .*); if exists \(select 1 from sys\.identity_columns .*$/s.exec(sql)?.[1];
    const [plain, count] = (insert ?? sql).split(/;\s*(?=select @@rowcount$)/);
    const text = this.#own(upsert(plain ?? '') ?? translated(plain ?? ''));
    if (/ with \(updlock, holdlock\)/.test(sql)) {
      // Keeps writers out until the transaction ends.
      const table = /from (\S+) with/.exec(sql)?.[1] ?? '';
      database.exec(this.#own(`delete from ${table} where 0`));
    }
    const numbered = /^if exists .* and name in \((.*?)\)\) set identity_insert .* on; insert/s.exec(
      sql,
    )?.[1];
    const { sql: written, parameters } = new TdsWrites(database, this.compatibility, numbered).written({
      ...statement,
      sql: text,
    });
    const prepared = database.prepare(written);
    const used = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? (value ? 1 : 0) : value,
      ]),
    );
    if (!prepared.reader) {
      const { changes } = prepared.run(used);
      return count === undefined ? [] : [rows({ '': 'int' }, [{ '': changes }])];
    }
    const columns = prepared.columns();
    const lines = prepared.raw().safeIntegers().all(used) as unknown[][];
    return [
      {
        columns: columns.map(({ name, type }, index) => ({
          name,
          type:
            typeOf(type, new RegExp(`convert\\([^[]*\\[${name}\\]`).test(sql)) ??
            typeOfValue(lines.find((line) => line[index] !== null)?.[index]),
        })),
        rows: lines,
      },
    ];
  }
}

function counterOf(catalog: TdsCatalog, sql: string): TdsResult {
  const name = new RegExp(String.raw`object_id\(${NAMED}\)`).exec(sql)?.[1];
  const table = catalog.tables().find((each) => each.name === name);
  const last = table && catalog.lastNumber(table);
  return rows(
    { last: 'text', first: 'text', step: 'text' },
    last === undefined ? [] : [{ last, first: '1', step: '1' }],
  );
}

function recount(database: BetterSqlite3.Database, sql: string): TdsOutcome {
  const [, table, value] = new RegExp(String.raw`${NAMED}, reseed, (\d+)\)`).exec(sql) ?? [];
  database.prepare('update sqlite_sequence set seq = ? where name = ?').run(BigInt(value ?? 0), table);
  return {};
}

/** Keys rest until the end of the transaction, at which they are switched on and checked. */
function load(database: BetterSqlite3.Database, sql: string): TdsOutcome {
  if (sql.includes('nocheck constraint')) database.pragma('defer_foreign_keys = on');
  if (sql.includes('with check check constraint')) {
    const broken = database.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0)
      throw new TdsFault(547, 'The statement conflicted with the FOREIGN KEY constraint.');
  }
  return {};
}
