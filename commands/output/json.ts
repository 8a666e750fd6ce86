import { escapeQuoted } from '../../src/redact/index.js';

/** Version of the JSON contract described in docs/json-output.md. It changes only when a reader could break. */
const JSON_OUTPUT_VERSION = 1;

/** A value as JSON of several lines, with nothing in it that steers a terminal. */
export const jsonText = (value: unknown): string => `${escapeQuoted(JSON.stringify(value, null, 2))}\n`;

/** One JSON document as `--json` prints it: contract version and kind first, then the result's own fields. */
export function jsonDocument(kind: string, fields: object): string {
  return jsonText({ version: JSON_OUTPUT_VERSION, kind, ...fields });
}
