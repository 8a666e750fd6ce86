import stringWidth from 'string-width';

/** Letters and marks of one cell each that combine with nothing; © and ® are left out, which may be pictures. */
const plain = /^[\x20-\x7E\xA1-\xA8\xAA-\xAC\xAF-\u017F\u2010-\u2027]*$/;

/** Cells that a text takes in a terminal. Most text is plain, and needs no segmenting, which loads a part of ICU. */
export function cellsOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

/** As many characters as a width in terminal cells has room for. */
export function within(characters: Iterable<string>, width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += cellsOf(character);
    if (used > width) break;
    taken.push(character);
  }
  return taken;
}

/** A word in pieces of at most a width; a character that is wider by itself is a piece of its own. */
function pieces(word: string, width: number): string[] {
  const found: string[] = [];
  let rest = [...word];
  while (rest.length > 0) {
    const taken = Math.max(1, within(rest, width).length);
    found.push(rest.slice(0, taken).join(''));
    rest = rest.slice(taken);
  }
  return found;
}

/**
 * A text in lines of at most a width in terminal cells, nothing of it left out: broken at blanks, and inside of words
 * that are longer than a line.
 * @param width at least 1
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    const together = line === '' ? word : `${line} ${word}`;
    if (cellsOf(together) <= width) {
      line = together;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = pieces(word, width);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? '';
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}
