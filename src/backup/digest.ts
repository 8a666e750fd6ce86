import { hash } from 'node:crypto';
import type { PortableRow, ValueKind } from '../database/index.js';
import { normalForm } from './normal-form.js';

export interface DigestColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

/** Words of 32 bits in a SHA-256. */
const WORDS = 8;

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function wordAt(bytes: string, at: number): number {
  const high = bytes.charCodeAt(at) * 2 ** 24;
  return high + (bytes.charCodeAt(at + 1) << 16) + (bytes.charCodeAt(at + 2) << 8) + bytes.charCodeAt(at + 3);
}

/**
 * The digest of a table's rows: the SHA-256 of each row's normal form, added up modulo 2^256. It does not depend on
 * the order of the rows, which engines do not have, nor on that of the columns; so it is the same in every engine.
 */
export class TableDigest {
  readonly #sum = new Uint32Array(WORDS);
  readonly #order: readonly { readonly index: number; readonly kind: ValueKind }[];
  #rows = 0;

  constructor(columns: readonly DigestColumn[]) {
    this.#order = columns
      .map(({ name, kind }, index) => ({ folded: name.toLowerCase(), name, kind, index }))
      // Two names may differ in nothing but their case.
      .sort((a, b) => compareTexts(a.folded, b.folded) || compareTexts(a.name, b.name));
  }

  add(row: PortableRow): void {
    const values = this.#order.map(({ index, kind }) => normalForm(kind, row[index] ?? null));
    // One character for each byte, which takes less time than a Buffer for each row.
    const bytes = hash('sha256', JSON.stringify(values), 'binary');
    let carry = 0;
    for (let word = WORDS - 1; word >= 0; word -= 1) {
      const sum = (this.#sum[word] as number) + wordAt(bytes, word * 4) + carry;
      this.#sum[word] = sum % 2 ** 32;
      carry = sum >= 2 ** 32 ? 1 : 0;
    }
    this.#rows += 1;
  }

  get rows(): number {
    return this.#rows;
  }

  /** 64 hex characters. */
  hex(): string {
    return [...this.#sum].map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}
