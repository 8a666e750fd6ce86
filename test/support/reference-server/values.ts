/** Values as a server takes them from YAML, variables and rows, as text in normal form. */

const on = new Set(['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 'Y']);

function goDuration(text: string): string {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  let total = 0;
  for (const [, number = '0', unit = 's'] of text.matchAll(/([\d.]+)(h|ms|m|s)/g)) {
    total += Number(number) * (units[unit] ?? 0);
  }
  if (total !== 0 && total < 1000) return `${total}ms`;
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor((total % 3_600_000) / 60_000);
  const seconds = `${(total % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** JSON with the keys of every map in order, so that two texts of one value are equal. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What is left of an administrator: its fields that say something. */
function administrators(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((one: unknown) =>
    Object.fromEntries(
      Object.entries(one as Record<string, unknown>).filter(([, value]) => value !== null && value !== ''),
    ),
  );
}

/** @param text of a variable, a row, or a plain scalar of a file */
export function fromText(type: string, text: string): string {
  if (type === 'bool') return String(on.has(text));
  if (type === 'int') return String(BigInt(text.replaceAll('_', '').replace(/^\+/, '')));
  if (type === 'float') return String(Number(text));
  if (type === 'duration') return goDuration(text);
  return text;
}

/** The text of a value of a file: a scalar's own text, or data of a list or map. Undefined for null. */
export function fromFile(type: string, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (type === 'list of administrator') return sortedJson(administrators(value));
  return typeof value === 'string' ? fromText(type, value) : sortedJson(value);
}

export function fromVariable(type: string, text: string): string {
  if (type !== 'string_list') return fromText(type, text);
  const items = text.split(',').map((item) => item.trim());
  return sortedJson(items.filter((item) => item !== ''));
}

export function fromRow(type: string, text: string): string {
  if (!/^(string_list|list of|map of)/.test(type)) return type === 'bool' ? fromText(type, text) : text;
  const data = JSON.parse(text) as unknown;
  return sortedJson(type === 'list of administrator' ? administrators(data) : data);
}
