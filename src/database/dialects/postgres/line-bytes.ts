/* What lines of COPY in text format and lines of JSON have in common. */

/** Bytes that both ways between them look for. */
export const LINE_FEED = 0x0a;
export const TAB = 0x09;
export const BLANK = 0x20;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const BRACKET = 0x5b;
export const CLOSING = 0x5d;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const LOWER_T = 0x74;
export const LOWER_F = 0x66;
export const UPPER_N = 0x4e;

/** Digits of a whole number that a double holds whatever they are. */
export const SAFE_DIGITS = 15;

/** Behind a backslash: what means the same in the text format of COPY and in a text of JSON. */
export const escapesAlike: ReadonlySet<number> = new Set(
  [...'\\nrtbf'].map((character) => character.charCodeAt(0)),
);
