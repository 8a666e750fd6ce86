/** How many names of a list a sentence holds. */
const NAMED = 3;

/** `a, b, c and 55 more`: for sentences about many keys, of which the first show what kind they are. */
export function shortenedList(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}
