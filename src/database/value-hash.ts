import { hash } from 'node:crypto';
import { textOf } from './portable.js';
import type { PortableValue } from './schema-facts.js';

/** The first hex digits of the SHA-256 of what stands for a value, as a number. Eight digits stay below 2^32. */
export const hashNumber = (bytes: string | Buffer, digits = 8): number =>
  parseInt(hash('sha256', bytes, 'hex').slice(0, digits), 16);

/** The eight bytes of a double, the first one first, as engines show them. */
export function doubleBytes(value: PortableValue): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(Number(textOf(value)));
  return bytes;
}
