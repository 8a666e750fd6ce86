/**
 * What JSON can hold. A plain object stands for a Go map, whose keys are sorted when it is written; a `Map` stands
 * for a Go struct, whose fields keep their order.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>
  | { readonly [key: string]: JsonValue };

/** A plain object, as opposed to a list, a `Map` or a scalar. */
export function isJsonObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/**
 * Go escapes what HTML would read as markup and what JavaScript would read as a line end. A lone surrogate has no
 * UTF-8 form, and Go writes the escape of the replacement character in its place.
 */
// eslint-disable-next-line no-control-regex -- control characters are what JSON has to escape
const escaped = /["\\\u0000-\u001f<>&\u2028\u2029]|\p{Surrogate}/gu;

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escape(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  return shortEscapes[character] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}

const quoted = (text: string): string => `"${text.replace(escaped, escape)}"`;

/** Byte order of the UTF-8 forms, which differs from JavaScript's order beyond the basic plane. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function writeObject(entries: Iterable<readonly [string, JsonValue]>): string {
  return `{${Array.from(entries, ([key, value]) => `${quoted(key)}:${toGoJson(value)}`).join(',')}}`;
}

/**
 * Compact JSON, byte for byte as Go's `encoding/json` writes it since 1.22.
 * @throws RangeError for a number that is not finite, which JSON cannot hold.
 */
export function toGoJson(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('JSON holds finite numbers only');
    return Object.is(value, -0) ? '-0' : value.toString();
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => toGoJson(item)).join(',')}]`;
  if (value instanceof Map) return writeObject(value as ReadonlyMap<string, JsonValue>);
  return writeObject(Object.entries(value).sort(([a], [b]) => byBytes(a, b)));
}
