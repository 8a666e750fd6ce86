/** Control characters (C0, DEL, C1), which steer a terminal, and those that turn the direction of text. */
const unsafe = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** The colours that `Style` gives, around a whole text. */
const painted = /^(\u001B\[(?:1|2|31|32|33)m)([^]*)(\u001B\[(?:22|39)m)$/; // eslint-disable-line no-control-regex

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * Text from files, rows or variables as a terminal may get it: characters that would steer it are shown as `\x1b` or
 * `\u202e`, so that no value can move the cursor, hide a line or set a title.
 */
export function escapeControls(text: string): string {
  return text.replace(unsafe, visible);
}

/** The same for text of several lines: line breaks, also those of Windows, and tabs stay. */
export function escapeLines(text: string): string {
  return text.replace(/\r\n|[\n\t]|[^\n\t\r]+|\r/g, (part) =>
    part === '\r\n' || part === '\n' || part === '\t' ? part : escapeControls(part),
  );
}

/** The same for a cell of a table, of which a colour of our own around the whole stays. */
export function escapeCell(text: string): string {
  const [, on, inside, off] = painted.exec(text) ?? [];
  if (on === undefined || inside === undefined || off === undefined) return escapeControls(text);
  return `${on}${escapeControls(inside)}${off}`;
}
