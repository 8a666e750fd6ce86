/** How far the work has come. */
export interface Progress {
  readonly table: string;
  /** Rows done, of all tables. */
  readonly rows: number;
  /** Rows of all tables, as far as that is known before. */
  readonly totalRows: number;
  /** Bytes of lines done, before they are compressed. */
  readonly bytes: number;
  /** From 0 to 1, where something else than rows says how far it is: bytes of a file of a known size. */
  readonly share?: number;
}

export type OnProgress = (progress: Progress) => void;

/** Counts the bytes of a source on their way, for the share of them that has gone by. */
export class ReadShare {
  #read = 0;

  /** @param total bytes that there are; undefined where nobody knows */
  constructor(private readonly total: number | undefined) {}

  async *through(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#read += chunk.length;
      yield chunk;
    }
  }

  /** For a report: nothing where the share is not known. */
  get known(): Pick<Progress, 'share'> {
    return this.total ? { share: Math.min(this.#read / this.total, 1) } : {};
  }
}
