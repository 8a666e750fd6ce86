import type { Knex } from 'knex';
import type { Client as PgClient } from 'pg';
import { ToolError } from '../../../errors/index.js';
import { LINE_SUM_BITS, type RowChecks } from '../../column-sums.js';
import { quoteStandard } from '../../insert.js';
import { bytesOf, textOf } from '../../portable.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';
import { doubleBytes, hashNumber } from '../../value-hash.js';
import { besideSnapshot } from './beside.js';
import { lineExpression } from './line-expression.js';
import { arrayText, textExpression, timestampText } from './checked-forms.js';
import { timestampType } from './timestamp-type.js';

/** Hex digits of a row's SHA-256 that are added up. */
const DIGITS = 12;

/** A column in the text of a row. */
interface Form {
  readonly sql: string;
  text(value: Exclude<PortableValue, null>): string;
}

const isoText = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/;

const plainText = (value: PortableValue): string => textOf(value) ?? '';

function formOf({ name, kind, type }: ColumnFacts): Form {
  const column = quoteStandard(name);
  const [isTimestamp, zone] = timestampType.exec(type) ?? [];
  if (kind === 'binary') {
    return {
      sql: `encode(${column}, 'hex')`,
      text: (value) => (bytesOf(value) ?? Buffer.alloc(0)).toString('hex'),
    };
  }
  if (kind === 'float') {
    const sql = `encode(float8send(${column}::float8), 'hex')`;
    return { sql, text: (value) => doubleBytes(value).toString('hex') };
  }
  if (kind === 'boolean') return { sql: column, text: (value) => (value === true ? 't' : 'f') };
  if (kind === 'timestamp' && isTimestamp !== undefined) {
    const offset = zone === 'with' ? '+00' : '';
    return {
      sql: column,
      // What is no such time has been left as the server's own text.
      text: (value) => (isoText.test(plainText(value)) ? timestampText(value) + offset : plainText(value)),
    };
  }
  if (kind === 'timestamp' || kind === 'array' || type.startsWith('character(')) {
    return {
      sql: `case when num_nulls(${column}) = 0 then ${textExpression(column, kind, type)} end`,
      text: kind === 'timestamp' ? timestampText : kind === 'array' ? arrayText : plainText,
    };
  }
  return { sql: column, text: plainText };
}

/** What makes the server put a value of a row in quotation marks. */
const isQuoted = /["\\(), \t\n\v\f\r]/;

/** In quotation marks; those within and backslashes are doubled. JSON has many, and looking for texts is quickest. */
function quoted(text: string): string {
  const doubled = text.replaceAll('"', '""');
  return `"${doubled.includes('\\') ? doubled.replaceAll('\\', '\\\\') : doubled}"`;
}

/** A row in the server's own form for one, in which nothing runs into its neighbour. */
function rowText(forms: readonly Form[], row: readonly PortableValue[]): string {
  let text = '(';
  for (let index = 0; index < forms.length; index += 1) {
    if (index > 0) text += ',';
    const value = row[index];
    if (value === null || value === undefined) continue;
    const own = (forms[index] as Form).text(value);
    text += own === '' || isQuoted.test(own) ? quoted(own) : own;
  }
  return `${text})`;
}

/**
 * One hash for each row, which takes both sides a quarter of the time of one for each value: of the line of the backup
 * where the server can make it, else of the row as the server itself writes it.
 */
export function rowChecks(knex: Knex, source: string, columns: readonly ColumnFacts[]): RowChecks {
  const line = lineExpression(columns);
  if (line !== undefined)
    return sumsOf(knex, source, line, { from: 33 - LINE_SUM_BITS / 8, bits: LINE_SUM_BITS });
  const forms = columns.map(formOf);
  const row = `row(${forms.map(({ sql }) => sql).join(', ')})::text`;
  const sums = sumsOf(knex, source, row, { from: 1, bits: DIGITS * 4 });
  return { ...sums, hash: (values) => hashNumber(rowText(forms, values), DIGITS) };
}

/**
 * Always true, and seen to before a statement runs. The GNU C library gives large pieces of memory back to the system
 * whenever they are free, and takes them anew for the next row, until a larger one has been free: from then on a server
 * reads rows of 60 kB in a seventh of the time.
 */
const keepsMemory = `octet_length(repeat('x', 2097152)) > 0`;

/**
 * The server's sum of some bits of the SHA-256 of each row's text.
 * @param part the first of their bytes, counted from 1, and how many bits there are
 */
function sumsOf(
  knex: Knex,
  source: string,
  text: string,
  { from, bits }: { readonly from: number; readonly bits: number },
): Omit<RowChecks, 'hash'> {
  const digits = `encode(substr(sha256(convert_to(${text}, 'UTF8')), ${from}, ${bits / 8}), 'hex')`;
  const statement = `select sum(('x' || ${digits})::bit(${bits})::bigint)::text as sum from ${source}
    where ${keepsMemory}`;
  const sum = async (connection?: PgClient): Promise<string | null> => {
    const asked = knex.raw<{ rows: { sum: string | null }[] }>(statement);
    const { rows } = await (connection ? asked.connection(connection) : asked);
    return rows[0]?.sum ?? null;
  };
  return {
    sum: () => sum(),
    async begin() {
      const begun = await besideSnapshot(knex, sum);
      return (
        begun &&
        (() =>
          begun().catch((error: unknown) => {
            if (error instanceof ToolError && error.code === 'internal/interrupted') throw error;
            // Whatever keeps the other session from it, this one can do it as well; unless the run was told to stop.
            return sum();
          }))
      );
    },
  };
}
