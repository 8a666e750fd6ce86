import { keyOfSetting } from '../config/setting-key.js';
import { settings } from '../registry/index.js';
import { parseInteger } from '../values/index.js';
import type { PlanDraft } from './draft.js';
import { derive } from './effective.js';

/**
 * Lets rows follow that derive from rows just stated, such as `session.timeout_minutes` from the token's lifetime.
 * Nobody stated them, so they are seeded; a row of somebody's own is left alone.
 * @param stated keys with their new values; undefined where the row was taken away and the default applies
 */
export function followDerived(draft: PlanDraft, stated: ReadonlyMap<string, string | undefined>): void {
  for (const setting of settings) {
    const rule = setting.derivedFrom;
    if (!rule || !stated.has(rule.databaseKey)) continue;
    const key = keyOfSetting(setting);
    const row = draft.row(key.key);
    if (stated.has(key.key) || row?.origin === 'explicit') continue;
    const source = settings.find(({ databaseKey }) => databaseKey === rule.databaseKey);
    const integer = parseInteger(stated.get(rule.databaseKey) ?? source?.default ?? '');
    if (integer === undefined) continue;
    const text = derive(integer, rule.divideBy);
    if (row?.text === text) continue;
    draft.write(key, text, {
      origin: 'seeded',
      modifiedAt: draft.context.now,
      modifiedBy: null,
      description: row?.stored.description ?? setting.description,
      type: setting.databaseType ?? 'int',
    });
  }
}
