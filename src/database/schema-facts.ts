/** What a column's values are, in terms that all engines share. `docs/backup-format.md` says how each is written. */
export const valueKinds = [
  'integer',
  'decimal',
  'float',
  'boolean',
  'text',
  'binary',
  'timestamp',
  'date',
  'time',
  'uuid',
  'json',
  'array',
] as const;

export type ValueKind = (typeof valueKinds)[number];

/**
 * A value outside of its column's kind, which SQLite allows: a text in a column of integers. The name says what it
 * is; integers are decimal text, binary is base64.
 */
export type TaggedValue =
  | { readonly text: string }
  | { readonly integer: string }
  | { readonly float: number | string }
  | { readonly binary: string }
  /** A text that no valid text of its encoding is: its bytes as base64. */
  | { readonly utf8: string }
  | { readonly utf16le: string }
  | { readonly utf16be: string };

/**
 * A value on its way between databases, in the form that a backup holds:
 * integers as numbers or, beyond 2^53, as decimal text; decimals as text; floats as numbers or the texts `NaN`,
 * `Infinity`, `-Infinity` and `-0`; binary as base64; timestamps as ISO text in UTC where the engine's own text can be
 * read as one; JSON as its text; arrays as arrays of texts and nulls.
 */
export type PortableValue = null | boolean | number | string | readonly PortableValue[] | TaggedValue;

/** One row, in the order of the columns that were asked for. */
export type PortableRow = readonly PortableValue[];

export interface ColumnFacts {
  readonly name: string;
  readonly kind: ValueKind;
  /** The type in the engine's own words. */
  readonly type: string;
  readonly nullable: boolean;
  /** The engine fills it when it is left out of an insert. */
  readonly hasDefault: boolean;
  /** The engine computes it from other columns; it can be read and not written. */
  readonly generated: boolean;
  /** Digits of a second that the column keeps; undefined for columns without a limit below nine or of other kinds. */
  readonly fractionDigits?: number;
  /** Where it keeps fewer times than that: milliseconds that end in 0, 3 or 7, or whole minutes. */
  readonly timeSteps?: 'thirds' | 'minutes';
}

export interface ForeignKeyFacts {
  readonly name: string;
  readonly columns: readonly string[];
  /** The table that it points at; undefined when that lies in another schema. */
  readonly references: string | undefined;
  readonly referencedColumns: readonly string[];
  /** The engine can be told to check it at the end of a transaction. */
  readonly deferrable: boolean;
}

/** A column that counts by itself: a sequence, an identity, an autoincrement. */
export interface CounterFacts {
  readonly column: string;
  /** The number that it gives next, as decimal text. */
  readonly next: string;
}

export interface TableFacts {
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly counters: readonly CounterFacts[];
  /** Names of its check constraints, where the engine names them. */
  readonly checks: readonly string[];
  /** What the engine believes; for progress only. */
  readonly estimatedRows: number;
  /** Table with its indexes; undefined where the engine does not say. */
  readonly bytes: number | undefined;
  /** False where the engine cannot roll changes of this table back. */
  readonly transactional: boolean;
  /** True when its rows lie in partitions, which are no tables of their own here. */
  readonly partitioned?: boolean;
}

/** A table whose rows are not to be deleted: it has triggers that refuse it. */
export interface TableGuard {
  readonly table: string;
  readonly triggers: readonly string[];
  /** Statements with which the owner switches them off, where a load cannot let them rest by itself. */
  readonly switchOff: readonly string[];
}

/** What keeps the user from rows of a table, or gives other values than it holds. */
export interface ReadFilter {
  readonly table: string;
  /** `the policy tenants`, `the mask of email` */
  readonly by: string;
  /** What lets all of it through, in words for the user. */
  readonly wayOut: string;
}

/** A foreign key or a check that rows of its table do not satisfy: it was not valid from the beginning, or was passed by. */
export interface BrokenConstraint {
  readonly table: string;
  /** As in the facts of the table; the word `check` where the engine does not say which. */
  readonly name: string;
  readonly kind: 'foreign key' | 'check';
  /** The table that a foreign key points at, where it is of this schema. */
  readonly references?: string;
}

/** One that a load cannot pass by: the server asks every row that is written. */
export interface StiffConstraint extends BrokenConstraint {
  /** What the owner types for the time of the load. */
  readonly switchOff: string;
  /** What switches it on again, without a look at the rows. */
  readonly putBack: string;
}

/** A sequence that belongs to no column. */
export interface SequenceFacts {
  readonly name: string;
  readonly next: string;
}

/** The schema that the connection works in. */
export interface SchemaFacts {
  /** Name of the schema; undefined where the database has none beside itself. */
  readonly schema: string | undefined;
  readonly engineVersion: string;
  readonly tables: readonly TableFacts[];
  readonly sequences: readonly SequenceFacts[];
  readonly views: readonly string[];
  /** Tables that cannot be read like others, such as full-text indexes and foreign tables. */
  readonly special: readonly string[];
  /** What else a backup of all tables does not hold, in words, such as what the user may not be shown; undefined for nothing. */
  readonly unseen?: string;
}
