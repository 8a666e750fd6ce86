import { ToolError } from './tool-error.js';

// What functions of the library are given by programs in plain JavaScript, where types promise nothing.

function shown(given: unknown): string {
  if (given === null) return 'null';
  return Array.isArray(given) ? 'a list' : typeof given;
}

function refuse(call: string, expected: string, given: unknown): never {
  throw new ToolError('usage/bad-argument', `${call} wants ${expected}, and was given ${shown(given)}`);
}

/** @throws ToolError `usage/bad-argument` unless an object was given */
export function assertObject(call: string, expected: string, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) refuse(call, expected, given);
}

/** @throws ToolError `usage/bad-argument` unless a text was given */
export function assertText(call: string, expected: string, given: unknown): void {
  if (typeof given !== 'string') refuse(call, expected, given);
}

/** @throws ToolError `usage/bad-argument` unless one of the words was given, or nothing where that will do */
export function assertOneOf(
  call: string,
  words: readonly string[],
  given: unknown,
  { optional = false }: { readonly optional?: boolean } = {},
): void {
  if ((optional && given === undefined) || (typeof given === 'string' && words.includes(given))) return;
  refuse(call, words.join(' or '), given);
}

/** @throws ToolError `usage/bad-argument` unless an environment was given: an object of texts */
export function assertEnvironment(call: string, given: unknown): void {
  assertObject(call, 'the environment as env, such as process.env', given);
  for (const [name, value] of Object.entries(given as object)) {
    if (value !== undefined) assertText(call, `a text as env.${name}`, value);
  }
}
