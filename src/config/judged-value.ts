import type { Position } from '../errors/index.js';
import { objectionTo, type Objection } from './checks.js';
import type { SettingKey } from './setting-key.js';
import { readTypedValue } from './typed-value.js';
import { parseDuration } from '../values/index.js';
import type { YamlNode } from './yaml/node.js';

/** What a node of a file says for a setting, and what speaks against it. */
export interface JudgedValue {
  /** In normal form; undefined when it has none. */
  readonly text: string | undefined;
  readonly objection: Objection | undefined;
}

const nanosecondsPerSecond = 1_000_000_000n;

/** The number that is meant by a duration where a setting counts seconds: `5m` is 300. */
function secondsMeant(key: SettingKey, node: YamlNode): bigint | undefined {
  const counts = key.path.endsWith('_seconds') || /^seconds\b/i.test(key.setting?.description ?? '');
  if (key.type !== 'int' || node.kind !== 'scalar' || !counts) return undefined;
  // What is a number already is no duration, and refused for another reason.
  const duration = /[a-z]$/.test(node.text) ? parseDuration(node.text) : undefined;
  if (duration === undefined || duration % nanosecondsPerSecond !== 0n) return undefined;
  return duration / nanosecondsPerSecond;
}

/**
 * Reads a node as its setting's type and checks it: see `Objection` for the three things that can be wrong.
 * @returns undefined for null, which leaves the default
 */
export function judgeValue(key: SettingKey, node: YamlNode): JudgedValue | undefined {
  const value = readTypedValue(key.type, node);
  switch (value.kind) {
    case 'absent':
      return undefined;
    case 'invalid': {
      const seconds = secondsMeant(key, node);
      if (seconds === undefined)
        return { text: undefined, objection: { verdict: 'refused', expected: value.expected } };
      const expected = `a number of seconds: ${seconds}`;
      return { text: undefined, objection: { verdict: 'refused', expected, isAnswer: true } };
    }
    case 'unfit':
      return { text: undefined, objection: { verdict: 'unfit', expected: value.expected } };
    case 'value': {
      const beyond = objectionTo(key, value.text);
      const doubt = value.doubt && { verdict: 'doubtful' as const, ...value.doubt };
      const outweighs = beyond && beyond.verdict !== 'doubtful';
      return { text: value.text, objection: outweighs ? beyond : (doubt ?? beyond) };
    }
  }
}

/** What an entry of `administrators` holds today, for one that holds something else. */
export const administratorFields =
  'Fields of an entry: provider; subject_type (user or group); for a user provider_id or email, for a group group_name.';

/** Where the fault of a value is: in a list of administrators at the first entry that is not valid. */
export function placeOfFault(
  { node, position }: { readonly node: YamlNode; readonly position: Position },
  key: SettingKey,
): Position {
  if (key.type !== 'administrator_list' || node.kind !== 'sequence') return position;
  const isWrong = (item: YamlNode): boolean =>
    readTypedValue(key.type, { ...node, items: [item] }).kind !== 'value';
  return node.items.find(isWrong)?.position ?? position;
}
