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

/** What a text should be that may be stored: one that looks encrypted would be decrypted by whoever reads the row. */
function checkPlain({ operational }: SettingKey, text: string): string | undefined {
  if (!operational || !text.startsWith(ENVELOPE_PREFIX)) return undefined;
  return `the value itself, and nothing that begins with ${ENVELOPE_PREFIX}, as encrypted rows do`;
}

/**
 * Checks of a value beyond its type: limits, allowed words, and the callback allowlist, of which one broken entry
 * locks every login out. Returns what was expected, or undefined when the value is good.
 * @param text the value in normal form
 */
export function checkValue(key: SettingKey, text: string): string | undefined {
  if (key.key === CALLBACK_ALLOWLIST) {
    const patterns = JSON.parse(text) as string[];
    const broken = patterns.findIndex((pattern) => !isCallbackPattern(pattern));
    if (broken >= 0) {
      return `URLs with scheme and host, exact or ending in *, such as https://tmi.example.com/*; item ${broken + 1} is not one`;
    }
  }
  return checkCharacters(text) ?? checkPlain(key, text) ?? checkLimits(key.type, text, key.limits)?.expected;
}
