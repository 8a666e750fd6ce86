import { readInput } from '../config/files/input.js';
import { writeOutput } from '../config/files/output.js';
import { replaceFile, stageFile, type FileOwnership } from '../config/files/write.js';
import type { ConfigFile } from '../config/files/read.js';
import { RUN_LOCK } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { ApplyInputs, ImportResult, ImportStep } from './apply-inputs.js';
import { recoverUnfinished, settle, type Adopted, type Recovered } from './recover.js';
import { beginReceipt, outputFacts } from './begin-receipt.js';
import { sha256 } from './receipt-format.js';
import { rowsAsTheyWere } from './receipt-rows.js';
import { ReceiptTable } from './receipt-table.js';
import { settleKept } from './recover-kept.js';
import { storeRows } from './store-rows.js';
import { restoreRows } from './restore-rows.js';
import { outputRequest } from './target.js';
import { PRIVATE, NewFiles } from './new-files.js';

export { importSteps, type ApplyInputs, type ImportResult, type ImportStep } from './apply-inputs.js';

/** What a run did itself. */
type Done = Pick<ImportResult, 'rowsWritten' | 'rowsDeleted' | 'rewritten' | 'proof'>;

const nothingFound: Recovered = { adopted: undefined, earlier: [] };

function earlierFiles({ adopted, earlier }: Recovered): string[] {
  return [...new Set([...(adopted?.receipt.earlier ?? []), ...earlier.flatMap(({ file }) => file ?? [])])];
}

async function assertUnchanged(file: ConfigFile): Promise<void> {
  const now = await readInput(file.realPath, { links: false }).catch(() => undefined);
  if (now && sha256(now.bytes) === sha256(file.bytes)) return;
  throw new ToolError('legacy/changed-meanwhile', `${file.name} was changed after the plan was made`, {
    hint: 'It was left as it is. Run the command again.',
  });
}

/** One import from the lock to the finished receipt. */
class Import {
  readonly #newFiles = new NewFiles();
  #kept: ReceiptTable | undefined;
  #begun: Adopted | undefined;
  #committed = false;

  constructor(private readonly inputs: ApplyInputs) {}

  async run(): Promise<ImportResult> {
    const { inputs } = this;
    await this.#step('lock');
    await inputs.database.lock(RUN_LOCK);
    await this.#step('recover');
    const bytes = this.#newBytes();
    this.#kept = await ReceiptTable.read(inputs.database);
    const recovered = await this.#recover(bytes);
    const writesFile = bytes !== undefined && !(await this.#isWritten(bytes));
    const { adopted, earlier } = recovered;
    const unfinished = adopted?.receipt.status === 'pending';
    if (!this.#changesRows() && !writesFile && !unfinished) return this.#nothingToDo(recovered);
    // A finished receipt takes no further changes.
    const goesOn =
      adopted && !unfinished ? { adopted: undefined, earlier: [...earlier, adopted] } : recovered;
    try {
      return await this.#change(bytes, writesFile, goesOn);
    } catch (error) {
      // After a connection broke nobody knows whether the commit went through: the next run finds out.
      const unknown = error instanceof ToolError && error.code === 'database/connection-lost';
      if (!this.#committed && !unknown) await this.#removeNewFiles();
      else await this.#newFiles.discard();
      throw error;
    }
  }

  async #step(step: ImportStep): Promise<void> {
    await this.inputs.onStep(step);
    // Once the rows are committed the rest is a moment's work; stopping there would only leave it to the next run.
    if (!this.#committed) this.inputs.signal.throwIfAborted();
  }

  #changesRows(): boolean {
    const { writes, deletes } = this.inputs.built.plan;
    return writes.length > 0 || deletes.length > 0;
  }

  #changedKeys({ adopted, earlier }: Recovered): string[] {
    const { writes, deletes } = this.inputs.built.plan;
    const found = [...(adopted ? [adopted] : []), ...earlier].flatMap(({ receipt }) => receipt.changes);
    return [...new Set([...[...writes, ...found].map(({ key }) => key), ...deletes])];
  }

  /** True when the output file holds the new text already, as a killed run may have left it. */
  async #isWritten(bytes: Uint8Array): Promise<boolean> {
    const { target } = this.inputs;
    if (target.kind !== 'output') return false;
    const existing = await readInput(target.path).catch(() => undefined);
    if (!existing) return false;
    if (sha256(existing.bytes) === sha256(bytes)) return true;
    if (target.overwrite) return false;
    throw new ToolError('legacy/output-exists', `${target.name} exists already; nothing was written`, {
      hint: 'Pass --overwrite to replace it, or name another file.',
    });
  }

