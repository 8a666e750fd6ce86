import { ToolError } from '../../../errors/index.js';
import { isoInstant } from '../../instant.js';
import { bytesOf, isTagged, portableFloat, portableInteger, textOf, truthOf } from '../../portable.js';
import type { ColumnFacts, PortableValue, ValueKind } from '../../schema-facts.js';

/** What the driver gives when integers come as bigint. */
export type Stored = null | bigint | number | string | Uint8Array;

const textKinds: ReadonlySet<ValueKind> = new Set([
  'text',
  'timestamp',
  'json',
  'uuid',
  'date',
  'time',
  'array',
]);

const decimalText = /^-?\d+(\.\d+)?$/;

function tagged(value: Exclude<Stored, null>): PortableValue {
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number') return { float: portableFloat(value) };
  return typeof value === 'string' ? { text: value } : { binary: Buffer.from(value).toString('base64') };
}

/** The form in which Go's drivers write points in time. */
function timestampText(text: string): string {
  if (!/T.*Z$/.test(text)) return text;
  const iso = isoInstant(text);
  return iso === undefined ? text : iso.replace('T', ' ').replace('Z', '+00:00');
}

/** A value as its column's kind has it; what does not fit the kind says what it is. */
export function decode(value: Stored, kind: ValueKind): PortableValue {
  if (value === null) return null;
  // A point in time in another form than that of Go's drivers keeps it, here where it is but a text.
  if (kind === 'timestamp' && typeof value === 'string' && timestampText(value) !== value)
    return tagged(value);
  if (typeof value === 'string' && textKinds.has(kind)) return value;
  if (typeof value === 'bigint') {
    if (kind === 'integer') return portableInteger(String(value));
    if (kind === 'boolean' && (value === 0n || value === 1n)) return value === 1n;
    if (kind === 'decimal') return String(value);
  }
  if (typeof value === 'number') {
    if (kind === 'float') return portableFloat(value);
    // The shortest text of a double, as long as that is no exponent.
    if (kind === 'decimal' && decimalText.test(String(value))) return String(value);
  }
  if (typeof value === 'string' && kind === 'decimal' && decimalText.test(value)) return value;
  if (kind === 'binary' && typeof value === 'object') return Buffer.from(value).toString('base64');
  return tagged(value);
}

function untag(value: PortableValue): Stored | undefined {
  if (!isTagged(value)) return undefined;
  if ('integer' in value) return BigInt(value.integer);
  if ('float' in value) return Number(value.float);
  if ('text' in value) return value.text;
  return 'binary' in value ? Buffer.from(value.binary, 'base64') : undefined;
}

const INTEGER_BITS = 64;

/** @throws ToolError `database/constraint` for a number that SQLite would keep as a rounded one */
function integerOf(text: string, column: string): bigint {
  const number = BigInt(text);
  if (number === BigInt.asIntN(INTEGER_BITS, number)) return number;
  throw new ToolError(
    'database/constraint',
    `A whole number of the column ${column} lies outside of -2^63 to 2^63-1, which is what SQLite keeps`,
    { hint: 'Let the column be of a type with TEXT in its name, which keeps every digit.' },
  );
}

/** What to bind. Numbers without a fraction are bound as bigint: the driver stores a number as a real. */
export function encode(value: PortableValue, { kind, name }: ColumnFacts): Stored {
  if (value === null) return null;
  const plain = untag(value);
  if (plain !== undefined) return plain;
  switch (kind) {
    case 'integer': {
      if (typeof value === 'boolean') return value ? 1n : 0n;
      const text = textOf(value) ?? '';
      return /^-?\d+$/.test(text) ? integerOf(text, name) : text;
    }
    case 'boolean': {
      const truth = truthOf(value);
      return truth === null ? textOf(value) : truth ? 1n : 0n;
    }
    case 'binary':
      return bytesOf(value);
    case 'float':
      return Number(value);
    case 'timestamp':
      return timestampText(textOf(value) ?? '');
    case 'decimal':
    case 'text':
    case 'date':
    case 'time':
    case 'uuid':
    case 'json':
    case 'array':
      return textOf(value);
  }
}
