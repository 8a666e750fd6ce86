import { keptBytes, keptText } from './tds-kept-texts.js';
import { keptBit, keptDecimal, keptFloat, keptInteger, keptMoney } from './tds-kept-numbers.js';
import { keptMoment } from './tds-kept-times.js';
import { assertGoesInto, type Sent } from './tds-sent.js';
import type { TdsColumnType } from './tds-types.js';
import { TdsFault } from './tds-faults.js';

/** Where a value goes. */
export interface TdsColumn extends TdsColumnType {
  readonly name: string;
  /** As the server names it, `tmi.dbo.t`. */
  readonly table: string;
  /** Of the database, by which a text that is too long is told of. */
  readonly compatibility: number;
}

function keptGuid(text: string): string {
  // What follows the last digit is cut off.
  const [, digits] = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(text) ?? [];
  if (digits === undefined)
    throw new TdsFault(
      8169,
      'Conversion failed when converting from a character string to uniqueidentifier.',
    );
  return digits.toUpperCase();
}

/**
 * A value as a column of a server keeps it.
 * @throws TdsFault with the server's number for a value that the column does not take
 */
export function kept(sent: Sent, column: TdsColumn): unknown {
  const { base } = column;
  assertGoesInto(sent, base);
  if (sent.value === null) return null;
  switch (base) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return keptInteger(sent, base);
    case 'bit':
      return keptBit(sent);
    case 'decimal':
    case 'numeric':
      return keptDecimal(sent, column);
    case 'money':
    case 'smallmoney':
      return keptMoney(sent, base);
    case 'float':
    case 'real':
      return keptFloat(sent, base);
    case 'uniqueidentifier':
      return keptGuid(String(sent.value));
    case 'xml':
      // Spaces between elements go, unless CONVERT was told to keep them.
      return sent.type === 'xml' ? sent.value : String(sent.value).replace(/>\s+</g, '><');
    case 'hierarchyid':
      return sent.value;
    case 'binary':
    case 'varbinary':
    case 'image':
      return keptBytes(sent, column);
    default:
      return /char|text/.test(base) ? keptText(sent, column) : keptMoment(sent, column);
  }
}
