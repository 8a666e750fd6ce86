import { checkLimits } from '../registry/index.js';
import { ENVELOPE_PREFIX } from '../values/index.js';
import type { SettingKey } from './setting-key.js';

const CALLBACK_ALLOWLIST = 'auth.oauth.client_callback_allowlist';

/** One pattern of the callback allowlist: an absolute URL, exact or ending in `*`. */
function isCallbackPattern(pattern: string): boolean {
  const exact = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  if (exact.includes('*') || /\s/.test(exact)) return false;
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i.exec(exact);
  if (!match) return false;
  return /^https?$/i.test(match[1] as string) ? URL.canParse(exact) : true;
}

/** What a text should be, when no engine keeps it: PostgreSQL refuses U+0000, and half of a surrogate pair is no UTF-8. */
export function checkCharacters(text: string): string | undefined {
  if (text.includes('\0')) return 'text without the character U+0000';
  return /\p{Surrogate}/u.test(text)
    ? 'whole Unicode characters, and not half of a surrogate pair'
    : undefined;
}

const escapedPair = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/g;

/**
 * The same for JSON that somebody states, before it is read: there the half may be an escape, and who reads it, the server
 * too, puts U+FFFD in its place.
 */
export function checkJsonCharacters(json: string): string | undefined {
  // Two backslashes are one in the text, and begin no escape.
  const alone = json.replaceAll('\\\\', ' ').replace(escapedPair, '');
  return checkCharacters(/\\u[dD][89a-fA-F]/.test(alone) ? '\ud800' : json);
}

/** What a text should be that may be stored: one that looks encrypted would be decrypted by whoever reads the row. */
function checkPlain({ operational }: SettingKey, text: string): string | undefined {
  if (!operational || !text.startsWith(ENVELOPE_PREFIX)) return undefined;
  return `the value itself, and nothing that begins with ${ENVELOPE_PREFIX}, as encrypted rows do`;
}

function checkAllowlist({ key }: SettingKey, text: string): string | undefined {
  if (key !== CALLBACK_ALLOWLIST) return undefined;
  const broken = (JSON.parse(text) as string[]).findIndex((pattern) => !isCallbackPattern(pattern));
  if (broken < 0) return undefined;
  return `URLs with scheme and host, exact or ending in *, such as https://tmi.example.com/*; item ${broken + 1} is not one`;
}

/** Words that servers take for another one, and the one that stands for all they do not know. */
function takenAs({ path }: SettingKey, text: string): string {
  if (path !== 'logging.level') return 'a server starts with it as it is';
  const word = text.toLowerCase();
  const level = word === 'warning' ? 'warn' : word;
  return `a server takes it for ${['debug', 'warn', 'error'].includes(level) ? level : 'info'}`;
}

/**
 * What speaks against a value of the right type.
 * `refused`: a server does not start with it. `unfit`: servers take it from file or variable, but no row may hold it.
 * `doubtful`: servers take it from everywhere, and the documentation asks for something else.
 */
export type Objection =
  | {
      readonly verdict: 'refused' | 'unfit';
      readonly expected: string;
      /** What was expected is the value that was meant, beside which an example would mislead. */
      readonly isAnswer?: true;
    }
  | { readonly verdict: 'doubtful'; readonly expected: string; readonly effect: string };

/**
 * Checks of a value beyond its type: limits, allowed words, and the callback allowlist, of which one broken entry
 * locks every login out.
 * @param text the value in normal form
 * @returns undefined when the value is good
 */
export function objectionTo(key: SettingKey, text: string): Objection | undefined {
  const unfit = checkAllowlist(key, text) ?? checkCharacters(text) ?? checkPlain(key, text);
  if (unfit !== undefined) return { verdict: 'unfit', expected: unfit };
  const beyond = checkLimits(key.type, text, key.limits)?.expected;
  if (beyond === undefined) return undefined;
  return key.limits?.enforced
    ? { verdict: 'refused', expected: beyond }
    : { verdict: 'doubtful', expected: beyond, effect: takenAs(key, text) };
}

/** What was expected, for whoever states a value now: then everything counts that speaks against it. */
export function checkValue(key: SettingKey, text: string): string | undefined {
  return objectionTo(key, text)?.expected;
}

/** True when a row may hold the value: a server that finds it there takes it as it takes it from a file. */
export function isStorable(key: SettingKey, text: string): boolean {
  const verdict = objectionTo(key, text)?.verdict;
  return verdict === undefined || verdict === 'doubtful';
}
