import type { DatabaseSession, PortableRow, RowLines } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { adaptRows, type AdaptOptions } from './adapt.js';
import { TableDigest } from './digest.js';
import type { TablePair } from './fit.js';
import type { BackupEvent, BackupRows, BackupTable } from './format.js';
import type { OnProgress } from './progress.js';
import { readBackup } from './read.js';
import type { BackupKeys } from './recipients.js';
import type { VerifiedBackup } from './verify.js';

/** The backup that is loaded, and what was found when it was verified. */
export interface LoadSource {
  /** The backup's bytes from the beginning. */
  readonly open: () => AsyncIterable<Buffer>;
  readonly keys?: BackupKeys | undefined;
  readonly backup: VerifiedBackup;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Bytes of the largest row that is restored; left out, what the memory of Node.js can hold. */
  readonly mostRowBytes?: number | undefined;
}

/** What a table must hold afterwards. */
export interface ExpectedTable {
  readonly rows: number;
  /** The sum of the rows' lines as this engine gives them; undefined where it may give others. */
  readonly sum: string | undefined;
  /** The engine-neutral digest; undefined where it was not needed so far. */
  readonly digest: string | undefined;
}

export const digestColumns = ({ columns }: TablePair) =>
  columns.map(({ backup }) => ({ name: backup.name, kind: backup.kind }));

/** True where a row that was read from this engine's table goes back into one that gives the same row. */
function givesSameLines({ source }: VerifiedBackup, engine: string, { columns, backup }: TablePair): boolean {
  return (
    source.engine === engine &&
    columns.length === backup.columns.length &&
    columns.every(({ backup: from, target }) => from.kind === target.kind && from.type === target.type)
  );
}

/** The rows of a table whose line has been read, up to its end. */
async function* rowsOfTable(
  events: AsyncIterator<BackupEvent>,
  onRows: (rows: BackupRows) => void,
): AsyncGenerator<RowLines> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if (next.value.type !== 'rows') return;
    onRows(next.value);
    if (next.value.lines) yield next.value.lines;
  }
}

type Fitting = (rows: readonly PortableRow[]) => readonly PortableRow[];

async function* valuesOf(
  batches: AsyncIterable<RowLines>,
  fitting: Fitting,
): AsyncGenerator<readonly PortableRow[]> {
  for await (const batch of batches) yield fitting(batch.rows());
}

async function* linesWith(batches: AsyncIterable<RowLines>, fitting: Fitting): AsyncGenerator<RowLines> {
  for await (const batch of batches) {
    yield { lines: batch.lines, rows: (part) => fitting(batch.rows(part)) };
  }
}

/** Fills tables from a backup, one after the other. */
export class TableLoader {
  readonly expected = new Map<TablePair, ExpectedTable>();
  readonly #byName: ReadonlyMap<string, TablePair>;
  #rows = 0;

  constructor(
    private readonly session: DatabaseSession,
    private readonly engine: string,
    private readonly source: LoadSource,
    private readonly options: AdaptOptions,
    pairs: readonly TablePair[],
  ) {
    this.#byName = new Map(pairs.map((pair) => [pair.backup.name, pair]));
  }

  /**
   * @throws ToolError `backup/damaged` when the bytes are no longer those that were verified; what the database refuses
   */
  async load(): Promise<void> {
    const { open, keys, signal, backup, mostRowBytes } = this.source;
    const wants = (name: string): boolean => this.#byName.has(name);
    const reading = { values: 'lines', sums: false, digests: 'none', wants, mostRowBytes } as const;
    const { events } = await readBackup(open(), keys, signal, reading);
    try {
      for (let next = await events.next(); !next.done; next = await events.next()) {
        const event = next.value;
        if (event.type === 'table') await this.#table(event, events);
        else if (event.type === 'trailer' && event.sha256 !== backup.sha256) {
          throw new ToolError('backup/damaged', 'The backup changed while it was restored; nothing was kept');
        }
      }
    } finally {
      await events.return(undefined);
    }
  }

  async #table(facts: BackupTable, events: AsyncIterator<BackupEvent>): Promise<void> {
    const pair = this.#byName.get(facts.name);
    const report = (count: number): void => {
      this.#rows += count;
      const progress = { rows: this.#rows, totalRows: this.source.backup.rows, bytes: 0 };
      this.source.onProgress?.({ table: pair?.target.name ?? facts.name, ...progress });
    };
    const batches = rowsOfTable(events, ({ count }) => report(count));
    if (pair) await this.#load(pair, batches);
    else for await (const rows of batches) void rows;
  }

  async #load(pair: TablePair, batches: AsyncIterable<RowLines>): Promise<void> {
    const { capabilities, transfer } = this.session;
    const { columns, target, backup } = pair;
    const verified = this.source.backup.tables.find(({ name }) => name === backup.name);
    const mayChange = this.options.cutTimes || capabilities.emptyStringIsNull;
    const sum =
      mayChange || !givesSameLines(this.source.backup, this.engine, pair) ? undefined : verified?.sum;
    // Rows that stay as they are have what was verified; of others, and where engines differ, it is made here.
    const known = mayChange ? undefined : verified?.digest;
    const digest =
      sum === undefined && known === undefined ? new TableDigest(digestColumns(pair)) : undefined;
    const adapt = adaptRows(pair, capabilities, this.options);
    const written = columns.flatMap((column, index) => (column.target.generated ? [] : [index]));
    const fitting = (rows: readonly PortableRow[]): readonly PortableRow[] => {
      const adapted = adapt(rows);
      if (digest) for (const row of adapted) digest.add(row);
      return written.length === columns.length
        ? adapted
        : adapted.map((row) => written.map((index) => row[index] ?? null));
    };
    const into = written.map((index) => (columns[index] as TablePair['columns'][number]).target);
    const count = verified?.rows ?? 0;
    if (digest || written.length < columns.length || capabilities.emptyStringIsNull) {
      await transfer.loadRows(target.name, into, valuesOf(batches, fitting), count);
    } else await transfer.loadLines(target.name, into, linesWith(batches, fitting), count);
    this.expected.set(pair, { rows: count, sum, digest: digest?.hex() ?? known });
  }
}

/** The engine-neutral digests of some tables of a backup, which is read once more for them. */
export async function digestsOf(
  { open, keys, signal, mostRowBytes }: LoadSource,
  pairs: readonly TablePair[],
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map(
    pairs.map((pair) => [pair.backup.name, new TableDigest(pair.backup.columns)] as const),
  );
  const wants = (name: string): boolean => digests.has(name);
  const reading = { values: true, sums: false, digests: 'none', wants, mostRowBytes } as const;
  const { events } = await readBackup(open(), keys, signal, reading);
  let digest: TableDigest | undefined;
  for await (const event of events) {
    if (event.type === 'table') digest = digests.get(event.name);
    else if (event.type === 'rows') for (const row of event.rows) digest?.add(row);
  }
  return new Map([...digests].map(([name, made]) => [name, made.hex()]));
}
