/** Control characters (C0, DEL, C1), which steer a terminal, line separators, and those that turn the direction of text. */
const unsafe = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * Text from files, rows or variables as a terminal, an annotation or a comment may get it: on one line, with characters
 * that would steer a reader shown as `\x1b` or `\u202e`, so that no value can move the cursor, hide a line, set a title or
 * begin a line of its own.
 */
export function escapeControls(text: string): string {
  return text.replace(unsafe, visible);
}

/** The same without ends of lines and tabs, which a text of several lines may have. */
const steering = /([^\P{Cc}\n\t]+|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]+)/u;

/** True where a text, other than by ends of lines and tabs, would steer a terminal that it is shown on. */
export const isSteering = (text: string): boolean => steering.test(text);

/** A text cut into parts, none of them empty: each would steer throughout or not at all. */
export const splitSteering = (text: string): string[] => text.split(steering).filter((part) => part !== '');

/** What JSON lets through: the rest of those, and what some readers refuse or change when it stands there as it is. */
const unsafeInQuotes =
  /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]|\p{Surrogate}/gu;

/**
 * The same for JSON, and for YAML whose texts are all in double quotes: readers get every character back.
 * @param text in which such characters stand within quotes only
 */
export function escapeQuoted(text: string): string {
  return text.replace(
    unsafeInQuotes,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
