import { ToolError, type Diagnostic } from '../errors/index.js';
import type { RowOrigin } from '../config/precedence.js';
import type { RowWrite } from './row.js';

/**
 * What happens to one row. `mark`: the value stays, and origin or encryption change, which leaves time and author as
 * they were.
 */
export type RowAction = 'insert' | 'replace' | 'mark' | 'delete' | 'unchanged';

/** One line of a plan. Holds no secret: values are masked where the setting is one. */
export interface RowChange {
  readonly key: string;
  readonly action: RowAction;
  readonly secret: boolean;
  /** Undefined when there was no row, or none that can be read. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly origin: RowOrigin | null;
  /** True when the stored form will be encrypted. */
  readonly encrypted: boolean;
}

/** What a command will do to the table, decided before anything is written. Safe to print but for `writes`. */
export interface SettingsPlan {
  readonly changes: readonly RowChange[];
  readonly writes: readonly RowWrite[];
  /** Keys as they are stored. */
  readonly deletes: readonly string[];
}

/** True when there is nothing to write. */
export function isIdle(plan: Pick<SettingsPlan, 'writes' | 'deletes'>): boolean {
  return plan.writes.length === 0 && plan.deletes.length === 0;
}

/** The keys that a plan writes or deletes. */
export function touchedKeys(plan: SettingsPlan): string[] {
  return [...plan.writes.map((write) => write.key), ...plan.deletes];
}

/**
 * Stops when there are findings: with their own code when they share one, so that the exit code says what kind it is.
 * @param outcome what the faults led to, for the message
 * @throws ToolError with every finding
 */
export function refuseFaults(faults: readonly Diagnostic[], outcome = '; nothing was written'): void {
  const [first] = faults;
  if (!first) return;
  const alike = faults.every((fault) => fault.code === first.code);
  // A single fault says everything itself; its place and key are in the diagnostic.
  const alone = faults.length === 1;
  throw new ToolError(
    alike ? first.code : 'settings/invalid-values',
    `${alone ? first.message : `${faults.length} faults`}${outcome}`,
    { diagnostics: faults, ...(alone && first.hint !== undefined ? { hint: first.hint } : {}) },
  );
}
