import type { ErrorCode } from '../errors/index.js';

/** A right on the rows of a table. */
export type RowRight = 'select' | 'insert' | 'update' | 'delete';

/** What somebody is about to do with a table. */
export interface NeededRights {
  readonly table: string;
  readonly rows: readonly RowRight[];
  /** True when its rows are kept from other writers until a transaction ends. */
  readonly holds: boolean;
  /** True for a table that is made when it is not there; else it is read only where there is one. */
  readonly makes: boolean;
}

/** Something that the database user may not do, or nobody may. */
export interface MissingRight {
  /** What it is missing for; undefined when nothing can be done without. */
  readonly need: NeededRights | undefined;
  readonly code: Extract<ErrorCode, 'database/permission' | 'database/read-only' | 'database/unreachable'>;
  /** What is missing, as a sentence without a full stop. */
  readonly message: string;
  /** What to type, or to do, so that it is there. */
  readonly fix: string;
}

/** A right that a statement gives. @param user as messages call the user */
export function missingRight(user: string, right: string, need: NeededRights, grant: string): MissingRight {
  return {
    need,
    code: 'database/permission',
    message: `The database user ${user} lacks the right ${right} for the table ${need.table}`,
    fix: `${grant};`,
  };
}

/** Nothing at all can be written. */
export function nothingWritable(message: string, fix: string): MissingRight {
  return { need: undefined, code: 'database/read-only', message, fix };
}
