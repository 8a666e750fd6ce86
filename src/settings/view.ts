import type { Capabilities } from '../database/contract.js';
import type { Diagnostic } from '../errors/index.js';
import { isSecretKey, settingByDatabaseKey } from '../registry/index.js';
import type { OpenedValue, SettingsCipher } from './cipher.js';
import { decodeRows } from './decode.js';
import type { RowOrigin } from '../config/precedence.js';
import type { StoredRow } from './row.js';
import { rowHash } from './row-hash.js';
import { expectedOfSetting, rowFits } from './row-value.js';
import { isUnder } from './seed.js';
import { isHiddenRow, shownValue } from '../redact/index.js';
import type { SettingsTable } from './store.js';

/** A row as it may be shown. */
export interface SettingView {
  readonly key: string;
  /** Masked for a secret unless it was to be revealed; null when it cannot be read. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly type: string;
  /** Who stated it, as servers count: a NULL counts as seeded. */
  readonly origin: RowOrigin;
  readonly encryption: OpenedValue['sealedWith'] | 'unreadable';
  /** ISO text with every digit that is stored; null when the column holds no readable time. */
  readonly modifiedAt: string | null;
  readonly modifiedBy: string | null;
  readonly description: string | null;
  /** False for a row that no setting of the registry claims. */
  readonly known: boolean;
  /** The registry's default; null when there is none. */
  readonly default: string | null;
  /** True when the value differs from the default. */
  readonly changed: boolean;
  /** For `--if-match`. */
  readonly hash: string;
  /** What is wrong with the row, or null. */
  readonly problem: Pick<Diagnostic, 'code' | 'message' | 'hint'> | null;
}

function valueProblem(row: StoredRow, text: string): SettingView['problem'] {
  if (text === '') {
    return { code: 'settings/empty-value', message: `${row.key} holds no value; servers read it as not set` };
  }
  if (rowFits(row, text)) return null;
  const expected = expectedOfSetting(row.key, text);
  return {
    code: 'settings/invalid-value',
    message:
      expected === undefined
        ? `The value of ${row.key} is not what its type (${row.type}) says`
        : `The value of ${row.key} is not valid: expected ${expected}`,
    hint: `Set it again: tmi-dbtool settings set ${row.key} VALUE`,
  };
}

/** All rows in the order of their keys. Values are in the clear for `reveal` and for settings that are not secret. */
export function viewRows(
  table: SettingsTable,
  cipher: SettingsCipher,
  capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>,
  options: { readonly reveal: boolean },
): SettingView[] {
  const { rows, unreadable } = decodeRows(table, cipher, capabilities);
  const facts = (stored: StoredRow, text: string | undefined) => {
    const found = settingByDatabaseKey(stored.key);
    const preset = found?.kind === 'setting' ? (found.setting.default ?? null) : null;
    const secret = isSecretKey(stored.key);
    return {
      key: stored.key,
      secret,
      type: stored.type,
      modifiedAt: stored.modifiedAtIso,
      modifiedBy: stored.modifiedBy,
      description: stored.description,
      known: found !== undefined,
      default: preset === '' ? null : preset,
      // A row without a value reads as not set, so the default applies.
      changed: text !== '' && text !== preset,
    };
  };
  const readable = [...rows.values()].map(({ stored, text, origin: counted, sealedWith }): SettingView => {
    const origin = table.hasOrigin ? (stored.origin ?? 'seeded') : counted;
    const own = facts(stored, text);
    const value = options.reveal ? text : (shownValue(text, isHiddenRow(own.key)) ?? null);
    return {
      ...own,
      get hash() {
        return rowHash(stored, text);
      },
      value,
      origin,
      encryption: sealedWith,
      problem: valueProblem(stored, text),
    };
  });
  const broken = [...unreadable].flatMap(([key, { code, message, hint }]): SettingView[] => {
    const stored = table.get(key);
    if (!stored) return [];
    const problem = hint === undefined ? { code, message } : { code, message, hint };
    const origin = stored.origin ?? 'seeded';
    const hash = rowHash(stored, undefined);
    return [{ ...facts(stored, undefined), hash, value: null, origin, encryption: 'unreadable', problem }];
  });
  return [...readable, ...broken].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Which rows a list is to show. */
export interface ViewFilter {
  readonly prefix?: string | undefined;
  readonly origin?: RowOrigin | undefined;
  readonly changed?: boolean | undefined;
  readonly secrets?: boolean | undefined;
  readonly type?: string | undefined;
}

export function filterViews(views: readonly SettingView[], filter: ViewFilter): SettingView[] {
  return views.filter(
    (view) =>
      isUnder(view.key, filter.prefix) &&
      (filter.origin === undefined || view.origin === filter.origin) &&
      (filter.type === undefined || view.type === filter.type) &&
      (!filter.changed || view.changed) &&
      (!filter.secrets || view.secret),
  );
}
