import type { Diagnostic } from '../errors/index.js';
import { fromData, type Normalised } from '../values/index.js';
import type { Objection } from './checks.js';
import type { SettingKey } from './setting-key.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's text, or undefined when it is not set or empty: the server treats the two alike. */
export function variable(env: Environment, name: string): string | undefined {
  const text = env[name];
  return text === undefined || text === '' ? undefined : text;
}

/** A list as the server reads it from a variable: separated by commas, trimmed, empties dropped. */
export function listOfVariable(text: string): Normalised {
  const items = text.split(',').map((item) => item.trim());
  return fromData(
    'string_list',
    items.filter((item) => item !== ''),
  );
}

/** What was expected, when a list is written as JSON: the server takes that apart at its commas. */
export function expectedOfList(text: string): string | undefined {
  return text.trimStart().startsWith('[')
    ? 'items separated by commas, without brackets and quotes'
    : undefined;
}

/** A diagnostic for a variable whose value its setting does not take. */
export function invalidVariable(name: string, key: SettingKey, expected: string): Diagnostic {
  return {
    code: 'config/invalid-variable',
    severity: 'error',
    message: `${name} is not valid: expected ${expected}`,
    variable: name,
    key: key.path,
  };
}

/** A diagnostic for a variable whose value servers take, although the documentation asks for another. */
export function doubtfulVariable(name: string, key: SettingKey, objection: Objection): Diagnostic {
  const effect = 'effect' in objection ? `; ${objection.effect}` : '';
  return {
    code: objection.verdict === 'unfit' ? 'config/invalid-variable' : 'config/doubtful-value',
    severity: 'warning',
    message: `${name} is not what is documented: expected ${objection.expected}${effect}`,
    variable: name,
    key: key.path,
  };
}
