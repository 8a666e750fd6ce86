/** How far the work has come. */
export interface Progress {
  readonly table: string;
  /** Rows done, of all tables. */
  readonly rows: number;
  /** Rows of all tables, as far as that is known before. */
  readonly totalRows: number;
  /** Bytes of lines done, before they are compressed. */
  readonly bytes: number;
}

export type OnProgress = (progress: Progress) => void;
