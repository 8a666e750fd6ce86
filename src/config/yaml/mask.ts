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
  const sorted = ranges.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const parts: string[] = [];
  let done = 0;
  for (let i = 0; i < sorted.length;) {
    const [start, firstEnd] = sorted[i] as readonly [number, number];
    let end = firstEnd;
    for (i++; i < sorted.length && (sorted[i]?.[0] ?? 0) < end; i++) end = Math.max(end, sorted[i]?.[1] ?? 0);
    const value = text.slice(start, end);
    const trailing = value.slice(value.trimEnd().length);
    parts.push(text.slice(done, start), mask, /\r?\n/.exec(trailing)?.[0] ?? '');
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}
