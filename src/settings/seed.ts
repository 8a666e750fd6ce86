import { seedSet } from '../registry/index.js';
import { keyOfSetting } from '../config/setting-key.js';
import { PlanDraft, type PlanContext } from './draft.js';
import { assertKeyOpensSome } from './foreign-rows.js';
import type { SettingsPlan } from './plan.js';

export interface SeedOptions {
  /** Seed only when the table holds no row at all: the rule of a server's first boot. */
  readonly ifEmpty: boolean;
  /** Seed only keys that are this text, or begin with it and a dot. */
  readonly only?: string | undefined;
}

/** True when a key lies under a prefix as people write one: `auth`, `auth.` and `auth.jwt.secret` itself. */
export function isUnder(key: string, prefix: string | undefined): boolean {
  if (prefix === undefined || prefix === '') return true;
  return key === prefix || key.startsWith(prefix.endsWith('.') ? prefix : `${prefix}.`);
}

/** The keys that seeding would write into an empty table. */
export function seedableKeys(options: Pick<SeedOptions, 'only'>): string[] {
  return seedSet().flatMap(({ databaseKey }) => (isUnder(databaseKey, options.only) ? [databaseKey] : []));
}

/**
 * Plans to insert the registry's defaults that are missing. A row that exists is never touched, whatever it holds.
 * @throws ToolError `settings/cannot-decrypt` when the table is encrypted with a key that is not at hand, also when there
 * is nothing to insert: in the release phase of a server nobody else would notice; every value that could not be
 * encrypted
 */
export function planSeed(context: PlanContext, options: SeedOptions): SettingsPlan {
  const draft = new PlanDraft(context);
  assertKeyOpensSome(context.table, draft.decoded, context.cipher, 'nothing was written');
  if (options.ifEmpty && context.table.rows.size > 0) return draft.plan;
  for (const { setting, databaseKey, value } of seedSet()) {
    if (!isUnder(databaseKey, options.only) || draft.stored(databaseKey)) continue;
    draft.write(keyOfSetting(setting), value, {
      origin: 'seeded',
      modifiedAt: context.now,
      modifiedBy: null,
      description: setting.description,
      type: setting.databaseType ?? 'string',
    });
  }
  return draft.finish();
}
