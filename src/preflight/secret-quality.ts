/** Bits of information by the frequency of characters: an upper bound of what a guesser has to find out. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...text].length;
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / length);
  return bits;
}

/** True for a text made of one part again and again, such as `abcabcabc`. */
export function isRepetition(text: string): boolean {
  return text.length > 3 && smallestPeriod(text) <= text.length / 2;
}

/** Length of the shortest beginning that, repeated and cut off, gives the text. */
function smallestPeriod(text: string): number {
  const borders = [0];
  for (let i = 1, length = 0; i < text.length; i++) {
    while (length > 0 && text[i] !== text[length]) length = borders[length - 1] ?? 0;
    if (text[i] === text[length]) length++;
    borders.push(length);
  }
  return text.length - (borders.at(-1) ?? 0);
}

/** True when characters follow each other in their order, as in `abcdefgh` and `12345678`. */
export function isSequence(text: string): boolean {
  let inOrder = 0;
  for (let i = 1; i < text.length; i++) {
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) === 1) inOrder++;
  }
  return text.length > 3 && inOrder >= (text.length - 1) * 0.8;
}

/** Bits below which a key of 32 random bytes in any usual encoding never falls. */
export const LEAST_BITS = 96;
