import type { ConfigLeaf } from '../config/leaves.js';
import type { SettingKey } from '../config/setting-key.js';
import type { Diagnostic, Position } from '../errors/index.js';
import type { YamlPath } from '../config/yaml/node.js';
import type { PlanReason } from './reasons.js';

/** What the file, or the environment, says about one operational setting. */
export interface Statement {
  readonly key: SettingKey;
  /** Normal form. For a secret it may still be a reference until the plan has resolved it. */
  readonly text: string;
  /** The leaves that say it: one, or several where an older form spread it out. None when a variable says it. */
  readonly leaves: readonly ConfigLeaf[];
  /** The variable that says it, when the environment is imported. */
  readonly variable?: string;
  /** True when it was written under an older name. */
  readonly renamed: boolean;
  /** What the file itself says, where a variable under an older name was chosen over it (`--shadowed env`). */
  readonly instead?: { readonly variable: string; readonly text: string };
  /** True when an older name beside it says something else, which stays in the file. */
  readonly disputed?: boolean;
}

/** A leaf that stays as it is, and why. */
export interface Remark {
  readonly leaf: ConfigLeaf;
  readonly action: 'stays' | 'unknown' | 'renamed' | 'removed';
  readonly reason: PlanReason;
  readonly key: SettingKey | undefined;
  readonly text: string | undefined;
}

/**
 * A fault in a key that not every server reads from the database: whether it stops the import depends on whose database
 * it is.
 */
export interface FaultIfMoved {
  readonly diagnostic: Diagnostic;
  /** The leaf as it stays; none where a variable says it. */
  readonly remark?: Remark;
}

/** Leaves of older names that become one pair under today's name, in the file. */
export interface FileRename {
  readonly key: SettingKey;
  readonly text: string;
  readonly leaves: readonly ConfigLeaf[];
  /** Where the new pair goes: directly before the pair at this path, as its sibling. */
  readonly at: YamlPath;
  /** The new pair's own key, such as `url`. */
  readonly name: string;
  /** What variables under older names say in place of leaves, by the last segment of each. */
  readonly replaced?: ReadonlyMap<string, string>;
}

/** A file read in today's terms. */
export interface Reading {
  readonly statements: readonly Statement[];
  readonly remarks: readonly Remark[];
  readonly renames: readonly FileRename[];
  /** What servers take although it is not what is documented, and what is wrong in keys that stay: warnings. */
  readonly doubts: readonly Diagnostic[];
  /** Faults that stop an import only where their keys move. */
  readonly faultsIfMoved: readonly FaultIfMoved[];
}

/** Where a statement stands: at its first leaf; nowhere when a variable says it. */
export function positionOf(statement: Pick<Statement, 'leaves'>): Position | undefined {
  return statement.leaves[0]?.position;
}

/** The name a statement goes by in the plan: as written in the file, or the variable. */
export function nameOf(statement: Pick<Statement, 'leaves' | 'variable' | 'key'>): string {
  return statement.leaves[0]?.name ?? statement.variable ?? statement.key.path;
}
