import { readFileSync } from 'node:fs';
import type { Used } from './reference-server/index.js';
import { familyKinds, referenceSettings, type FamilyKind } from './reference-server/registry.js';
import { sortedJson } from './reference-server/values.js';

/** One recorded answer of a TMI server (Go, release 1.8.22): what it was given, and what it then used. */
export interface Observation {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly rows: readonly {
    readonly key: string;
    readonly value: string;
    readonly type: string;
    readonly origin: string | null;
  }[];
  readonly observed: Readonly<
    Record<FamilyKind, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
  > & {
    /** Only of keys that some layer states. Empty: the server uses nothing, or a default that it keeps elsewhere. */
    readonly settings: Readonly<Record<string, string>>;
  };
}

const file = new URL('../../fixtures/settings/observations/server-1.8.22.jsonl', import.meta.url);

export const observations: readonly Observation[] = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Observation);

const defaults = new Map(referenceSettings.map((setting) => [setting.db_key, setting.default ?? '']));

/** Texts of one value are equal here however lists and maps are ordered and written; an empty list says nothing. */
function comparable(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    const sorted = sortedJson(JSON.parse(text));
    return sorted === '[]' ? '' : sorted;
  } catch {
    return text;
  }
}

/** A provider's fields that say something, with maps in order. */
function sayingFields(provider: Readonly<Record<string, unknown>>): string {
  const says = ([, value]: [string, unknown]): boolean =>
    value !== false &&
    value !== '' &&
    value !== null &&
    value !== undefined &&
    !(typeof value === 'object' && Object.keys(value).length === 0);
  return sortedJson(Object.fromEntries(Object.entries(provider).filter(says)));
}

/** What differs between what a server was seen to use and what somebody thinks it uses: key, seen, thought. */
export function wrongIn({ observed }: Observation, used: Used): [string, string, string][] {
  const wrong: [string, string, string][] = [];
  for (const [key, text] of Object.entries(observed.settings)) {
    const thought = comparable(used.settings[key] ?? '');
    const seen = comparable(text);
    // A server that keeps a default elsewhere shows nothing in its place.
    const isDefault = seen === '' && thought === comparable(defaults.get(key) ?? '');
    if (seen !== thought && !isDefault) wrong.push([key, seen, thought]);
  }
  for (const kind of familyKinds) {
    for (const id of new Set([...Object.keys(observed[kind]), ...Object.keys(used[kind])])) {
      const [seen, thought] = [observed[kind][id], used[kind][id]].map((one) => one && sayingFields(one));
      if (seen !== thought) wrong.push([`${kind} ${id}`, seen ?? 'none', thought ?? 'none']);
    }
  }
  return wrong;
}

/** An empty list is as good as none. */
const said = (text = ''): string => (text === '[]' ? '' : text);

/** Keys that two servers use differently; providers as whole entries, by their fields. */
export function changedUse(before: Used, after: Used): string[] {
  const keys = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  const settings = [...keys].filter((key) => said(before.settings[key]) !== said(after.settings[key]));
  const providers = familyKinds.flatMap((kind) =>
    [...new Set([...Object.keys(before[kind]), ...Object.keys(after[kind])])].flatMap((id) => {
      const [was = {}, is = {}] = [before[kind][id], after[kind][id]];
      const fields = new Set([...Object.keys(was), ...Object.keys(is)]);
      const prefix = kind === 'content_oauth' ? 'content_oauth' : `auth.${kind}`;
      return [...fields]
        .filter((field) => field !== 'id' || ![was[field], is[field]].includes(id))
        .filter((field) => sayingFields({ [field]: was[field] }) !== sayingFields({ [field]: is[field] }))
        .map((field) => `${prefix}.providers.${id}.${field}`);
    }),
  );
  return [...settings, ...providers];
}
