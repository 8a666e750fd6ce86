import type { Database, DatabaseSession } from '../database/contract.js';
import { ToolError } from '../errors/index.js';
import { receiptsTable } from '../settings/own-tables.js';
import { isReceipt, receiptText, type Receipt } from './receipt-format.js';

/** So many are kept; the oldest go first. */
export const KEPT_RECEIPTS = 20;

/** A receipt that is in the table: every one there has an id. */
export type KeptReceipt = Receipt & { readonly id: string };

const isKept = (receipt: Receipt): receipt is KeptReceipt => receipt.id !== undefined;

/** Newest first. Two of one moment are told apart by their ids. */
function byAge(a: KeptReceipt, b: KeptReceipt): number {
  const [one, other] = [`${a.createdAt} ${a.id}`, `${b.createdAt} ${b.id}`];
  return one < other ? 1 : one > other ? -1 : 0;
}

/** What the table holds that is a receipt; anything else in it is passed over. */
function parse(rows: readonly Record<string, unknown>[]): KeptReceipt[] {
  const receipts = rows.flatMap((row): KeptReceipt[] => {
    try {
      const value: unknown = JSON.parse(String(row['receipt']));
      return isReceipt(value) && isKept(value) ? [value] : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
  return receipts.sort(byAge);
}

/** Not having the right, or the room, to keep a receipt stops no import: it is said, and the disk may have one. */
const forgiven: ReadonlySet<string> = new Set([
  'database/permission',
  'database/read-only',
  'database/no-space',
  'database/statement-failed',
  'database/constraint',
]);

async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ToolError && forgiven.has(error.code)) return undefined;
    throw error;
  }
}

/** The receipts in the database, as they were read with the lock held, and what this run makes of them. */
export class ReceiptTable {
  #receipts: KeptReceipt[];
  /** False once the database has refused to take a receipt: asking again inside of a transaction would break that. */
  #writable = true;

  private constructor(
    private readonly database: Database,
    private exists: boolean,
    /** False when this user may not read the table that is there. */
    readonly readable: boolean,
    receipts: KeptReceipt[],
  ) {
    this.#receipts = receipts;
  }

  static async read(database: Database): Promise<ReceiptTable> {
    const answer = await unlessRefused(
      (database as DatabaseSession).readTable(receiptsTable.name).then((contents) => ({ contents })),
    );
    if (!answer) return new ReceiptTable(database, true, false, []);
    const { contents } = answer;
    return new ReceiptTable(database, contents !== undefined, true, parse(contents?.rows ?? []));
  }

  /** Newest first. */
  get receipts(): readonly KeptReceipt[] {
    return this.#receipts;
  }

  get(id: string | undefined): KeptReceipt | undefined {
    return this.#receipts.find((receipt) => receipt.id === id);
  }

  /**
   * Keeps a receipt that is new, in a table that is made where there is none.
   * @returns false when this user may not do that
   */
  async keep(receipt: KeptReceipt): Promise<boolean> {
    if (!this.readable) return false;
    const kept = await unlessRefused(
      (async () => {
        if (!this.exists) await this.#make();
        await this.#write(receipt);
        return true;
      })(),
    );
    if (!kept) return (this.#writable = false);
    this.exists = true;
    await this.#prune();
    return true;
  }

  /** Writes what has become of a receipt that is in the table; one that is on a disk alone is no matter of the table. */
  async update(receipt: Receipt): Promise<void> {
    if (this.#writable && isKept(receipt) && this.get(receipt.id)) await unlessRefused(this.#write(receipt));
  }

  async remove(id: string | undefined): Promise<void> {
    if (id === undefined || !this.get(id)) return;
    await this.database.deleteRows(receiptsTable.name, receiptsTable.primaryKey, [id]);
    this.#receipts = this.#receipts.filter((receipt) => receipt.id !== id);
  }

  /** Of several that make a table at once an engine may let all but one fail: it is there then. */
  async #make(): Promise<void> {
    try {
      await this.database.createTable(receiptsTable);
    } catch (error) {
      const made = await (this.database as DatabaseSession)
        .readTable(receiptsTable.name)
        .catch(() => undefined);
      if (made === undefined) throw error;
    }
  }

  async #write(receipt: KeptReceipt): Promise<void> {
    const { id, createdAt, status } = receipt;
    const row = { id, created_at: createdAt, status, receipt: receiptText(receipt) };
    await this.database.upsert(receiptsTable.name, receiptsTable.primaryKey, [row], 'replace');
    this.#receipts = [receipt, ...this.#receipts.filter((other) => other.id !== id)].sort(byAge);
  }

  /** What a killed run has left is somebody's only way back, however old it is. */
  async #prune(): Promise<void> {
    const finished = ({ status }: KeptReceipt): boolean => status === 'complete' || status === 'undone';
    // Without the right to delete, the table keeps more.
    for (const { id } of this.#receipts.slice(KEPT_RECEIPTS).filter(finished))
      await unlessRefused(this.remove(id));
  }
}
