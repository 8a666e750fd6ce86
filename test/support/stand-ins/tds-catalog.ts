import type BetterSqlite3 from 'better-sqlite3';
import type { TdsResult, TdsType } from './tds-answers.js';
import { columnType } from './tds-types.js';

type Row = Record<string, unknown>;

interface DatabaseObject {
  readonly id: number;
  readonly name: string;
  readonly type: 'U' | 'V';
  readonly sql: string;
}

/** The catalogue of SQL Server, as far as it is asked for, out of that of SQLite. */
export class TdsCatalog {
  /**
   * @param schema the user's own
   * @param guards triggers for deletion, which SQLite has in other words
   * @param denied rights that the user lacks
   * @param filters policies and masks that bind the user
   */
  constructor(
    private readonly database: BetterSqlite3.Database,
    private readonly schema: string,
    private readonly guards: readonly { table: string; name: string; text: string }[] = [],
    private readonly denied: ReadonlySet<string> = new Set(),
    private readonly filters: readonly { table: string; name: string; kind: string }[] = [],
  ) {}

  #all(sql: string, ...values: unknown[]): Row[] {
    return this.database.prepare(sql).all(...values) as Row[];
  }

  /** Number and name of every table and view. */
  #objects(): DatabaseObject[] {
    return this.#all(
      `select rowid as id, name, case type when 'table' then 'U' else 'V' end as type, sql from sqlite_master
       where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`,
    ) as unknown as DatabaseObject[];
  }

  tables(): DatabaseObject[] {
    return this.#objects().filter(({ type }) => type === 'U');
  }

  hasTable(name: string): boolean {
    return this.tables().some((table) => table.name.toLowerCase() === name.toLowerCase());
  }

  /** What the table's counter gave last; null for none yet, undefined for a table that does not count. */
  lastNumber(table: DatabaseObject): string | null | undefined {
    if (!/autoincrement/i.test(table.sql)) return undefined;
    const [row] = this.#all('select seq from sqlite_sequence where name = ?', table.name);
    return row === undefined ? null : String(row['seq']);
  }

  keysOf(table: string): { name: string; part: string; target: string; referenced: string }[] {
    return this.#all('select * from pragma_foreign_key_list(?)', table).map((row) => ({
      name: `fk_${table}_${String(row['id'])}`,
      part: String(row['from']),
      target: String(row['table']),
      referenced: String(row['to']),
    }));
  }

  columns(): Row[] {
    return this.tables().flatMap((table) => {
      const last = this.lastNumber(table);
      return this.#all('select * from pragma_table_info(?) order by cid', table.name).map((column) => {
        const type = columnType(String(column['type']));
        const counts = Number(column['pk']) === 1 && last !== undefined;
        return {
          id: table.id,
          name: column['name'],
          type: type.base,
          max_length: type.maxLength,
          precision: type.precision,
          scale: type.scale,
          nullable: Number(column['notnull']) === 0 && !counts,
          counts,
          computed: false,
          period: 0,
          has_default: column['dflt_value'] === null ? 0 : 1,
          next: counts ? (last === null ? '1' : String(BigInt(last ?? 0) + 1n)) : null,
        };
      });
    });
  }

  shapes(): TdsResult {
    const shapes = this.tables().map(({ id, name, sql }) => ({ name, id: String(id), changed: sql }));
    return rows({ name: 'text', id: 'text', changed: 'text' }, shapes);
  }

  /** The answer to a question of the dialect; undefined for a statement that is none. */
  answer(sql: string): TdsResult | undefined {
    if (/snapshot_isolation_state as state/.test(sql)) return rows({ state: 'int' }, [{ state: 1 }]);
    if (/serverproperty\('ProductVersion'\)/.test(sql)) {
      return rows({ schema: 'text', version: 'text', sees: 'int' }, [
        { schema: this.schema, version: '16.0.1000.6', sees: this.denied.has('VIEW DEFINITION') ? 0 : 1 },
      ]);
    }
    if (/from sys\.objects o left join sys\.tables t/.test(sql) && /temporal_type = 1/.test(sql)) {
      const objects = this.#objects().map((object) => ({ ...object, special: 0 }));
      return rows({ id: 'int', name: 'text', type: 'text', special: 'int' }, objects);
    }
    if (/from sys\.partitions/.test(sql)) {
      const sizes = this.tables().map(({ id, name }) => {
        const [row] = this.#all(`select count(*) as rows from "${name.replaceAll('"', '""')}"`);
        return { id, rows: row?.['rows'], bytes: 8192 };
      });
      return rows({ id: 'int', rows: 'bigint', bytes: 'bigint' }, sizes);
    }
    if (/from sys\.columns c join sys\.tables t/.test(sql)) {
      const types: Record<string, TdsType> = {
        id: 'int',
        name: 'text',
        type: 'text',
        max_length: 'int',
        precision: 'int',
        scale: 'int',
        nullable: 'bit',
        counts: 'bit',
        computed: 'bit',
        period: 'int',
        has_default: 'int',
        next: 'text',
      };
      return rows(types, this.columns());
    }
    if (/from sys\.key_constraints/.test(sql)) {
      const keys = this.tables().flatMap(({ id, name }) =>
        this.#all('select name from pragma_table_info(?) where pk > 0 order by pk', name).map((row) => ({
          id,
          ...row,
        })),
      );
      return rows({ id: 'int', name: 'text' }, keys);
    }
    if (/from sys\.foreign_keys f join sys\.foreign_key_columns/.test(sql)) {
      const keys = this.tables().flatMap(({ id, name }) => this.keysOf(name).map((key) => ({ id, ...key })));
      return rows({ id: 'int', name: 'text', target: 'text', part: 'text', referenced: 'text' }, keys);
    }
    // Every constraint of the stand-in is checked for every row.
    if (/c\.is_not_trusted = 1/.test(sql))
      return rows({ table: 'text', name: 'text', definition: 'text' }, []);
    if (/f\.is_not_trusted/.test(sql)) {
      const keys = this.tables().flatMap(({ name: table }) =>
        this.keysOf(table).map(({ name, target }) => ({ name, table, target, trusted: 1 })),
      );
      return rows({ name: 'text', table: 'text', target: 'text', trusted: 'int' }, keys);
    }
    if (/from sys\.check_constraints/.test(sql)) {
      const checks = this.tables().flatMap(({ id, sql: declared }) =>
        [...declared.matchAll(/(?:constraint \[(\w+)\] )?check (\(isjson\(.*?\) = 1\))?/gi)].map(
          ([, name = 'ck', definition = '(1=1)']) => ({ id, name, definition }),
        ),
      );
      return rows({ id: 'int', name: 'text', definition: 'text' }, checks);
    }
    if (/^select .* from sys\.sequences/s.test(sql)) return rows({ name: 'text', next: 'text' }, []);
    if (/from sys\.indexes i join sys\.objects o/.test(sql)) {
      const parts = this.#all(
        `select l.name as "table", i.name as "index", c.name as "column"
         from pragma_table_list l join pragma_index_list(l.name) i join pragma_index_info(i.name) c
         where l.schema = 'main' and i."unique" and i.origin <> 'pk' and not i.partial order by l.name, i.name, c.seqno`,
      );
      return rows({ table: 'text', index: 'text', column: 'text' }, parts);
    }
    if (/from sys\.security_policies/.test(sql))
      return rows({ table: 'text', name: 'text', kind: 'text' }, this.filters);
    if (/sys\.trigger_events/.test(sql))
      return rows({ table: 'text', name: 'text', text: 'text' }, this.guards);
    if (/from sys\.triggers/.test(sql)) return rows({ name: 'text', table: 'text' }, []);
    if (/has_perms_by_name/.test(sql)) return this.#rights(sql);
    return this.#drops(sql);
  }

  /** Everything is allowed but what somebody took away, such as `INSERT system_settings` or `CREATE TABLE`. */
  #rights(sql: string): TdsResult {
    const may = (right: string): number => (this.denied.has(right) ? 0 : 1);
    const names = [...sql.matchAll(/select N'(\w+)' as name/g)].map(([, name = '']) => name);
    const facts = names.map((name) => ({
      name,
      who: 'tmi',
      owner: this.schema,
      present: this.hasTable(name) ? 1 : 0,
      ...Object.fromEntries(
        ['select', 'insert', 'update', 'delete'].map((right) => [
          right,
          may(`${right.toUpperCase()} ${name}`),
        ]),
      ),
      creates: may('CREATE TABLE'),
      alters: may('ALTER'),
      updateability: this.denied.has('WRITE') ? 'READ_ONLY' : 'READ_WRITE',
    }));
    const types: Record<string, TdsType> = { name: 'text', who: 'text', owner: 'text', present: 'int' };
    for (const right of ['select', 'insert', 'update', 'delete', 'creates', 'alters']) types[right] = 'int';
    return rows({ ...types, updateability: 'text' }, facts);
  }

  #drops(sql: string): TdsResult | undefined {
    if (!/select N'(drop|alter table) '|as found from sys\.foreign_keys/.test(sql)) return undefined;
    if (!sql.includes("N'drop ' + case o.type")) return rows({ statement: 'text' }, []);
    const drops = this.#objects().map(({ name, type }) => ({
      statement: `drop ${type === 'U' ? 'table' : 'view'} [${this.schema}].[${name}]`,
    }));
    return rows({ statement: 'text' }, drops);
  }
}

/** Rows of objects as an answer, in the order of `types`. */
export function rows(types: Readonly<Record<string, TdsType>>, lines: readonly Row[]): TdsResult {
  const names = Object.keys(types);
  return {
    columns: names.map((name) => ({ name, type: types[name] as TdsType })),
    rows: lines.map((line) => names.map((name) => line[name])),
  };
}
