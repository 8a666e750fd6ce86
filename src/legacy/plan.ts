import type { Diagnostic, Position } from '../errors/index.js';
import type { RowWrite } from '../settings/row.js';
import type { ServerModel } from '../config/precedence.js';
import type { ServerReason } from '../settings/which-server.js';
import type { Difference, Proof } from './proof.js';
import type { PlanReason } from './reasons.js';
import type { Rewrite } from './rewrite.js';

/**
 * What happens to one key of the file. `stays`: it is a bootstrap setting, or must not leave the file. `moves`: into
 * the database. `same`: the database says so already. `conflict`: a row that somebody set disagrees. `renamed`: it
 * carries the name of an earlier release. `removed`: it says nothing that a server would miss, so it is cut and nothing is
 * stored. `unknown`: no release knew it. Invalid values never become an entry: they
 * stop the plan.
 */
const planActions = ['stays', 'moves', 'same', 'conflict', 'renamed', 'removed', 'unknown'] as const;
export type PlanAction = (typeof planActions)[number];

/** One line of the plan. Holds no secret: `value` and `current` are masked where the setting is one. */
export interface PlanEntry {
  readonly action: PlanAction;
  /** The key as it stands in the file, or the variable's name when the environment is imported. */
  readonly path: string;
  readonly position: Position | undefined;
  /** Database key, or for a renamed bootstrap setting its path today; undefined when nothing is known of it. */
  readonly key: string | undefined;
  /** What happens to the text in the file. */
  readonly file: 'cut' | 'kept';
  /** What happens to the row in the database; undefined when none is involved. */
  readonly row: 'insert' | 'replace' | 'delete' | 'unchanged' | undefined;
  readonly value: string | undefined;
  /** The row's value as it is, where it differs. */
  readonly current: string | undefined;
  /** What a server uses until the import, where the import makes a key of the file take effect; empty for nothing. */
  readonly used?: string;
  readonly secret: boolean;
  readonly reason: PlanReason;
  /** The nearest known key, for an unknown one. */
  readonly nearest?: string;
}

/** A key whose value in the file is overridden by a variable. */
export interface Shadow {
  readonly path: string;
  readonly key: string;
  readonly position: Position;
  readonly variable: string;
  readonly choice: 'file' | 'env' | undefined;
  /**
   * For a variable under an older name, which no server of today reads: the variable of today, or null where the setting
   * has none. Left out for a variable that servers read.
   */
  readonly older?: string | null;
}

export type ConflictChoice = 'keep' | 'overwrite';
export type ShadowChoice = 'file' | 'env';

export interface PlanOptions {
  readonly server: ServerModel;
  /** How it is known which server it is; left out by a caller that says so itself. */
  readonly serverReason?: ServerReason;
  readonly onConflict: ConflictChoice | undefined;
  readonly shadowed: ShadowChoice | undefined;
  /** False when the file shall stay as it is (`--no-rewrite`): nothing is cut or renamed in it then. */
  readonly rewrites?: boolean;
  /** Allows secrets in plain text in the database when no encryption key is configured and it is not production. */
  readonly allowPlaintextSecrets: boolean;
}

/** What an import would change for a server of the other model. */
export interface OtherModel {
  readonly server: ServerModel;
  readonly differences: readonly Difference[];
}

/** Everything an import will do, decided before anything is written. Safe to print but for `writes` and `rewrite`. */
export interface ImportPlan {
  readonly source: 'file' | 'environment';
  readonly options: PlanOptions;
  readonly entries: readonly PlanEntry[];
  readonly shadows: readonly Shadow[];
  /** What stops the plan until the operator decides or mends it. */
  readonly blockers: readonly Diagnostic[];
  /** What the operator should know although it stops nothing. */
  readonly notes: readonly string[];
  readonly writes: readonly RowWrite[];
  readonly deletes: readonly string[];
  /** The new text of the file; undefined when the file stays as it is. */
  readonly rewrite: Rewrite | undefined;
  /** What a server of the other model would use otherwise afterwards; undefined while the plan is not settled. */
  readonly other: OtherModel | undefined;
  /** The proof as it will come out if nothing changes meanwhile. */
  readonly proof: Proof | undefined;
}

/** True when applying the plan would change nothing anywhere. */
export function isEmptyPlan(plan: ImportPlan): boolean {
  return plan.writes.length === 0 && plan.deletes.length === 0 && plan.rewrite === undefined;
}

/** How many entries there are of each action. */
export function countActions(plan: ImportPlan): Record<PlanAction, number> {
  const counts = Object.fromEntries(planActions.map((action) => [action, 0])) as Record<PlanAction, number>;
  for (const entry of plan.entries) counts[entry.action] += 1;
  return counts;
}
