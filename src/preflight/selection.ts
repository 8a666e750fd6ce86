import type { Level, Profile, RuleFacts, Tier } from './rule.js';

/** Which findings a run is asked for. */
export interface Selection {
  readonly tiers: ReadonlySet<Tier>;
  /** Only these rules; undefined for all. */
  readonly only?: ReadonlySet<string> | undefined;
  readonly ignore?: ReadonlySet<string> | undefined;
}

export const offlineTiers: ReadonlySet<Tier> = new Set(['syntax', 'schema', 'rules']);

export function levelOf(rule: RuleFacts, profile: Profile): Level {
  return rule.severity[profile];
}

/** True when a rule is asked for by name, and not ignored. */
export function isChosen(rule: Pick<RuleFacts, 'id'>, { only, ignore }: Selection): boolean {
  return (only === undefined || only.has(rule.id)) && ignore?.has(rule.id) !== true;
}