  #asItWas(file: ConfigFile): FileOwnership {
    return this.inputs.dropsAttributes ? file : { ...file, attributesOf: file.realPath };
  }

  get #receipts(): ReceiptTable {
    return this.#kept as ReceiptTable;
  }

  /** Takes back what was written for an import that did not come to pass. The next run finds what cannot be removed. */
  async #removeNewFiles(): Promise<void> {
    await this.#newFiles.remove();
    await this.#kept?.remove(this.#begun?.receipt.id).catch(() => undefined);
  }

  async #recover(bytes: Uint8Array | undefined): Promise<Recovered> {
    const { sidecars, target, file, table, cipher } = this.inputs;
    const finished = await settleKept(this.#receipts, table, cipher);
    if (!file)
      return finished ? { adopted: { file: undefined, receipt: finished }, earlier: [] } : nothingFound;
    return recoverUnfinished(file, {
      ...this.inputs,
      kept: this.#receipts,
      base: sidecars.base,
      output: target.kind === 'output' ? target.path : undefined,
      rowsAreStored: !this.#changesRows(),
      sha256After: bytes && target.kind === 'in-place' ? sha256(bytes) : null,
    });
  }

  async #nothingToDo(recovered: Recovered): Promise<ImportResult> {
    const { built, rows } = this.inputs;
    for (const ended of recovered.earlier) await settle(ended, this.#receipts);
    const proof = built.proveWith(undefined, rows);
    const done = { rowsWritten: 0, rowsDeleted: 0, rewritten: undefined, proof };
    return this.#result(done, recovered.adopted, recovered);
  }

  /** @param receipt what the import can be undone from */
  #result(
    { rowsWritten, rowsDeleted, rewritten, proof }: Done,
    receipt: Adopted | undefined,
    recovered: Recovered,
  ): ImportResult {
    return {
      rowsWritten,
      rowsDeleted,
      rewritten,
      backup: receipt?.receipt.file?.backup ?? undefined,
      receipt: receipt?.file,
      receiptId: receipt?.receipt.id,
      proof,
      resumed: recovered.adopted !== undefined,
      changed: this.#changedKeys(recovered),
      earlier: earlierFiles(recovered),
    };
  }

  async #change(
    bytes: Uint8Array | undefined,
    writesFile: boolean,
    recovered: Recovered,
  ): Promise<ImportResult> {
    const { inputs } = this;
    const { earlier } = recovered;
    const { plan } = inputs.built;
    await this.#step('stage');
    const receipt = await this.#stageAndBegin(bytes, recovered);
    await this.#step('write');
    const proof = await storeRows(inputs, bytes, async () => {
      if (inputs.file) await assertUnchanged(inputs.file);
      await this.#step('commit');
      // This run's receipt names them by now, so that a kill does not make them forgotten.
      for (const ended of earlier) await settle(ended, this.#receipts);
    });
    this.#committed = true;
    await this.#step('rewrite');
    if (writesFile && inputs.file && inputs.target.kind === 'in-place') {
      await this.#assertNotEdited(inputs.file, receipt);
    }
    const rewritten = bytes && writesFile ? await this.#putInPlace(bytes) : undefined;
    await this.#step('verify');
    if (rewritten !== undefined) await this.#verify(rewritten, bytes as Uint8Array, receipt);
    await this.#step('complete');
    if (receipt) await this.#complete(receipt, bytes);
    await this.#step('done');
    const [rowsWritten, rowsDeleted] = [plan.writes.length, plan.deletes.length];
    return this.#result({ rowsWritten, rowsDeleted, rewritten, proof }, receipt, recovered);
  }

  async #stage(bytes: Uint8Array | undefined): Promise<void> {
    const { file, target } = this.inputs;
    if (!bytes || !file || target.kind !== 'in-place') return;
    this.#newFiles.staged = await stageFile(file.realPath, bytes, this.#asItWas(file));
  }

  /** While programs and disk see to the new file, what its receipt says is worked out; nothing is written of it so far. */
  async #stageAndBegin(
    bytes: Uint8Array | undefined,
    { adopted, earlier }: Recovered,
  ): Promise<Adopted | undefined> {
    const staged = this.#stage(bytes);
    // Told by whoever waits for it below.
    staged.catch(() => undefined);
    try {
      return adopted ?? (await this.#begin(bytes, earlier, staged));
    } finally {
      await staged;
    }
  }

  /** The text to write, if any: in place only when it changes, to an output file in any case. */
  #newBytes(): Uint8Array | undefined {
    const { target, file, built } = this.inputs;
    if (target.kind === 'none' || !file) return undefined;
    return built.plan.rewrite?.bytes ?? (target.kind === 'output' ? file.bytes : undefined);
  }

  async #begin(
    bytes: Uint8Array | undefined,
    earlier: readonly Adopted[],
    staged: Promise<void>,
  ): Promise<Adopted | undefined> {
    this.#begun = await beginReceipt(this.inputs, bytes, earlier, {
      staged,
      newFiles: this.#newFiles,
      kept: this.#receipts,
      step: (name) => this.#step(name),
      onKept: (begun) => (this.#begun = begun),
    });
    return this.#begun;
  }

  /** An edit made since the commit would be lost by the rewrite: the rows go back to what they were instead. */
  async #assertNotEdited(file: ConfigFile, receipt: Adopted | undefined): Promise<void> {
    try {
      await assertUnchanged(file);
    } catch (error) {
      if (!receipt) throw error;
      await this.#takeBackRows(receipt);
      await this.#removeNewFiles();
      throw error;
    }
  }

  async #putInPlace(bytes: Uint8Array): Promise<string> {
    const { target, file } = this.inputs;
    if (target.kind !== 'output') {
      await this.#newFiles.staged?.commit();
      return (file as ConfigFile).realPath;
    }
    // Whoever could read the old file can read the new one, as far as this user may see to it.
    const ownership = file
      ? { mode: file.mode, uid: file.uid, gid: file.gid, ownerIfPermitted: true }
      : { mode: PRIVATE };
    await writeOutput(
      { ...outputRequest(target), wayOut: 'The rows are stored. Pass --overwrite, or name another file.' },
      bytes,
      ownership,
    );
    return target.path;
  }

  /** Reads the file back from the disk; anything but the planned bytes puts file and rows back as they were. */
  async #verify(path: string, bytes: Uint8Array, receipt: Adopted | undefined): Promise<void> {
    const { inputs } = this;
    if (sha256((await readInput(path)).bytes) === sha256(bytes)) return;
    if (inputs.file && inputs.target.kind === 'in-place')
      await replaceFile(path, inputs.file.bytes, this.#asItWas(inputs.file));
    if (receipt) await this.#takeBackRows(receipt);
    const state = receipt
      ? 'file and rows are as before'
      : 'the file is as before, and the rows are stored: without a receipt nothing says what they were';
    throw new ToolError('legacy/proof-failed', `${path} did not hold what was written; ${state}`, {
      hint: 'Check the disk, then run the command again.',
    });
  }

  async #takeBackRows({ receipt }: Adopted): Promise<void> {
    const { database, cipher } = this.inputs;
    await restoreRows(database, rowsAsTheyWere(receipt.changes, cipher));
  }

  /** A run that goes on with the receipt of another may have been told to write elsewhere than that one. */
  async #complete({ file, receipt }: Adopted, bytes: Uint8Array | undefined): Promise<void> {
    const facts = receipt.file && { ...receipt.file, ...outputFacts(this.inputs.target, bytes) };
    await settle({ file, receipt: { ...receipt, status: 'complete', file: facts } }, this.#receipts);
  }
}

/**
 * Carries a plan out: lock, staged file, receipt and backup, one transaction with read-back and proof, commit,
 * rewrite, verification. Until the commit a failure leaves no trace; after it, the next run finishes the work.
 * @throws ToolError `database/locked`, `legacy/changed-meanwhile`, `legacy/proof-failed` and those of the layers below
 */
export function applyImport(inputs: ApplyInputs): Promise<ImportResult> {
  return new Import(inputs).run();
}
