import type { RowBlock } from './row-blocks.js';
import type { ColumnFacts, PortableRow, PortableValue } from './schema-facts.js';

/** One number for a value as it was read, below 2^33; nothing for NULL. */
export type ValueHash = (value: Exclude<PortableValue, null>) => number;

/**
 * A second way from the rows to a number, which shares nothing with the first: the engine computes a sum over the text
 * of each column by itself, in the same state of the database.
 */
export interface ColumnChecks {
  /** For each column how its values are hashed here; undefined where the engine has no form to compare. */
  readonly hashes: readonly (ValueHash | undefined)[];
  /** The engine's own sums of the columns that have a hash, in decimal; null where all of them are NULL. */
  sums(this: void): Promise<readonly (string | null)[]>;
  /** A quicker way that says of a table whether all of it was read as it is: by one hash for each row. */
  readonly rows?: RowChecks | undefined;
  /** The same without a second scan of the table; left out where the engine has neither. */
  readonly beside?: CheckBeside | undefined;
  /** Where no genuine server has ever shown how it answers; left out where one has. */
  readonly trial?: CheckTrial | undefined;
}

/** Asks the engine at hand whether it hashes as it is believed to, and leaves out what it does otherwise. */
export interface CheckTrial {
  /**
   * The checks of columns whose form gives what it has to of values that are known.
   * @throws what the engine refuses
   */
  passed(this: void): Promise<ColumnChecks>;
  /** @throws where a statement that was refused has ended the transaction, and the state that it saw with it */
  assertIntact(this: void): Promise<void>;
}

/** Bits of a line's SHA-256, the last ones, that an engine adds up. */
export const LINE_SUM_BITS = 56;

/** As for columns, of whole rows. */
export interface RowChecks {
  /**
   * One number for a row as it was read, below 2^52. Left out where the engine makes the line of the backup by itself,
   * and hashes that: its number are the last bits of the line's SHA-256, of which `RowSum` has the sum already.
   */
  readonly hash?: ((this: void, row: PortableRow) => number) | undefined;
  /** The engine's own sum, in decimal; null where there are no rows. */
  sum(this: void): Promise<string | null>;
  /**
   * Has the engine add up beside the reading of this table or of those before it, where that can be: what it answers
   * waits for the sum. Tables come in turn.
   */
  begin?(this: void): Promise<RowChecks['sum'] | undefined>;
}

/**
 * Holds rows against what the engine says of each by itself in the scan that reads it. The reading that it is given to
 * asks for that; each engine knows its own.
 */
export interface CheckBeside {
  /** Begins anew. @returns false where the engine at hand, or this table, has no such way */
  begin(): Promise<boolean>;
  /** Takes what was made of the rows for the backup, in the order in which they are read. */
  add(block: RowBlock): void;
  /** After the last row: whether the engine says the same of all, and has neither more of them nor fewer. */
  isSame(): Promise<boolean>;
}

/** Sums are kept in a double as long as it is exact. */
const MOST = 2 ** 52;

/** A sum of whole numbers below 2^52. */
export class ExactSum {
  #low = 0;
  #high = 0n;

  add(number: number): void {
    const sum = this.#low + number;
    if (sum < MOST) this.#low = sum;
    else {
      this.#high += BigInt(sum);
      this.#low = 0;
    }
  }

  get value(): bigint {
    return this.#high + BigInt(this.#low);
  }
}

/** Adds up what was read, column by column. */
export class ColumnSums {
  readonly #sums: readonly ExactSum[];

  constructor(private readonly hashes: ColumnChecks['hashes']) {
    this.#sums = hashes.map(() => new ExactSum());
  }

  add(row: PortableRow): void {
    for (let index = 0; index < this.hashes.length; index += 1) {
      const hash = this.hashes[index];
      const value = row[index];
      if (!hash || value === null || value === undefined) continue;
      (this.#sums[index] as ExactSum).add(hash(value));
    }
  }

  /** Of the columns that have a hash. */
  sums(): string[] {
    return this.#sums.flatMap(({ value }, index) => (this.hashes[index] ? [String(value)] : []));
  }
}

/** Columns whose values were not read as the engine holds them. */
export async function misreadColumns(
  columns: readonly ColumnFacts[],
  { hashes, sums }: ColumnChecks,
  found: ColumnSums,
): Promise<readonly string[]> {
  const checked = columns.filter((_, index) => hashes[index] !== undefined);
  if (checked.length === 0) return [];
  const [own, theirs] = [found.sums(), await sums()];
  return checked
    .filter((_, index) => BigInt(theirs[index] ?? 0) !== BigInt(own[index] ?? 0))
    .map(({ name }) => name);
}
