import { server18ReadsOf } from '../config/precedence.js';
import type { SettingKey } from '../config/setting-key.js';
import type { Diagnostic, Position } from '../errors/index.js';
import { effectiveSetting, isSameUse, type EffectiveInputs } from '../settings/effective.js';
import type { Decision } from './decide.js';
import type { PlanOptions, Shadow } from './plan.js';
import { nameOf, positionOf } from './statement.js';

const byHand = (today: string | null): string =>
  `Write its value into the file${today === null ? '' : `, or set ${today} to it`}; or take the file's value with --shadowed file.`;

/** A variable under an older name that says otherwise than the file, and waits for a choice. Holds no value. */
export function olderShadowFinding(
  { path, key, position, variable }: Pick<Shadow, 'path' | 'key' | 'position' | 'variable'>,
  file: string,
): Diagnostic {
  return {
    code: 'legacy/shadowed',
    severity: 'error',
    message: `${path} was overridden by the variable ${variable}, which says otherwise; no server of today reads it`,
    key,
    file,
    position,
    hint: 'Decide with --shadowed env (take what the variable says) or --shadowed file (take what the file says).',
  };
}

/** A variable under an older name that was chosen and cannot be taken. */
export function notTaken(
  place: {
    readonly name: string;
    readonly position: Position | undefined;
    readonly file: string | undefined;
  },
  key: SettingKey,
  variable: string,
  why: string,
): Diagnostic {
  return {
    code: 'legacy/shadowed',
    severity: 'error',
    message: `${place.name} was overridden by the variable ${variable}, which cannot be taken: ${why}`,
    key: key.key,
    ...(place.file === undefined ? {} : { file: place.file }),
    ...(place.position ? { position: place.position } : {}),
    hint: byHand(key.setting?.env ?? null),
  };
}

function whyUnheard({ key }: { readonly key: SettingKey }, { server, rewrites = true }: PlanOptions): string {
  if (key.setting?.alsoStored) return 'servers read the setting from their file at start';
  if (server === '1.8' && server18ReadsOf(key) === 'file')
    return 'a Go server 1.8 reads the setting from its file only';
  if (!rewrites) return 'the file stays as it is (--no-rewrite), and outranks what is stored';
  return 'the file keeps the setting, and outranks what is stored';
}

/** What `--on-conflict keep` decided instead. */
const keptReasons: ReadonlySet<string> = new Set(['row-kept', 'provider-kept']);

/** Variables that were chosen and whose values no server would use once they are stored. */
export function unheardVariables(
  decisions: readonly Decision[],
  after: EffectiveInputs,
  options: PlanOptions,
  file: string | undefined,
): Diagnostic[] {
  return decisions.flatMap(({ statement, entry }): Diagnostic[] => {
    const { key, text, instead } = statement;
    if (!instead || keptReasons.has(entry.reason)) return [];
    if (isSameUse(key, effectiveSetting(key, after).text, text)) return [];
    const place = {
      name: nameOf({ ...statement, variable: key.path }),
      position: positionOf(statement),
      file,
    };
    return [notTaken(place, key, instead.variable, whyUnheard(statement, options))];
  });
}
