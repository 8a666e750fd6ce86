/** How many of many are named in a sentence. */
const NAMED = 3;

/** `a, b, c and 55 more`: for sentences about many keys, of which the first show what kind they are. */
export function fewOf(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}
