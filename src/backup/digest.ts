import type { PortableRow, ValueKind } from '../database/index.js';
import { normalForm } from './normal-form.js';
import { RowSum } from './row-sum.js';

export interface DigestColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The digest of a table's rows: the SHA-256 of each row's normal form, added up modulo 2^256. It does not depend on
 * the order of the rows, which engines do not have, nor on that of the columns; so it is the same in every engine.
 */
export class TableDigest {
  readonly #sum = new RowSum();
  readonly #order: readonly { readonly index: number; readonly kind: ValueKind }[];

  constructor(columns: readonly DigestColumn[]) {
    this.#order = columns
      .map(({ name, kind }, index) => ({ folded: name.toLowerCase(), name, kind, index }))
      // Two names may differ in nothing but their case.
      .sort((a, b) => compareTexts(a.folded, b.folded) || compareTexts(a.name, b.name));
  }

  add(row: PortableRow): void {
    const values = this.#order.map(({ index, kind }) => normalForm(kind, row[index] ?? null));
    this.#sum.add(JSON.stringify(values));
  }

  get rows(): number {
    return this.#sum.rows;
  }

  /** 64 hex characters. */
  hex(): string {
    return this.#sum.hex();
  }
}
