import { objectionTo, type Objection } from './checks.js';
import type { SettingKey } from './setting-key.js';
import { readTypedValue } from './typed-value.js';
import type { YamlNode } from './yaml/node.js';

/** What a node of a file says for a setting, and what speaks against it. */
export interface JudgedValue {
  /** In normal form; undefined when it has none. */
  readonly text: string | undefined;
  readonly objection: Objection | undefined;
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
    case 'invalid':
      return { text: undefined, objection: { verdict: 'refused', expected: value.expected } };
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
