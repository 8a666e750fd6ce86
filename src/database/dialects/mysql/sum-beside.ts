import { crc32 } from 'node:zlib';
import type { Knex } from 'knex';
import { ExactSum, type CheckBeside } from '../../column-sums.js';
import { isWide } from '../../portable.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from '../../schema-facts.js';
import type { RowBlock } from '../../row-blocks.js';
import { LINE_FEED } from '../../line-bytes.js';
import { ComparedLines } from './compared-lines.js';
import { comparedExpression, comparedForm } from './compared-forms.js';
import { quote } from './quote.js';

/** Characters that hardly stand in a value: between two of them, and in place of none. */
const [SEPARATOR, NOTHING] = ['\u001f', '\u0001'];

/** Bytes up to which a long text stands in that of its row: the server has a limit for a text that it makes. */
const MOST_IN_ROW = 1000;

/** Rows from which on it pays to ask the server how it keeps texts. */
const MANY_ROWS = 1000;

/** Kinds whose values are texts in a set of characters of the column. */
const texts: ReadonlySet<ColumnFacts['kind']> = new Set(['text', 'json']);

type Part = 'itself' | 'itself where it is short' | 'its sum';

/** What of a column's value stands in the text of its row. */
function partOf({ kind, type }: ColumnFacts): Part {
  if (kind === 'binary') return 'its sum';
  return isWide(kind) && !/^(?:(?:var)?char|enum|set)\(/.test(type) ? 'itself where it is short' : 'itself';
}

/** @param isUtf8 the server keeps texts of the column in the bytes that are compared, and need not convert them */
function expressionIn(column: ColumnFacts, isUtf8: boolean): string {
  const compared = isUtf8 ? quote(column.name) : comparedExpression(column);
  const sum = `crc32(${compared})`;
  const part = {
    itself: compared,
    'itself where it is short': `if(octet_length(${compared}) > ${MOST_IN_ROW}, ${sum}, ${compared})`,
    'its sum': sum,
  }[partOf(column)];
  return `ifnull(${part}, '${NOTHING}')`;
}

function textIn(column: ColumnFacts): (value: PortableValue | undefined) => string {
  const form = comparedForm(column);
  const part = partOf(column);
  const isSummed = (text: string | Buffer): boolean =>
    part !== 'itself' && (part === 'its sum' || Buffer.byteLength(text) > MOST_IN_ROW);
  // Taken once: what a part of Node.js holds that is loaded when it is used is looked up at every use.
  const sum = crc32;
  return (value) => {
    if (value === null || value === undefined) return NOTHING;
    const compared = form(value);
    if (compared === undefined) return NOTHING;
    return isSummed(compared) ? String(sum(compared)) : String(compared);
  };
}

type Rows = [Record<string, unknown>[]];

/** @param sql without bindings, so that a question mark in a name is one */
async function firstRow(knex: Knex, sql: string): Promise<Record<string, unknown> | undefined> {
  return ((await knex.raw(sql)) as Rows)[0][0];
}

/** Columns of a table whose texts the server keeps in UTF-8. */
async function utf8Columns(knex: Knex, table: string): Promise<ReadonlySet<string>> {
  const [rows] = (await knex.raw(
    `select column_name as name from information_schema.columns where table_schema = database() and table_name = ?
       and character_set_name in ('utf8mb4', 'utf8mb3', 'utf8')`,
    [table],
  )) as Rows;
  return new Set(rows.map(({ name }) => String(name)));
}

/**
 * A sum over all rows that the server adds up while it sends them: each row's text, made of all columns, counts as the
 * sum of its bytes. Only on MariaDB: MySQL is about to give up variables in a list of columns.
 */
export class SumBeside implements CheckBeside {
  readonly #texts: readonly ((value: PortableValue | undefined) => string)[];
  readonly #lines: ComparedLines | undefined;
  readonly #crc32 = crc32;
  #own = new ExactSum();
  #rows = 0;
  #utf8: ReadonlySet<string> = new Set();

  constructor(
    private readonly knex: Knex,
    private readonly table: TableFacts,
    private readonly columns: readonly ColumnFacts[],
  ) {
    this.#texts = columns.map(textIn);
    this.#lines = ComparedLines.of(columns, {
      separator: SEPARATOR.charCodeAt(0),
      nothing: NOTHING.charCodeAt(0),
      most: columns.map((column) => (partOf(column) === 'itself' ? Infinity : MOST_IN_ROW)),
    });
  }

  async begin(): Promise<boolean> {
    [this.#own, this.#rows] = [new ExactSum(), 0];
    if (this.columns.length === 0) return false;
    const sql = 'select 0 /*M! + 1 + (@tmi_sum := 0) + (@tmi_rows := 0) */ as able';
    if (Number((await firstRow(this.knex, sql))?.['able']) !== 1) return false;
    if (this.table.estimatedRows >= MANY_ROWS) this.#utf8 = await utf8Columns(this.knex, this.table.name);
    return true;
  }

  /** SQL that adds a row to the sum; what it gives says nothing. */
  get selected(): string {
    // With bytes between them, texts need have no order in common.
    const values = this.columns.map((column) =>
      expressionIn(column, texts.has(column.kind) && this.#utf8.has(column.name)),
    );
    const text = `concat_ws(x'${Buffer.from(SEPARATOR).toString('hex')}', ${values.join(', ')})`;
    return `(@tmi_sum := @tmi_sum + crc32(${text})) + (@tmi_rows := @tmi_rows + 1) is null`;
  }

  add({ lines, rows }: RowBlock): void {
    if (rows) for (const row of rows) this.#add(row);
    else this.#addLines(lines);
  }

  #addLines(lines: Buffer): void {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(LINE_FEED, start);
      const text = this.#lines?.text(lines, start, end);
      if (text) this.#addText(text);
      else this.#add(JSON.parse(lines.toString('utf8', start, end)) as PortableRow);
      start = end + 1;
    }
  }

  #add(row: PortableRow): void {
    let text = '';
    for (let index = 0; index < this.#texts.length; index += 1) {
      const part = (this.#texts[index] as (value: PortableValue | undefined) => string)(row[index]);
      text = index === 0 ? part : text + SEPARATOR + part;
    }
    this.#addText(text);
  }

  #addText(text: string | Buffer): void {
    this.#own.add(this.#crc32(text));
    this.#rows += 1;
  }

  async isSame(): Promise<boolean> {
    const count = `(select count(*) from ${quote(this.table.name)})`;
    const said = await firstRow(
      this.knex,
      `select @tmi_sum as \`sum\`, @tmi_rows as sent, ${count} as \`all\``,
    );
    const rows = [Number(said?.['sent']), Number(said?.['all'])];
    return rows.every((each) => each === this.#rows) && String(said?.['sum']) === String(this.#own.value);
  }
}
