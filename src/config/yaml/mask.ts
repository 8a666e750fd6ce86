/**
 * Replaces ranges of a text by a mask, so that the text can be shown. Lines outside the ranges stay as they are;
 * a value of several lines becomes one masked line, and the line ending behind a block scalar stays.
 *
 * @param ranges starts and ends in UTF-16 units, in any order; overlapping ones count as one
 */
export function maskRanges(
  text: string,
  ranges: readonly (readonly [start: number, end: number])[],
  mask = '********',
): string {
  const joined: [start: number, end: number][] = [];
  for (const [start, end] of ranges.filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of joined) {
    const value = text.slice(start, end);
    const trailing = value.slice(value.trimEnd().length);
    parts.push(text.slice(done, start), mask, /\r?\n/.exec(trailing)?.[0] ?? '');
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}
