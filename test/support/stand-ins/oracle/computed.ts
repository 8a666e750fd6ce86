import type BetterSqlite3 from 'better-sqlite3';
import { selectList, type Expression } from '../sql-expressions.js';
import { serverError } from './error.js';
import { functions, type Typed } from './functions.js';
import type { Table } from './tables.js';

type Row = ReadonlyMap<string, Typed>;

const numberOf = ({ value }: Typed): number => Number(value);

/** A value of a column as the stand-in keeps it. */
function kept(value: unknown, { dataType }: Table['columns'][number]): Typed {
  if (dataType !== 'FLOAT') return { type: dataType, value: value as Typed['value'] };
  return { type: 'NUMBER', value: value === null ? null : digitsOf(value as string) };
}

/** Works expressions out, with types as the server has them; what it was not told of it refuses. */
class Evaluation {
  constructor(private readonly rows: readonly Row[]) {}

  of(node: Expression, row?: Row): Typed {
    switch (node.kind) {
      case 'text':
        return { type: 'CHAR', value: node.text === '' ? null : node.text };
      case 'number':
        return { type: 'NUMBER', value: digitsOf(node.text) };
      case 'name': {
        const found = row?.get(node.name.replace(/^[tp]\./, ''));
        if (!found) throw serverError(904, node.name);
        return found;
      }
      case 'case': {
        if (this.#holds(node.when, row)) return this.of(node.then, row);
        return node.otherwise ? this.of(node.otherwise, row) : { type: 'NUMBER', value: null };
      }
      case 'operator':
        return this.#computed(node, row);
      case 'call':
        return this.#call(node, row);
      case 'is':
        throw serverError(936);
    }
  }

  #holds(node: Expression, row: Row | undefined): boolean {
    if (node.kind === 'is') {
      const { value } = this.of(node.of, row);
      if (node.what === 'nan') return value !== null && Number.isNaN(Number(value)) !== node.not;
      return (value === null) !== node.not;
    }
    if (node.kind !== 'operator') throw serverError(936);
    const { sign, left, right } = node;
    if (sign === 'and') return this.#holds(left, row) && this.#holds(right, row);
    if (sign === 'or') return this.#holds(left, row) || this.#holds(right, row);
    const [a, b] = [this.of(left, row), this.of(right, row)];
    if (a.value === null || b.value === null) return false;
    const [x, y] = [numberOf(a), numberOf(b)];
    return sign === '=' ? x === y : sign === '>' ? x > y : sign === '>=' ? x >= y : sign === '<' && x < y;
  }

  #computed({ sign, left, right }: Expression & { kind: 'operator' }, row: Row | undefined): Typed {
    const [a, b] = [this.of(left, row), this.of(right, row)];
    if (sign === '||') return { type: a.type, value: `${String(a.value ?? '')}${String(b.value ?? '')}` };
    if (a.value === null || b.value === null) return { type: 'NUMBER', value: null };
    const [x, y] = [numberOf(a), numberOf(b)];
    return {
      type: 'NUMBER',
      value: sign === '*' ? x * y : sign === '/' ? x / y : sign === '-' ? x - y : x + y,
    };
  }

  #call({ name, parts }: Expression & { kind: 'call' }, row: Row | undefined): Typed {
    const [first, second] = parts;
    if (name === 'sum' && first) {
      const values = this.rows.map((each) => this.of(first, each).value).filter((value) => value !== null);
      const sum = values.reduce<bigint>((total, value) => total + BigInt(value as number), 0n);
      return { type: 'NUMBER', value: values.length === 0 ? null : String(sum) };
    }
    if (name === 'cast' && first && second?.kind === 'call') {
      const [size] = second.parts;
      const { value } = this.of(first, row);
      const length = size?.kind === 'number' ? Number(size.text) : 0;
      const missing =
        length - (second.name === 'char' ? Buffer.byteLength(String(value)) : String(value).length);
      return { type: second.name.toUpperCase(), value: `${String(value)}${' '.repeat(missing)}` };
    }
    const work = functions[name];
    if (!work) throw serverError(904, name);
    return work(parts.map((part) => this.of(part, row)));
  }
}

/** A literal in digits alone. */
function digitsOf(text: string): string {
  const [, head = '', power] = /^(.*?)e([+-]?\d+)$/i.exec(text) ?? [];
  if (power === undefined) return text;
  return Number(power) >= 0
    ? `${head}${'0'.repeat(Number(power))}`
    : `0.${'0'.repeat(-Number(power) - 1)}${head}`;
}

const only = (sql: string): Expression => {
  const [[, expression] = []] = selectList(sql);
  if (!expression) throw serverError(936);
  return expression;
};

/** What computes sums of hashes. */
export const isHashing = (sql: string): boolean => /^select .*standard_hash/s.test(sql);

/** The answer to a statement that hashes what a table holds, or values of its own; undefined for any other. */
export function computed(
  database: BetterSqlite3.Database,
  tables: ReadonlyMap<string, Table>,
  sql: string,
): ReadonlyMap<string, Typed['value']> | undefined {
  if (!isHashing(sql)) return undefined;
  const plain = sql.replace(/ returning varchar2\(4000\) null on error/g, '');
  const [, list = '', source = '', lateral, most = ''] =
    /^select (.*?) from (dual|"[^"]+"|\(select .* from dual\))(?: t cross join lateral \(select (.*) from dual\s+connect by level <= (.*)\) p)?$/s.exec(
      plain,
    ) ?? [];
  let rows: Row[] = [];
  if (source.startsWith('"')) {
    const table = tables.get(source.slice(1, -1));
    if (!table) throw serverError(942);
    for (const raw of database.prepare(`select * from ${source}`).iterate() as Iterable<
      Record<string, unknown>
    >)
      rows.push(new Map(table.columns.map((column) => [column.name, kept(raw[column.name], column)])));
  } else if (source.startsWith('(')) {
    const inner = selectList(source.replace(/^\(select | from dual\)$/g, ''));
    rows.push(new Map(inner.map(([name, expression]) => [name, new Evaluation([]).of(expression)])));
  }
  if (lateral !== undefined) {
    const made = selectList(lateral);
    const limit = only(most);
    rows = rows.flatMap((row) => {
      const count = Math.max(1, Number(new Evaluation([]).of(limit, row).value ?? 0));
      return Array.from({ length: count }, (_, index) => {
        const withLevel = new Map([...row, ['level', { type: 'NUMBER', value: index + 1 }]]);
        return new Map([
          ...row,
          ...made.map(([name, each]) => [name, new Evaluation([]).of(each, withLevel)] as const),
        ]);
      });
    });
  }
  const evaluation = new Evaluation(rows);
  return new Map(
    selectList(list).map(([name, expression]) => [name.toUpperCase(), evaluation.of(expression).value]),
  );
}
