import type { ColumnFacts, PortableValue, RowBlock } from '../database/index.js';
import { lineRanges } from './lines.js';
import { valuesAt } from './line-values.js';

/**
 * Keys of a table that are remembered, those of its primary key and of all others together: a few megabytes. Of more
 * rows it is said that no more were compared.
 */
const MOST_KEYS = 100_000;

/** What no collation takes for another text, but itself: nearly every key, and each row is looked at. */
const plain = /^(?:[ -@[-~]*[!-@[-~])?$/;

/** Letters that collations without accents take for others, though they are not made of them. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** A text as a server sees it to which case, accents and blanks at the end are nothing. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßøłđæœı]/g, (letter) => letters[letter] ?? letter)
    .replace(/ +$/, '');
}

/** A number of 53 bits for a text; the text itself would hold a whole batch of rows in memory. */
function numberOf(text: string): number {
  let [high, low] = [0x2545f491, 0x9e3779b9];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ (low >>> 15) ^ unit, 0x85ebca6b);
  }
  low ^= low >>> 13;
  high ^= high >>> 16;
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

/** Finds keys of one table that are one key where case, accents or blanks at the end do not count. */
export class AlikeKeys {
  readonly #places: readonly number[];
  readonly #hasTexts: boolean;
  readonly #seen = new Set<number>();
  #isPlain = true;
  #alike = 0;
  #rows = 0;

  /** @param key names of its columns */
  constructor(
    private readonly table: string,
    columns: readonly ColumnFacts[],
    private readonly key: readonly string[],
    private readonly most = MOST_KEYS,
  ) {
    this.#places = key.map((name) => columns.findIndex((column) => column.name === name));
    this.#hasTexts = this.#places.some((place) => columns[place]?.kind === 'text');
  }

  /** Which of the columns are looked at. */
  get places(): readonly number[] {
    return this.#hasTexts ? this.#places : [];
  }

  /** @param row values at these places, and perhaps others */
  add(row: readonly (PortableValue | undefined)[]): void {
    if (!this.#hasTexts) return;
    let [text, isPlain] = ['', true];
    for (let index = 0; index < this.#places.length; index += 1) {
      const value = row[this.#places[index] as number] ?? null;
      // Of rows with a NULL there may be any number.
      if (value === null) return;
      if (index > 0) text += '\0';
      if (typeof value !== 'string') text += JSON.stringify(value);
      else if (plain.test(value)) text += value;
      else {
        isPlain = false;
        text += folded(value);
      }
    }
    this.#rows += 1;
    if (!isPlain) this.#isPlain = false;
    if (this.#rows > this.most) return;
    const { size } = this.#seen;
    if (this.#seen.add(numberOf(text)).size === size) this.#alike += 1;
  }

  /** `notes.code: keys that …`; nothing where no server takes two of them for one. */
  texts(): string[] {
    if (this.#isPlain) return [];
    const where = `${this.table}.${this.key.length === 1 ? (this.key[0] ?? '') : `(${this.key.join(', ')})`}`;
    const differ = 'differ in case, accents or blanks at their end alone';
    return [
      ...(this.#alike > 0
        ? [`${where}: keys that ${differ}, which are one key where those do not count`]
        : []),
      ...(this.#rows > this.most
        ? [`${where}: whether keys ${differ} was looked at in the first ${this.most} rows only`]
        : []),
    ];
  }
}

/** The same for all keys of a table. */
export class TableKeys {
  readonly #keys: readonly AlikeKeys[];
  readonly #places: readonly number[];

  /** @param keys columns of its primary key, which may be none, and of its unique keys */
  constructor(
    table: string,
    columns: readonly ColumnFacts[],
    [primary = [], ...unique]: readonly (readonly string[])[],
    most = MOST_KEYS,
  ) {
    const isText = (name: string): boolean =>
      columns.some((column) => column.name === name && column.kind === 'text');
    const others = unique.filter((key) => key.some(isText) && key.join('\0') !== primary.join('\0'));
    const share = Math.floor(most / others.length);
    this.#keys = [
      new AlikeKeys(table, columns, primary, most),
      ...others.map((key) => new AlikeKeys(table, columns, key, share)),
    ];
    const places = new Set(this.#keys.flatMap((key) => key.places));
    this.#places = [...places].sort((a, b) => a - b);
  }

  /** @param lines each with its end; `rows` in them have been made values of already */
  add({ lines, rows }: Pick<RowBlock, 'lines' | 'rows'>): void {
    if (this.#places.length === 0) return;
    if (rows) for (const row of rows) this.#add(row);
    else for (const [start] of lineRanges(lines)) this.#add(valuesAt(lines, start, this.#places));
  }

  #add(row: readonly (PortableValue | undefined)[]): void {
    for (const key of this.#keys) key.add(row);
  }

  texts(): string[] {
    return this.#keys.flatMap((key) => key.texts());
  }
}
