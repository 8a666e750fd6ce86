import { quoteStandard } from '../../insert.js';
import type { ColumnFacts } from '../../schema-facts.js';
import { formsOf, type Form } from './json-lines.js';
import { escapeLiteral } from './literal.js';
import { timestampType } from './timestamp-type.js';

/** Arguments of one call of a function: no more than 100 in all servers. */
const MOST_ARGUMENTS = 90;

/** The server's types whose text is sure to be that of their output function, though it may be asked for otherwise. */
const plainText = /^(?:text|character varying(?:\(\d+\))?)$/;
const plainWhole = /^(?:smallint|integer|oid)$/;

/** What stands before and behind a value of a line, and the expression for what is between. */
interface Piece {
  readonly quote: '"' | '';
  readonly sql: string;
}

/**
 * A point in time as ISO text in UTC, as the session's zone is: at least three digits of a second, and no zeros behind
 * them. That nearly all have three is seen without a second text of theirs.
 */
function timeExpression(column: string, type: string): string {
  const text = `(${column})::timestamp::text`;
  const hundredths = `${column}::${timestampType.exec(type)?.[1] === 'with' ? 'timestamptz' : 'timestamp'}(2)`;
  const zeros = `case octet_length(${text}) when 19 then '.000Z' when 21 then '00Z' when 22 then '0Z' else 'Z' end`;
  // Others are left as the server writes them.
  return `case when ${column} >= '0001-01-01' and ${column} < '10000-01-01'
    then replace(${text}, ' ', 'T') || case when ${hundredths} <> ${column} then 'Z' else ${zeros} end
    else ${column}::text end`;
}

/** A value in JSON, by an expression of text or JSON that is NULL for NULL. */
function pieceOf(column: string, form: Form, { kind, type }: ColumnFacts): Piece {
  const text = `${column}::text`;
  switch (form) {
    case 'whole': {
      const whole = `case when ${column} between -9007199254740991 and 9007199254740991
        then ${text} else '"' || ${text} || '"' end`;
      return { quote: '', sql: plainWhole.test(type) ? text : whole };
    }
    case 'truth':
      return { quote: '', sql: `case when ${column} then 'true' when not ${column} then 'false' end` };
    case 'time':
      return { quote: '"', sql: timeExpression(column, type) };
    case 'digits':
      return { quote: '"', sql: text };
    case 'text':
      if (kind === 'uuid' || kind === 'time') return { quote: '"', sql: text };
      if (kind === 'json' || plainText.test(type)) return { quote: '', sql: `to_json(${text})` };
      // The text of the output function, whatever casts to text there are besides.
      return {
        quote: '',
        sql: `case when num_nulls(${column}) = 0 then to_json(format('%s', ${column})) end`,
      };
  }
}

/**
 * The line of a backup that the server makes of a row by itself; undefined where a column has values that it writes
 * otherwise.
 */
export function lineExpression(columns: readonly ColumnFacts[]): string | undefined {
  const forms = formsOf(columns);
  if (!forms) return undefined;
  const list: string[] = [];
  // What stands between two values is put together here, and not once more for every row.
  let between = '[';
  for (const [index, column] of columns.entries()) {
    const { quote, sql } = pieceOf(quoteStandard(column.name), forms[index] as Form, column);
    if (column.nullable) {
      const value = quote === '' ? sql : `${escapeLiteral(quote)} || ${sql} || ${escapeLiteral(quote)}`;
      list.push(escapeLiteral(between), `coalesce(${value}, 'null')`);
      between = ',';
    } else {
      list.push(escapeLiteral(between + quote), sql);
      between = `${quote},`;
    }
  }
  list.push(escapeLiteral(`${between.slice(0, -1)}]`));
  // Each call copies a large value twice, which takes longer than its hash: one of them where there can be one.
  const calls = [];
  for (let at = 0; at < list.length; at += MOST_ARGUMENTS) {
    calls.push(`concat(${list.slice(at, at + MOST_ARGUMENTS).join(', ')})`);
  }
  return calls.length === 1 ? calls[0] : `concat(${calls.join(', ')})`;
}
