/** Who wrote a row: a default that nobody chose, or a choice that somebody made. */
export type Origin = 'seeded' | 'explicit';

/** A row of `system_settings` as it stands in the database. */
export interface StoredRow {
  readonly key: string;
  /** Plain text or an envelope (see encryption.ts). Empty for a broken row without a value. */
  readonly stored: string;
  /** `string`, `int`, `bool`, `json` or `float`; whatever stands there in a broken row. */
  readonly type: string;
  readonly description: string | null;
  /** To the millisecond; null when the column holds no readable time. */
  readonly modifiedAt: Date | null;
  /** The same as ISO text in UTC with every digit that is stored. */
  readonly modifiedAtIso: string | null;
  /** The column's own text of that time, on engines that keep it, where it is in a form of its own. */
  readonly modifiedAtText?: string;
  /** A user's UUID, or null. */
  readonly modifiedBy: string | null;
  /** Null when the column is missing, NULL or holds another word; all of these count as seeded. */
  readonly origin: Origin | null;
  /** The column as it stands; null when it is missing or NULL. */
  readonly originText: string | null;
}

/** A row as it shall stand in the database. Every column is stated, so that nothing depends on what was there. */
export interface RowWrite {
  readonly key: string;
  /** Plain text or an envelope, never empty: clearing a setting deletes its row. */
  readonly stored: string;
  readonly type: string;
  readonly description: string | null;
  /** A Date, or ISO text where a row is put back with every digit that it had. */
  readonly modifiedAt: Date | string;
  /** How the column had the time, where a row is put back as it was. Passed over when it says another time. */
  readonly modifiedAtText?: string;
  readonly modifiedBy: string | null;
  /** Only what a person stated may be `explicit`. Ignored by tables without the column. */
  readonly origin: string | null;
}

/** True for a row that somebody chose. */
export function isExplicit(row: Pick<StoredRow, 'origin'>): boolean {
  return row.origin === 'explicit';
}

/** What to write to put a row back as it was. A time that could not be read becomes the epoch. */
export function writeOf(row: StoredRow): RowWrite {
  const { key, stored, type, description, modifiedAtIso, modifiedAtText, modifiedBy, originText } = row;
  return {
    key,
    stored,
    type,
    description,
    modifiedAt: modifiedAtIso ?? new Date(0),
    ...(modifiedAtText === undefined ? {} : { modifiedAtText }),
    modifiedBy,
    origin: originText,
  };
}
