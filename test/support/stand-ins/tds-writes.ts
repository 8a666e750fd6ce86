import type BetterSqlite3 from 'better-sqlite3';
import { TdsFault } from './tds-faults.js';
import { kept, type TdsColumn } from './tds-kept.js';
import type { TdsStatement } from './tds-requests.js';
import type { Sent } from './tds-sent.js';
import { columnType } from './tds-types.js';

/** A statement whose values are as their columns keep them. */
export type Written = Pick<TdsStatement, 'sql' | 'parameters'>;

const NAME = String.raw`(?:\[(?:[^\]]|\]\])*\]|\w+)`;
const INSERT = new RegExp(
  String.raw`^insert into ((?:${NAME}\.)?)(${NAME}) \((${NAME}(?:,\s*${NAME})*)\) values (.*?)( on conflict .*)?$`,
  's',
);
const UPDATE = new RegExp(String.raw`^update ((?:${NAME}\.)?)(${NAME}) set (.*?)( where .*)?$`, 's');
const ASSIGNED = new RegExp(String.raw`^(${NAME}) = (.*)$`, 's');

const bare = (name: string): string =>
  name.startsWith('[') ? name.slice(1, -1).replaceAll(']]', ']') : name;

/** What stands between commas that are in no brackets, texts or names. */
function listed(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|./gs)) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + piece);
  }
  return parts.map((part) => part.trim());
}

/**
 * The value that an expression has.
 * @throws Error for one that the stand-in would have to compute
 */
function sentBy(expression: string, { parameters, types = {} }: TdsStatement): Sent {
  const name = /^@(\w+)$/.exec(expression)?.[1];
  if (name !== undefined) {
    const value = parameters[name] ?? null;
    const plain = typeof value === 'boolean' ? BigInt(value) : value;
    const type = types[name] ?? 'unknown';
    const isWhole = typeof plain === 'number' && !/^(float|real)$/.test(type);
    return { type, value: (isWhole ? BigInt(plain) : plain) as Sent['value'] };
  }
  if (/^null$/i.test(expression)) return { type: 'null', value: null };
  const text = /^N?'((?:[^']|'')*)'$/s.exec(expression)?.[1];
  if (text !== undefined) return { type: 'nvarchar', value: text.replaceAll("''", "'") };
  if (/^-?\d+$/.test(expression)) return { type: 'int', value: BigInt(expression) };
  const [, type, inner, style] = /^convert\((\w+), (.*?)(, \d+)?\)$/s.exec(expression) ?? [];
  if (type === undefined || inner === undefined)
    throw new Error(`The stand-in does not compute ${expression}.`);
  const sent = sentBy(inner, { sql: '', parameters, types });
  if (type === 'xml' && style === undefined)
    throw new Error('CONVERT without a style takes spaces out of XML.');
  if (!/^(small)?money$/.test(type) || sent.value === null) return { type, value: sent.value };
  const column = { ...columnType(type), name: '', table: '', compatibility: 0 };
  return { type, value: kept({ type, value: sent.value }, column) as Sent['value'] };
}

/** Rewrites statements so that values are kept as a server keeps them. */
export class TdsWrites {
  constructor(
    private readonly database: BetterSqlite3.Database,
    private readonly compatibility: number,
    /** Names of columns for which the statement around has switched numbers of an identity on. */
    private readonly numbered: string = '',
  ) {}

  /** @throws TdsFault 544 for a number of an identity that the session was not told of */
  #assertNumbered(schema: string, table: string, columns: readonly TdsColumn[]): void {
    const master = `${bare(schema.slice(0, -1)) || 'main'}.sqlite_master`;
    const counts = this.database
      .prepare(`select 1 from ${master} where name = ? and sql like '%autoincrement%'`)
      .get(bare(table));
    if (!counts) return;
    const key = this.database
      .prepare('select name from pragma_table_info(?, ?) where pk = 1')
      .pluck()
      .get(bare(table), bare(schema.slice(0, -1)) || 'main') as string;
    if (!columns.some(({ name }) => name === key) || this.numbered.includes(`N'${key}'`)) return;
    throw new TdsFault(544, `Cannot insert explicit value for identity column in table '${bare(table)}'.`);
  }

  #columnsOf(schema: string, table: string): (name: string) => TdsColumn {
    const found = this.database
      .prepare('select name, type from pragma_table_info(?, ?)')
      .all(bare(table), bare(schema.slice(0, -1)) || 'main') as { name: string; type: string }[];
    const isNumeric = found.find(({ type }) =>
      /^(decimal|numeric|(small)?money|xml|hierarchyid)(\W|$)/i.test(type),
    );
    // Zeros would be lost.
    if (isNumeric) throw new Error(`Columns of ${isNumeric.type} are made by define().`);
    return (name) => {
      const column = found.find((each) => each.name.toLowerCase() === bare(name).toLowerCase());
      if (!column) throw new Error(`${table} has no column ${name}.`);
      const of = `tmi.${bare(schema.slice(0, -1)).replace('main', 'dbo')}.${bare(table)}`;
      return { ...columnType(column.type), name: column.name, table: of, compatibility: this.compatibility };
    };
  }

  /** `insert` and `update` with other parameters; any other statement as it is. */
  written(statement: TdsStatement): Written {
    return this.#insert(statement) ?? this.#update(statement) ?? statement;
  }

  #insert(statement: TdsStatement): Written | undefined {
    if (!statement.sql.startsWith('insert into ')) return undefined;
    const [, schema = '', table = '', names = '', values = '', conflict = ''] =
      INSERT.exec(statement.sql) ?? [];
    if (table === '') throw new Error(`The stand-in does not understand ${statement.sql}`);
    const columns = listed(names).map(this.#columnsOf(schema, table));
    this.#assertNumbered(schema, table, columns);
    const parameters: Record<string, unknown> = {};
    const first: string[] = [];
    const rows = listed(values).map((row) => {
      const marks = listed(row.slice(1, -1)).map((expression, index) => {
        const sent = sentBy(expression, statement);
        // The rows of one statement are of one type, which all of their values are converted to.
        if (sent.type !== 'null' && (first[index] ??= sent.type) !== sent.type)
          throw new Error(`Values of ${sent.type} beside those of ${first[index]} in one column.`);
        const name = `v${Object.keys(parameters).length}`;
        parameters[name] = kept(sent, columns[index] as TdsColumn);
        return `@${name}`;
      });
      return `(${marks.join(', ')})`;
    });
    return {
      sql: `insert into ${schema}${table} (${names}) values ${rows.join(', ')}${conflict}`,
      parameters,
    };
  }

  #update(statement: TdsStatement): Written | undefined {
    if (!statement.sql.startsWith('update ')) return undefined;
    const [, schema = '', table = '', changes = '', where = ''] = UPDATE.exec(statement.sql) ?? [];
    const columnOf = this.#columnsOf(schema, table);
    const parameters: Record<string, unknown> = { ...statement.parameters };
    const set = listed(changes).map((change, index) => {
      const [, name = '', expression = ''] = ASSIGNED.exec(change) ?? [];
      parameters[`v${index}`] = kept(sentBy(expression, statement), columnOf(name));
      return `${name} = @v${index}`;
    });
    const sql = `update ${schema}${table} set ${set.join(', ')}${where}`;
    const used = Object.entries(parameters).filter(([name]) => new RegExp(`@${name}\\b`).test(sql));
    return { sql, parameters: Object.fromEntries(used) };
  }
}
