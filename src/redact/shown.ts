import { maskByForm } from './forms.js';
import { SECRET_MASK } from '../values/index.js';

/**
 * A value as it may be shown: a secret as a mask, unless it is empty, and any other value without what shows by its
 * form that it is secret; undefined stays undefined.
 */
export function shownValue(text: string | undefined, secret: boolean): string | undefined {
  if (text === undefined || text === '') return text;
  return secret ? SECRET_MASK : maskByForm(text);
}

/** True when a value may not be shown as it is: a secret, or one that holds a secret by its form, as an address with a password. */
export function holdsSecret(text: string, secret: boolean): boolean {
  return shownValue(text, secret) !== text;
}

/** True for text that stands in place of a secret somewhere: storing it would destroy the secret. */
export function isMask(text: string): boolean {
  return (
    text.includes(SECRET_MASK) || /^\s*(?:[*•]{3,}|<(?:masked|redacted|secret|configured)>)\s*$/i.test(text)
  );
}
