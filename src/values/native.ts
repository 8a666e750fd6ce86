import { deepFreeze } from './deep-freeze.js';
import { parseDuration } from './duration.js';
import { fromText } from './normal-form.js';
import type { AdministratorFieldName } from './structures.js';
import type { SettingType } from './types.js';

/** One endpoint that tells who a user is, with the names of its claims. */
export interface UserinfoEndpoint {
  readonly url: string;
  readonly claims?: Readonly<Record<string, string>>;
}

/** One entry of `administrators`: `provider` and `subject_type` always, the others as far as they are known. */
export type Administrator = Readonly<Partial<Record<AdministratorFieldName, string>>>;

/** What values of each type are in a program. A duration is a number of milliseconds. */
interface NativeTypes {
  string: string;
  int: number;
  bool: boolean;
  float: number;
  duration: number;
  string_list: readonly string[];
  string_map: Readonly<Record<string, string>>;
  userinfo_list: readonly UserinfoEndpoint[];
  administrator_list: readonly Administrator[];
}

export type NativeValue<Type extends SettingType = SettingType> = NativeTypes[Type];

/** A value for a program, or a phrase that says what was expected, to follow the word "expected". */
export type NativeResult<Type extends SettingType> =
  | { readonly ok: true; readonly value: NativeValue<Type> }
  | { readonly ok: false; readonly expected: string };

const nanosecondsPerMillisecond = 1e6;

function convert(type: SettingType, text: string): NativeValue {
  switch (type) {
    case 'string':
      return text;
    case 'int':
    case 'float':
      return Number(text);
    case 'bool':
      return text === 'true';
    case 'duration':
      return Number(parseDuration(text) ?? 0n) / nanosecondsPerMillisecond;
    case 'string_list':
    case 'string_map':
    case 'userinfo_list':
    case 'administrator_list':
      return deepFreeze(JSON.parse(text) as NativeValue);
  }
}

/**
 * A value as a program uses it, from its text. Lists and maps are frozen.
 * @param text in normal form, or in any other form that a variable may have
 */
export function toNative<Type extends SettingType>(type: Type, text: string): NativeResult<Type> {
  const normal = fromText(type, text);
  if (!normal.ok) return normal;
  const value = convert(type, normal.text);
  if (type === 'int' && !Number.isSafeInteger(value)) {
    return { ok: false, expected: 'a whole number that a program can hold exactly' };
  }
  return { ok: true, value: value as NativeValue<Type> };
}
