import { quoteStandard } from '../../insert.js';
import type { ColumnFacts } from '../../schema-facts.js';

/** Bytes of a text up to which the engine writes it as JSON: with every character escaped it is far from the engine's limit. */
const MOST_TEXT = 4_000_000;

/** The largest whole number that stands in a line as a number. */
const MOST_WHOLE = Number.MAX_SAFE_INTEGER;

/** How the engine writes the values of a column as the decoder does. */
interface Form {
  /** In SQL: true for the values besides NULL that it writes so, else unknown or false. */
  readonly holds: string;
  /** What `json_array` makes that form of; NULL for NULL. */
  readonly value: string;
}

/**
 * The digits of a double, of which fifteen are enough for most: they mean the same double, so that they are the fewest
 * that do. Others, and those with an exponent, are left to the decoder.
 */
function digitsOf(column: string): Form {
  const text = `printf('%!.15g', ${column})`;
  return {
    holds: `cast(${text} as real) = ${column} and ${column} <> 0 and ${text} not glob '*[^-.0-9]*'`,
    // There is a point in it whatever it is.
    value: `rtrim(rtrim(${text}, '0'), '.')`,
  };
}

/** @param column in SQL */
function formOf(kind: ColumnFacts['kind'], column: string): Form | undefined {
  const type = `typeof(${column})`;
  const text = `${type} = 'text' and octet_length(${column}) <= ${MOST_TEXT}`;
  const digits = digitsOf(column);
  switch (kind) {
    case 'text':
    case 'json':
    case 'uuid':
    case 'date':
    case 'time':
    case 'array':
      return { holds: text, value: column };
    case 'timestamp':
      // Those of another form than that of Go's drivers are tagged.
      return { holds: `${text} and ${column} not glob '*T*Z'`, value: column };
    case 'integer':
      return {
        holds: `${type} = 'integer' and ${column} between -${MOST_WHOLE} and ${MOST_WHOLE}`,
        value: column,
      };
    case 'boolean':
      return {
        holds: `${type} = 'integer' and ${column} in (0, 1)`,
        value: `json(case ${column} when 1 then 'true' when 0 then 'false' end)`,
      };
    case 'decimal':
      return {
        holds: `(${type} = 'integer' or ${type} = 'real' and ${digits.holds})`,
        value: `iif(${type} = 'real', ${digits.value}, cast(${column} as text))`,
      };
    case 'float':
      return {
        holds: `${type} = 'real' and ${digits.holds}`,
        value: `json(iif(${type} = 'real', ${digits.value}, null))`,
      };
    case 'binary':
      return undefined;
  }
}

/** SQL for lines that the engine makes by itself. */
export interface LineQuery {
  /** The line of a row, its end not included; a text that is no valid UTF-8 stays as it is. */
  readonly line: string;
  /** True for the rows that have such a line; never unknown. */
  readonly holds: string;
}

/**
 * SQL for the line of a row, whatever it holds: of a value of another form it may be wrong, and of bytes there is none.
 * @param names the columns in SQL
 */
export function anyLine(columns: readonly ColumnFacts[], names: readonly string[]): string {
  const values = columns.map(({ kind }, index) => formOf(kind, names[index] as string)?.value ?? 'null');
  return `json_array(${values.join(', ')})`;
}

/**
 * How the engine writes the rows of a table as a backup has them, which takes a quarter of the time of reading values.
 * Only for files that keep texts in UTF-8.
 * @returns undefined where a column has values that it cannot write so
 */
export function lineQuery(columns: readonly ColumnFacts[]): LineQuery | undefined {
  // What an expression computes may say of itself that it is JSON, and would stand in the line as such.
  if (columns.length === 0 || columns.some(({ generated }) => generated)) return undefined;
  const names = columns.map(({ name }) => quoteStandard(name));
  const forms = columns.map(({ kind }, index) => formOf(kind, names[index] as string));
  if (!forms.every((form) => form !== undefined)) return undefined;
  return {
    line: `json_array(${forms.map(({ value }) => value).join(', ')})`,
    holds: `(${forms.map(({ holds }, index) => `(${names[index] ?? ''} is null or ${holds})`).join(' and ')}) is true`,
  };
}
