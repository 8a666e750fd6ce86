/** Version of the JSON contract described in docs/json-output.md. It changes only when a reader could break. */
const JSON_OUTPUT_VERSION = 1;

/** Characters that JSON lets through and that steer a terminal or turn the direction of text. */
const unsafe = /[\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One JSON document as `--json` prints it: contract version and kind first, then the result's own fields. */
export function jsonDocument(kind: string, fields: object): string {
  const text = JSON.stringify({ version: JSON_OUTPUT_VERSION, kind, ...fields }, null, 2);
  return `${text.replace(unsafe, escaped)}\n`;
}
