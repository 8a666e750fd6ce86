import { isDigit, MINUS, SAFE_DIGITS, ZERO } from './line-bytes.js';

/** What stands behind a backslash, and the byte that it means; 0 for others. */
export const escaped = Uint8Array.from({ length: 0x80 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  return '"\\bfnrt'.includes(letter) ? (JSON.parse(`"\\${letter}"`) as string).charCodeAt(0) : 0;
});

/** True where the bytes of that word stand. */
export function standsAt(bytes: Buffer, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Where a whole number ends that is written the same again, in JSON and by every engine.
 * @returns -1 for anything else: zeros before other digits, a zero below zero, more digits than a double surely holds
 */
export function wholeNumberEnd(bytes: Buffer, start: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = first;
  while (isDigit(bytes[at])) at += 1;
  const digits = at - first;
  if (digits === 0 || digits > SAFE_DIGITS) return -1;
  return bytes[first] === ZERO && at - start > 1 ? -1 : at;
}
