import type { ConfigFile } from '../config/files/read.js';
import type { Database } from '../database/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import type { DecodedRow } from '../settings/decode.js';
import type { SettingsTable } from '../settings/store.js';
import type { BuiltPlan } from './build-plan.js';
import type { Proof } from './proof.js';
import type { Receipt } from './receipt-format.js';
import type { RewriteTarget, Sidecars } from './target.js';

/** The boundaries between the steps of an import, in order. A run killed at any of them is finished by the next. */
export const importSteps = [
  'lock',
  'recover',
  'stage',
  'receipt',
  'backup',
  'write',
  'commit',
  'rewrite',
  'verify',
  'complete',
  'done',
] as const;
export type ImportStep = (typeof importSteps)[number];

export interface ApplyInputs {
  readonly built: BuiltPlan;
  readonly database: Database;
  /** The table as the plan was made from it, and its rows in the clear. */
  readonly table: SettingsTable;
  readonly rows: ReadonlyMap<string, DecodedRow>;
  readonly cipher: SettingsCipher;
  /** The file, or undefined when the environment is imported. */
  readonly file: ConfigFile | undefined;
  readonly target: RewriteTarget;
  readonly sidecars: Sidecars;
  readonly tool: string;
  /** Whose environment was seen, for the receipt. */
  readonly environment?: Receipt['environment'];
  /** Effective user of the process; undefined where the system has no such numbers. */
  readonly uid: number | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** False when the operator wants none. */
  readonly keepsReceipt: boolean;
  /** True when access lists and attributes of the file need not be kept. */
  readonly dropsAttributes: boolean;
  /** Told what the operator should know before anything is written. */
  readonly onNotice: (text: string) => void;
  /** Told before each step; the step begins when the promise settles. */
  readonly onStep: (step: ImportStep) => Promise<void> | void;
}

export interface ImportResult {
  readonly rowsWritten: number;
  readonly rowsDeleted: number;
  readonly rewritten: string | undefined;
  readonly backup: string | undefined;
  /** Path of the receipt; undefined where it is in the database alone, or there is none. */
  readonly receipt: string | undefined;
  /** Names the receipt in the database, as `--undo` takes it. */
  readonly receiptId: string | undefined;
  readonly proof: Proof;
  /** True when this run finished what a killed one had begun. */
  readonly resumed: boolean;
  /** Keys of all rows that changed, also by killed runs that this one finished: nobody has told the servers yet. */
  readonly changed: readonly string[];
  /** Receipts of killed runs whose rows are in place. They are undone by themselves, after this run's. */
  readonly earlier: readonly string[];
}
