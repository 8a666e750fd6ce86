import type { ServerChoice } from '../src/config/precedence.js';
import type { GlobalOptions } from './command.js';
import type { EnvironmentOptions } from './environment-options.js';

/** The options of `import-legacy` as commander hands them over. */
export interface ImportLegacyOptions extends GlobalOptions, EnvironmentOptions {
  /** Seconds to wait for a database that is still starting. */
  readonly wait?: number;
  /** The argument. */
  readonly file?: string;
  readonly inputFile?: string;
  readonly dryRun?: boolean;
  /** False with `--no-backup`. */
  readonly backup?: boolean;
  /** False with `--no-rewrite`. */
  readonly rewrite?: boolean;
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly onConflict?: 'keep' | 'overwrite';
  readonly shadowed?: 'file' | 'env';
  readonly fromEnv?: boolean;
  readonly server?: ServerChoice;
  readonly undo?: string;
  /** With `--undo`: the configuration file, where receipt and backup were moved. */
  readonly undoFile?: string;
  readonly otherDatabase?: boolean;
  readonly dropAttributes?: boolean;
  /** Digest of the plan that was reviewed. */
  readonly ifPlan?: string;
  /** True in the form of earlier releases: of `--config` and the imported file either may name the database. */
  readonly historical?: boolean;
  readonly allowPlaintextSecrets?: boolean;
}
