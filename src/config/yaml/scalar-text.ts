import { CORE_SCHEMA, load } from 'js-yaml';
import { parse } from 'yaml';

/** Plain text that no reader takes for anything else, outside and inside `{ }`. */
const safe = /^[A-Za-z/](?:[\w./@%+=?&~-]|:(?=[^\s])| (?=[^\s#]))*$/;

function isPlain(value: string): boolean {
  if (!safe.test(value)) return false;
  // YAML 1.1 knows more words than 1.2 (`yes`, `off`), and the server's reader some of them.
  return parse(value, { version: '1.1' }) === value && load(value, { schema: CORE_SCHEMA }) === value;
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unprintable = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/;
const escapes = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * A text as a YAML scalar on one line that every reader takes for exactly that text, with quotes only where they
 * are needed.
 */
export function scalarText(value: string): string {
  if (isPlain(value)) return value;
  if (/["\\]/.test(value) && !unprintable.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(
    escapes,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
