/** Keys with the same parent are written together from this many on. */
const WORTH_GROUPING = 2;

/**
 * Many keys in little room, none left out: `auth.cookie.{domain,secure}, operator.name`. Sorted, so that two lists
 * can be compared by eye.
 */
export function compactKeyList(keys: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const key of [...new Set(keys)].sort()) {
    const dot = key.lastIndexOf('.');
    const parent = key.slice(0, Math.max(dot, 0));
    groups.set(parent, [...(groups.get(parent) ?? []), key.slice(dot + 1)]);
  }
  return [...groups]
    .flatMap(([parent, names]) => {
      if (parent === '') return names;
      if (names.length < WORTH_GROUPING) return names.map((name) => `${parent}.${name}`);
      return [`${parent}.{${names.join(',')}}`];
    })
    .join(', ');
}
