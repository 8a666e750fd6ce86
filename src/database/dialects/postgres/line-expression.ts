import { quoteStandard } from '../../insert.js';
import type { ColumnFacts } from '../../schema-facts.js';
import { formsOf, type Form } from './json-lines.js';

/** Values that one call of a function takes: no more than 100 in all servers. */
const MOST_VALUES = 90;

/** The server's types whose text is sure to be that of their output function, though it may be asked for otherwise. */
const plainText = /^(?:text|character varying(?:\(\d+\))?)$/;
const plainWhole = /^(?:smallint|integer|oid)$/;

/** A point in time as ISO text in UTC, as the session's zone is: at least three digits of a second, and no zeros behind them. */
function timeExpression(column: string): string {
  const text = `(${column})::timestamp::text`;
  const zeros = `case octet_length(${text}) when 19 then '.000' when 21 then '00' when 22 then '0' else '' end`;
  // Others are left as the server writes them.
  return `case when ${column} >= '0001-01-01' and ${column} < '10000-01-01'
    then '"' || replace(${text}, ' ', 'T') || ${zeros} || 'Z"' else '"' || ${column}::text || '"' end`;
}

/** A value in JSON, by an expression of text or JSON that is NULL for NULL. */
function valueExpression(column: string, form: Form, { kind, type }: ColumnFacts): string {
  const text = `${column}::text`;
  switch (form) {
    case 'whole':
      return plainWhole.test(type)
        ? text
        : `case when ${column} between -9007199254740991 and 9007199254740991 then ${text} else '"' || ${text} || '"' end`;
    case 'truth':
      return `case when ${column} then 'true' when not ${column} then 'false' end`;
    case 'time':
      return timeExpression(column);
    case 'digits':
      return `'"' || ${text} || '"'`;
    case 'text':
      if (kind === 'uuid' || kind === 'time') return `'"' || ${text} || '"'`;
      if (kind === 'json' || plainText.test(type)) return `to_json(${text})`;
      // The text of the output function, whatever casts to text there are besides.
      return `case when num_nulls(${column}) = 0 then to_json(format('%s', ${column})) end`;
  }
}

/** The same expressions, the first and the last with the brackets around them all. */
function bracketed([first = '', ...rest]: readonly string[]): readonly string[] {
  const last = rest.pop();
  return last === undefined
    ? [`concat('[', ${first}, ']')`]
    : [`concat('[', ${first})`, ...rest, `concat(${last}, ']')`];
}

/**
 * The line of a backup that the server makes of a row by itself; undefined where a column has values that it writes
 * otherwise.
 */
export function lineExpression(columns: readonly ColumnFacts[]): string | undefined {
  const forms = formsOf(columns);
  if (!forms) return undefined;
  const values = columns.map(
    (column, index) =>
      `coalesce(${valueExpression(quoteStandard(column.name), forms[index] as Form, column)}, 'null')`,
  );
  const groups = [];
  for (let at = 0; at < values.length; at += MOST_VALUES) {
    groups.push(values.slice(at, at + MOST_VALUES).join(', '));
  }
  // Each call copies a large value twice, which takes longer than its hash: one of them where there can be one.
  return groups.length === 1
    ? `concat_ws(',', ${bracketed(values).join(', ')})`
    : `concat('[', ${groups.map((group) => `concat_ws(',', ${group})`).join(`, ',', `)}, ']')`;
}
