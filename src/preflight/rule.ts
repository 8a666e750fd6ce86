import type { ExitName, Severity } from '../errors/index.js';
import type { Configuration } from './configuration.js';
import type { Report } from './finding.js';

export const profiles = ['development', 'production'] as const;
export type Profile = (typeof profiles)[number];

/** In the order in which they run; each needs what those before it found out. */
export const tiers = ['syntax', 'schema', 'rules', 'secrets', 'environment'] as const;
export type Tier = (typeof tiers)[number];

export type Level = Severity | 'off';
export type Levels = Readonly<Record<Profile, Level>>;

/** A rule as the documentation shows it. */
export interface RuleFacts {
  /** Kebab case, stable: scripts and ignore lists name it. */
  readonly id: string;
  readonly tier: Tier;
  readonly severity: Levels;
  /** One line without a full stop. */
  readonly summary: string;
  /** Why it matters. Markdown. */
  readonly why: string;
  /** What to do about it. Markdown. */
  readonly fix: string;
  /** How a run ends when findings of this kind are the only ones that make it fail; left out: `findings`. */
  readonly exit?: ExitName;
}

/**
 * A rule. Those with a `check` need nothing but the configuration; the others are facts about findings that are made
 * elsewhere: by the YAML reader, by the secrets provider, or from a database.
 */
export interface Rule extends RuleFacts {
  readonly check?: (configuration: Configuration) => Iterable<Report>;
}

/** The same severity whatever the profile. */
export function always(level: Severity): Levels {
  return { development: level, production: level };
}

/** Checked in production only. */
export function inProduction(level: Severity): Levels {
  return { development: 'off', production: level };
}

/** A warning in development, an error in production. */
export const stricterInProduction: Levels = { development: 'warning', production: 'error' };
