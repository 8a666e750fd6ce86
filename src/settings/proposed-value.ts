import { checkJsonCharacters, checkValue } from '../config/checks.js';
import type { SettingKey } from '../config/setting-key.js';
import type { Diagnostic, ErrorCode } from '../errors/index.js';
import { isReference } from '../config/reference.js';
import { fromText, isNormalForm, toGoJson, type JsonValue, type Normalised } from '../values/index.js';
import { isExactFlag } from './row-value.js';
import { isMask } from '../redact/index.js';

/** A value that may be stored, in normal form, or what is wrong with it. Never holds the value in a message. */
export type CheckedValue =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: Diagnostic };

function refused(key: SettingKey, code: ErrorCode, message: string, hint?: string): CheckedValue {
  const fault = { code, severity: 'error', message, key: key.key } as const;
  return { ok: false, fault: hint === undefined ? fault : { ...fault, hint } };
}

function normalise(key: SettingKey, text: string): Normalised {
  if (key.setting || key.provider || key.databaseType !== 'json') return fromText(key.type, text);
  // What shape a key unknown to the registry wants is not known: any JSON will do.
  try {
    return { ok: true, text: toGoJson(JSON.parse(text) as JsonValue) };
  } catch {
    return { ok: false, expected: 'JSON' };
  }
}

function exampleOf(key: SettingKey): string | undefined {
  const example = key.setting?.example ?? key.provider?.field.example ?? '';
  return key.secret || example === '' ? undefined : `For example: ${example}`;
}

/** What stands in a value's place and is none: nothing, a mask, a reference. */
function placeholder(key: SettingKey, text: string): CheckedValue | undefined {
  if (text === '') {
    const hint = `To clear it: tmi-dbtool settings unset ${key.key}`;
    return refused(key, 'settings/empty-value', `${key.key} would be empty`, hint);
  }
  if (isMask(text)) {
    const hint = 'Give the value itself. To keep what is stored, leave the key out.';
    return refused(key, 'settings/mask-value', `The value for ${key.key} is a mask, not a value`, hint);
  }
  if (text.includes('\0')) {
    return refused(
      key,
      'settings/invalid-value',
      `The value for ${key.key} holds a NUL, which no database stores`,
    );
  }
  if (isReference(text)) {
    const hint = 'Give the value itself; references belong into the configuration file.';
    const message = `The value for ${key.key} is a reference, and the database never holds one`;
    return refused(key, 'settings/invalid-value', message, hint);
  }
  return undefined;
}

/** Checks a value that somebody states for a setting, and brings it into its normal form. */
export function checkProposal(key: SettingKey, text: string): CheckedValue {
  const wrong = placeholder(key, text);
  if (wrong) return wrong;
  const normal = normalise(key, text);
  const beyond = normal.ok && key.databaseType === 'json' ? checkJsonCharacters(text) : undefined;
  const expected = normal.ok ? (beyond ?? checkValue(key, normal.text)) : normal.expected;
  if (expected === undefined && normal.ok) {
    return normal.text === ''
      ? refused(key, 'settings/empty-value', `${key.key} would be empty`)
      : { ok: true, text: normal.text };
  }
  const message = `${key.key} is not valid: expected ${expected ?? 'another value'}`;
  return refused(key, 'settings/invalid-value', message, exampleOf(key));
}

/**
 * Checks a value that is to be stored as it is, since another database held it so. A spelling that the server reads
 * as well as the normal form is taken; one that it reads otherwise is not.
 */
export function checkVerbatim(key: SettingKey, text: string): CheckedValue {
  const checked = checkProposal(key, text);
  if (!checked.ok) return checked;
  const odd = key.databaseType !== null && !isNormalForm(key.databaseType, text);
  if (isExactFlag(key) && odd) {
    return refused(key, 'settings/invalid-value', `${key.key} is not valid: expected exactly true, or false`);
  }
  return { ok: true, text };
}
