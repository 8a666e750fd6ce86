/* Bytes that are looked for where lines of JSON are made of what an engine sends, or the other way round. */

export const LINE_FEED = 0x0a;
export const TAB = 0x09;
export const BLANK = 0x20;
export const QUOTE = 0x22;
export const APOSTROPHE = 0x27;
export const BACKSLASH = 0x5c;
export const BRACKET = 0x5b;
export const CLOSING = 0x5d;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const COLON = 0x3a;
export const ZERO = 0x30;
const NINE = 0x39;
export const LOWER_F = 0x66;
export const LOWER_N = 0x6e;
export const LOWER_T = 0x74;
export const UPPER_N = 0x4e;
export const UPPER_T = 0x54;
export const UPPER_Z = 0x5a;

/** Digits of a whole number that a double holds whatever they are. */
export const SAFE_DIGITS = 15;

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;
