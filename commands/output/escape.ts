import { escapeControls } from '../../src/redact/escape.js';

export { escapeControls };

/** The colours that `Style` gives, around a whole text. */
const painted = /^(\u001B\[(?:1|2|31|32|33)m)([^]*)(\u001B\[(?:22|39)m)$/; // eslint-disable-line no-control-regex

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
