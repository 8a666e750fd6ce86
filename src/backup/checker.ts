import { createHash } from 'node:crypto';
import type { PortableRow } from '../database/index.js';
import { isReservedTable } from '../database/reserved-names.js';
import { ToolError } from '../errors/index.js';
import { TableDigest } from './digest.js';
import {
  BACKUP_FORMAT,
  damaged,
  READABLE_VERSIONS,
  type BackupHeader,
  type BackupLine,
  type BackupTable,
  type BackupTableEnd,
} from './format.js';
import { RowSum } from './row-sum.js';

/** The table that is read. */
interface OpenTable {
  readonly facts: BackupTable;
  readonly sum: RowSum;
  readonly digest: TableDigest | undefined;
  rows: number;
}

/** What a reading checks besides order, counts and the hash of everything, which it always does. */
export interface Checks {
  /** The sums of the rows' bytes, where the file has them. */
  readonly sums: boolean;
  /** For which files the engine-neutral digests are computed, and compared where the file has them. */
  readonly digests: 'none' | 'version-1' | 'all';
}

/** Holds the lines of a backup to the format: order, counts, sums and digests. */
export class Checker {
  readonly #hash = createHash('sha256');
  #header: BackupHeader | undefined;
  #table: OpenTable | undefined;
  #tables = 0;
  #rows = 0;
  complete = false;

  constructor(private readonly checks: Checks) {}

  get #isVersion1(): boolean {
    return this.#header?.version === 1;
  }

  /** Digests are computed, so that rows must be read and not only counted. */
  get digests(): boolean {
    const { digests } = this.checks;
    return digests === 'all' || (digests === 'version-1' && this.#isVersion1);
  }

  /** Name of the table whose rows are read. */
  get table(): string | undefined {
    return this.#table?.facts.name;
  }

  /** What the backup says of that table. */
  get facts(): BackupTable | undefined {
    return this.#table?.facts;
  }

  hash(bytes: Buffer): void {
    if (this.complete) throw damaged('something follows its last line');
    this.#hash.update(bytes);
  }

  /** The sums of this file's rows are computed, so that their bytes are needed. */
  get sums(): boolean {
    return this.checks.sums && !this.#isVersion1;
  }

  /**
   * A row, by what of it is looked at.
   * @param bytes its line without the line feed, where sums are computed
   * @param values where they are read
   */
  row(bytes: Buffer | undefined, values: PortableRow | undefined): void {
    const table = this.#table;
    if (!table) throw damaged('a row stands outside of a table');
    if (bytes && this.sums) table.sum.add(bytes);
    if (values) {
      if (values.length !== table.facts.columns.length) {
        throw damaged(`a row of ${table.facts.name} has another number of values`);
      }
      table.digest?.add(values);
    }
    table.rows += 1;
    this.#rows += 1;
  }

  /** @returns the line; the end of a table with the digest that was computed */
  line(line: BackupLine): BackupLine {
    if (this.complete) throw damaged('something follows its last line');
    if ((line.type === 'header') !== (this.#header === undefined))
      throw damaged('its header is not its first line');
    switch (line.type) {
      case 'header':
        this.#begin(line);
        return line;
      case 'table':
        if (this.#table || this.#header?.tables[this.#tables] !== line.name) {
          throw damaged(`the table ${line.name} is not where the header says`);
        }
        if (isReservedTable(this.#header.source.engine, line.name)) {
          throw damaged(`it has a table ${line.name}, a name that its engine keeps for itself`);
        }
        this.#table = {
          facts: line,
          sum: new RowSum(),
          digest: this.digests ? new TableDigest(line.columns) : undefined,
          rows: 0,
        };
        return line;
      case 'end':
        return this.#end(line);
      case 'trailer':
        if (this.#table || this.#tables !== this.#header?.tables.length) throw damaged('tables are missing');
        if (line.tables !== this.#tables || line.rows !== this.#rows) throw damaged('rows are missing');
        if (line.sha256 !== this.#hash.digest('hex')) throw damaged('its digest is another');
        this.complete = true;
        return line;
    }
  }

  /** A line that later writers add stands outside of tables. */
  optionalLine(): void {
    if (this.complete || !this.#header || this.#table) throw damaged('a line is not where it belongs');
  }

  #begin(header: BackupHeader): void {
    if (header.format !== BACKUP_FORMAT) throw damaged('it is another kind of file');
    if (!READABLE_VERSIONS.includes(header.version)) {
      throw new ToolError(
        'backup/unknown-version',
        `The backup has version ${header.version} of the format, and this tool reads ${READABLE_VERSIONS.join(' and ')}`,
        {
          hint: `It was written by ${header.tool}; use that version or a later one.`,
        },
      );
    }
    this.#header = header;
  }

  #end(line: BackupTableEnd): BackupTableEnd {
    const table = this.#table;
    const { name, rows, sum, digest } = line;
    if (table?.facts.name !== name) throw damaged(`the end of the table ${name} is not where it belongs`);
    if (table.rows !== rows) throw damaged(`rows of the table ${name} are missing`);
    if ((this.#isVersion1 ? digest : sum) === undefined) throw damaged(`the table ${name} has no sum`);
    if (this.sums && table.sum.hex() !== sum) throw damaged(`the rows of the table ${name} have another sum`);
    const found = table.digest?.hex();
    if (found !== undefined && digest !== undefined && found !== digest)
      throw damaged(`the rows of the table ${name} have another digest`);
    this.#tables += 1;
    this.#table = undefined;
    return found === undefined ? line : { ...line, digest: found };
  }
}
