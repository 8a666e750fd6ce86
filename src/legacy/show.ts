import { maskByForm } from '../redact/index.js';
import { displayReference, isReference } from '../config/reference.js';
import { SECRET_MASK } from '../values/index.js';

const LONGEST = 72;
/** Enough to find the longest text in; the rest need not be gone through. */
const LOOKED_AT = 1024;

/**
 * A value as plan and proof may show it: masked when it is secret, and where its form says that a part of it is; in every
 * other character exact.
 */
export function show(text: string | undefined, secret: boolean): string | undefined {
  if (text === undefined || text === '') return text;
  // A reference is no secret, and a reader wants to know that it is one.
  if (secret && !isReference(text)) return SECRET_MASK;
  return secret ? displayReference(text) : maskByForm(text);
}

/**
 * A value that `show` gave, for people: on one line, cut when long. Half a secret would not be found any more.
 * @param longest in characters; 2 at least
 */
export function oneLine(shown: string, longest = LONGEST): string {
  const line = shown.slice(0, LOOKED_AT).replaceAll(/\s*[\r\n]+\s*/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** What a setting is used as, for people: what is not set and what is empty can be told apart. */
export function inUse(shown: string | undefined): string {
  if (shown === undefined) return 'not set';
  return shown === '' ? 'empty' : oneLine(shown);
}
