import type { SettingKey } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import { isDatabaseType, type DatabaseType } from '../values/index.js';
import { followDerived } from './derived.js';
import { PlanDraft, type PlanContext } from './draft.js';
import { foldKey } from './key.js';
import {
  bootstrapFault,
  keyFault,
  nameKey,
  unknownKey,
  unknownKeyFault,
  type NamedKey,
} from './named-key.js';
import { refuseFaults, touchedKeys, type SettingsPlan } from './plan.js';
import { checkProposal } from './proposed-value.js';
import { incompleteProviders } from './provider-completeness.js';
import { NO_ROW, rowHash } from './row-hash.js';
import type { SettingsTable } from './store.js';

/** One setting as an operator states it, by key or path. */
export interface Assignment {
  readonly name: string;
  readonly text: string;
}

export interface SetOptions {
  readonly allowUnknown: boolean;
  /** Type of keys that the registry does not know; the row's own where it has one, else `string`. */
  readonly unknownType?: DatabaseType | undefined;
  /** The version that the row must have, or `none`. For a single key. */
  readonly ifMatch?: string | undefined;
}

/**
 * Insists that a row is still the one that somebody saw.
 * @throws ToolError `settings/if-match-failed`
 */
function assertMatch(draft: PlanDraft, key: SettingKey, expected: string | undefined): void {
  if (expected === undefined) return;
  const row = draft.stored(key.key);
  const actual = row ? rowHash(row, draft.row(key.key)?.text) : NO_ROW;
  if (actual === expected.trim().toLowerCase()) return;
  const found = row ? `it was last changed at ${row.modifiedAtIso ?? 'an unknown time'}` : 'there is no row';
  const fault: Diagnostic = {
    code: 'settings/if-match-failed',
    severity: 'error',
    message: `${key.key} is not as expected: ${found}`,
    key: key.key,
    hint: `Look at it again: tmi-dbtool settings get ${key.key} --json`,
  };
  refuseFaults([fault]);
}

function storable(named: NamedKey, draft: PlanDraft, options: SetOptions): SettingKey | Diagnostic {
  if (named.kind === 'stored') return named.key;
  if (named.kind === 'bootstrap') return bootstrapFault(named.setting);
  // To the database, or to a reader, the key may be the setting's own: its rules must not be got round.
  if (named.variantOf || named.wrongId !== undefined) return unknownKeyFault(named);
  const fault = keyFault(named.name);
  if (fault) return fault;
  if (!options.allowUnknown) {
    return unknownKeyFault(named, 'Pass --allow-unknown to store it all the same.');
  }
  const row = draft.stored(named.name);
  const type = options.unknownType ?? (isDatabaseType(row?.type) ? row.type : 'string');
  return unknownKey(row?.key ?? named.name, type);
}

/** States one value: the row becomes explicit. A value that stands there already keeps time and author. */
function state(draft: PlanDraft, key: SettingKey, text: string): void {
  const type = key.databaseType ?? 'string';
  const row = draft.row(key.key);
  if (row?.text === text && row.stored.type === type) return draft.keep(key, row, { origin: 'explicit' });
  draft.write(key, text, {
    origin: 'explicit',
    modifiedAt: draft.context.now,
    // An author is a user of the server, and this is none.
    modifiedBy: null,
    description:
      draft.stored(key.key)?.description ??
      key.setting?.description ??
      key.provider?.field.description ??
      null,
    type,
  });
}

/**
 * The keys that were stated as their defaults in a table that cannot say who stated a row: they count as seeded there, so
 * that a variable or a file with another value outranks them.
 */
export function unmarkedChoices(
  assignments: readonly Assignment[],
  { changes }: Pick<SettingsPlan, 'changes'>,
  { hasOrigin }: Pick<SettingsTable, 'hasOrigin'>,
): string[] {
  if (hasOrigin) return [];
  const afterwards = new Map(changes.map(({ key, after }) => [key, after]));
  return assignments.flatMap(({ name }) => {
    const named = nameKey(name);
    if (named.kind !== 'stored' || !named.key.setting) return [];
    const { key, setting } = named.key;
    return setting.default !== undefined && afterwards.get(key) === setting.default ? [key] : [];
  });
}

/**
 * Plans to store values, all or none: types, limits, allowed words, provider rules and encryption are decided here.
 * @throws ToolError with every finding; `settings/if-match-failed`; `settings/cannot-decrypt` where rows want another key
 */
export function planSet(
  assignments: readonly Assignment[],
  context: PlanContext,
  options: SetOptions,
): SettingsPlan {
  const draft = new PlanDraft(context);
  const stated = new Map<string, string>();
  for (const { name, text } of assignments) {
    const key = storable(nameKey(name), draft, options);
    if ('severity' in key) {
      draft.faults.push(key);
      continue;
    }
    assertMatch(draft, key, options.ifMatch);
    const folded = foldKey(key.key, context.capabilities);
    if (stated.has(folded)) {
      const message = `${key.key} is given twice`;
      draft.faults.push({ code: 'settings/duplicate-key', severity: 'error', message, key: key.key });
      continue;
    }
    const checked = checkProposal(key, text);
    stated.set(folded, checked.ok ? checked.text : text);
    if (checked.ok) state(draft, key, checked.text);
    else draft.faults.push(checked.fault);
  }
  if (draft.faults.length === 0) followDerived(draft, stated);
  // What else is wrong with a provider does not matter while its values are refused.
  if (draft.faults.length === 0) draft.faults.push(...incompleteProviders(stated.keys(), draft.after));
  return draft.finish();
}

/** The key that a row or the registry has, for a name; a finding when neither knows it. */
function removable(name: string, draft: PlanDraft): SettingKey | Diagnostic {
  const named = nameKey(name);
  if (named.kind === 'stored') return named.key;
  const row = draft.stored(name);
  // Rows that no server reads may be cleared away, under whatever key they stand.
  if (row) return unknownKey(row.key, isDatabaseType(row.type) ? row.type : 'string');
  return named.kind === 'bootstrap' ? bootstrapFault(named.setting) : unknownKeyFault(named);
}

/**
 * Plans to take rows away, all or none. A key without a row is no fault: it is as it should be.
 * @throws ToolError with every finding; `settings/if-match-failed`
 */
export function planUnset(
  names: readonly string[],
  context: PlanContext,
  options: Pick<SetOptions, 'ifMatch'>,
): SettingsPlan {
  const draft = new PlanDraft(context);
  const gone = new Map<string, undefined>();
  for (const name of names) {
    const key = removable(name, draft);
    if ('severity' in key) {
      draft.faults.push(key);
      continue;
    }
    assertMatch(draft, key, options.ifMatch);
    if (gone.has(key.key)) continue;
    gone.set(key.key, undefined);
    draft.delete(key);
  }
  if (draft.faults.length === 0) {
    followDerived(draft, gone);
    draft.faults.push(...incompleteProviders(touchedKeys(draft.plan), draft.after));
  }
  return draft.finish();
}
