import { COLLATION } from './tds-answers.js';
import { demandLength, TdsProtocolFault } from './tds-faults.js';
import { wideText, type TdsReader } from './tds-reader.js';

/** A value with the type that it was announced as, in the words of a declaration. */
export interface TdsValue {
  readonly value: unknown;
  /** `nvarchar`, `varbinary`, `bigint`, … */
  readonly type: string;
}

/** The length that stands for `max`. */
const MAX = 0xffff;
/** The number of bytes of an announced type of limited length. */
const LONGEST = 8000;
const UNKNOWN_TOTAL = 0xff_ff_ff_ff_ff_ff_ff_fen;
const NULL_TOTAL = 0xff_ff_ff_ff_ff_ff_ff_ffn;

/** A value in parts: their total where it is known, then each with its length, then an empty one. */
function inParts(reader: TdsReader): Buffer | null {
  const total = reader.bytes(8).readBigUInt64LE();
  if (total === NULL_TOTAL) return null;
  const parts: Buffer[] = [];
  for (let length = reader.int(); length > 0; length = reader.int()) parts.push(reader.bytes(length));
  const whole = Buffer.concat(parts);
  demandLength(
    total === UNKNOWN_TOTAL || total === BigInt(whole.length),
    `${whole.length} bytes in parts, ${total} announced`,
  );
  return whole;
}

/** @param limit the type's own length in bytes, which its values do not exceed */
function limited(reader: TdsReader, limit: number): Buffer | null {
  if (limit === MAX) return inParts(reader);
  const length = reader.short();
  if (length === MAX) return null;
  demandLength(length <= limit, `a value of ${length} bytes in a type of ${limit}`);
  return reader.bytes(length);
}

function announced(reader: TdsReader): number {
  const limit = reader.short();
  demandLength(limit === MAX || (limit > 0 && limit <= LONGEST), `a type of ${limit} bytes`);
  return limit;
}

/** A value of one of the lengths that a type has, or of none for NULL. */
function fixed(reader: TdsReader, sizes: readonly number[]): Buffer {
  const size = reader.byte();
  demandLength(sizes.includes(size), `a type of ${size} bytes`);
  const length = reader.byte();
  demandLength(length === 0 || length === size, `a value of ${length} bytes in a type of ${size}`);
  return reader.bytes(length);
}

const integers: Readonly<Record<number, string>> = { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' };

/**
 * Reads the type of a parameter and its value, as section 2.2.5.4 of MS-TDS has them.
 * @throws TdsProtocolFault for lengths that are not those of the type, and for types that the driver does not send
 */
export function readValue(reader: TdsReader): TdsValue {
  const id = reader.byte();
  switch (id) {
    case 0xe7: {
      const limit = announced(reader);
      demandLength(limit === MAX || limit % 2 === 0, `characters in ${limit} bytes`);
      demandLength(reader.bytes(COLLATION.length).equals(COLLATION), 'a collation that is not the server’s');
      const bytes = limited(reader, limit);
      return { type: 'nvarchar', value: bytes === null ? null : wideText(bytes) };
    }
    case 0xa5:
      return { type: 'varbinary', value: limited(reader, announced(reader)) };
    case 0x26: {
      const bytes = fixed(reader, [1, 2, 4, 8]);
      const type = integers[bytes.length] ?? 'int';
      if (bytes.length === 0) return { type, value: null };
      if (bytes.length === 8) return { type, value: bytes.readBigInt64LE() };
      return { type, value: bytes.length === 1 ? bytes.readUInt8() : bytes.readIntLE(0, bytes.length) };
    }
    case 0x68: {
      const bytes = fixed(reader, [1]);
      demandLength((bytes[0] ?? 0) < 2, `a bit of ${String(bytes[0])}`);
      return { type: 'bit', value: bytes.length === 0 ? null : bytes[0] === 1 };
    }
    case 0x6d: {
      const bytes = fixed(reader, [4, 8]);
      if (bytes.length === 0) return { type: 'float', value: null };
      const value = bytes.length === 4 ? bytes.readFloatLE() : bytes.readDoubleLE();
      demandLength(Number.isFinite(value), `a float that is ${value}`);
      return { type: bytes.length === 4 ? 'real' : 'float', value };
    }
    default:
      throw new TdsProtocolFault(8009, `Unknown data type ${id}`);
  }
}
