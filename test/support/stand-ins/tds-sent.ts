import { TdsFault } from './tds-faults.js';

/** A value with the type that it has in a statement, `null` for the word itself. */
export interface Sent {
  readonly type: string;
  readonly value: string | bigint | number | Buffer | null;
}

const whole = 'tinyint smallint int bigint bit';
const numeric = `${whole} decimal numeric float real`;
const texts = 'char varchar nchar nvarchar text ntext';

/** Which types take values of others by themselves, as far as statements of the tool could send them. */
const takes: Readonly<Record<string, string>> = {
  nvarchar: `${numeric} ${texts} uniqueidentifier xml date time datetime smalldatetime datetime2 datetimeoffset`,
  varbinary: 'binary varbinary image',
  ...Object.fromEntries(whole.split(' ').map((type) => [type, `${numeric} money smallmoney ${texts}`])),
  float: `${numeric} money smallmoney`,
  real: `${numeric} money smallmoney`,
};

/** Pairs that need CONVERT; of all others the server says that they do not go together at all. */
const needsConvert =
  /^nvarchar (binary|varbinary|(small)?money)$|^(float|real) (binary|varbinary|n?(var)?char)$/;

/**
 * A NULL has its type, too, and does not go into every column.
 * @throws TdsFault 257 and 206 for a type that a column does not take by itself
 */
export function assertGoesInto({ type }: Sent, base: string): void {
  if (type === 'null' || type === base || takes[type]?.split(' ').includes(base) === true) return;
  throw needsConvert.test(`${type} ${base}`)
    ? new TdsFault(257, `Implicit conversion from data type ${type} to ${base} is not allowed.`)
    : new TdsFault(206, `Operand type clash: ${type} is incompatible with ${base}`);
}
