import type { Changes } from './changes.js';
import { columnOf, extentOf, type Extent } from './extent.js';
import type { Layout } from './layout.js';
import type { SourceMap, SourcePair } from './source.js';

const byHand = 'edit this place by hand, then run again';

/** New pairs by the pair they are written before or in place of, in their order. */
export type AddedTexts = ReadonlyMap<SourcePair, readonly string[]>;

function endsOwnLine(layout: Layout, pair: SourcePair): boolean {
  // A block scalar takes its line ending along.
  return layout.document.text[pair.end - 1] === '\n' || layout.endsLine(pair.end);
}

/**
 * Cuts the first pairs of a map that starts behind a dash (`- key: value`): the next pair that stays moves up
 * to the dash. Its indentation fits, since all keys of a block map stand at one column.
 */
function cutBehindIndicator(
  layout: Layout,
  run: readonly SourcePair[],
  next: SourcePair | undefined,
  changes: Changes,
): void {
  const { lines } = layout.document;
  const [first] = run;
  if (!first) return;
  const extents = run.map((pair) => extentOf(layout, pair));
  const last = extents.at(-1) as Extent;
  if (next) {
    const line = lines.lineOf(next.start);
    extents.push({ first: line, last: line });
  }
  let covered = lines.lineOf(first.start) - 1;
  for (const extent of extents) {
    for (let line = covered + 1; line < extent.first; line++) {
      if (layout.kind(line) === 'blank') continue;
      const offset = lines.start(line) + layout.indent(line);
      changes.refuse(offset, 'A comment between a list dash and its next key would lose its place', byHand);
      return;
    }
    covered = extent.last;
  }
  // Without a pair that stays, only new ones remain in the map; they follow the dash.
  changes.spans.push([first.start, next ? next.start : lines.contentEnd(last.last)]);
}

function addLines(
  layout: Layout,
  pair: SourcePair,
  extent: Extent,
  texts: readonly string[],
  changes: Changes,
): void {
  const { lines } = layout.document;
  const indent = ' '.repeat(columnOf(layout, pair));
  const ending = layout.endingAt(lines.lineOf(pair.start));
  if (layout.startsLine(pair.start)) {
    const offset = lines.visibleStart(extent.first);
    changes.insertions.push({ offset, text: texts.map((text) => indent + text + ending).join('') });
  } else {
    changes.insertions.push({
      offset: pair.start,
      text: texts.map((text) => text + ending + indent).join(''),
    });
  }
}

/** Cuts pairs out of a block map, and adds new ones. `cuts` are pairs of this map in the order of the text. */
export function editBlockMap(
  layout: Layout,
  map: SourceMap,
  cuts: readonly SourcePair[],
  added: AddedTexts,
  changes: Changes,
): void {
  const { lines } = layout.document;
  const going = new Set(cuts);
  const [first] = map.pairs;
  const inline = first !== undefined && !layout.startsLine(first.start);
  let runLength = 0;
  if (inline && going.has(first)) {
    while (runLength < map.pairs.length && going.has(map.pairs[runLength] as SourcePair)) runLength++;
    const next = map.pairs[runLength];
    const run = map.pairs.slice(0, runLength);
    // What is to stand before the next pair follows the dash as well.
    const news = [...run, ...(next ? [next] : [])].flatMap((pair) => added.get(pair) ?? []);
    cutBehindIndicator(layout, run, next, changes);
    if (news.length > 0) {
      const separator = layout.endingAt(lines.lineOf(first.start)) + ' '.repeat(columnOf(layout, first));
      changes.insertions.push({ offset: first.start, text: news.join(separator) + (next ? separator : '') });
    }
  }
  for (const pair of map.pairs.slice(runLength)) {
    const texts = runLength > 0 && pair.index === runLength ? undefined : added.get(pair);
    const goes = going.has(pair);
    if (!goes && !texts) continue;
    const extent = extentOf(layout, pair);
    if (texts) addLines(layout, pair, extent, texts, changes);
    if (!goes) continue;
    if (!layout.startsLine(pair.start) || !endsOwnLine(layout, pair)) {
      changes.refuse(pair.start, 'This pair shares its line with something that stays', byHand);
      continue;
    }
    changes.lines.push({ ...extent, opensBlock: pair.index === 0, replaced: texts !== undefined });
  }
}
