import type { AddedTexts } from './cut-block.js';
import type { Changes } from './changes.js';
import { columnOf, commentsAbove, extentOf } from './extent.js';
import type { Layout } from './layout.js';
import type { SourceMap, SourcePair } from './source.js';

const byHand = 'put each pair of the braces on a line of its own, or cut it by hand, then run again';

class FlowMapEdit {
  readonly #going: ReadonlySet<SourcePair>;
  /** The last pair that stays. */
  readonly #lastStaying: SourcePair | undefined;

  constructor(
    readonly layout: Layout,
    readonly map: SourceMap,
    cuts: readonly SourcePair[],
    readonly added: AddedTexts,
    readonly changes: Changes,
  ) {
    this.#going = new Set(cuts.filter((pair) => !added.has(pair)));
    this.#lastStaying = map.pairs.findLast((pair) => !this.#going.has(pair));
    for (const pair of cuts) if (added.has(pair)) this.#replace(pair);
  }

  run(): void {
    const { pairs } = this.map;
    for (const pair of pairs) if (!this.#replaced.has(pair)) this.#addBefore(pair);
    for (let i = 0; i < pairs.length;) {
      let j = i;
      if (this.#going.has(pairs[i] as SourcePair)) {
        while (this.#continues(pairs[j], pairs[j + 1])) j++;
        this.#cut(pairs.slice(i, j + 1));
      }
      i = j + 1;
    }
  }

  readonly #replaced = new Set<SourcePair>();

  /** True when the next pair goes too and starts on the line where this one ends. */
  #continues(pair: SourcePair | undefined, next: SourcePair | undefined): boolean {
    const { lines } = this.layout.document;
    return (
      pair !== undefined &&
      next !== undefined &&
      this.#going.has(next) &&
      lines.lineOf(pair.end) === lines.lineOf(next.start)
    );
  }

  /** A pair that new ones take the place of: its comma separates them. */
  #replace(pair: SourcePair): void {
    const { layout, changes } = this;
    const { lines } = layout.document;
    this.#replaced.add(pair);
    const line = lines.lineOf(pair.start);
    if (layout.startsLine(pair.start)) {
      const first = commentsAbove(layout, line);
      if (first < line)
        changes.lines.push({ first, last: line - 1, opensBlock: pair.index === 0, replaced: true });
    }
    changes.spans.push([pair.start, pair.end]);
    changes.insertions.push({ offset: pair.start, text: (this.added.get(pair) ?? []).join(', ') });
    const behind = layout.skipSpace((pair.comma ?? pair.end - 1) + 1);
    if (layout.startsLine(pair.start) && layout.isComment(behind)) {
      const from = (pair.comma ?? pair.end - 1) + 1;
      changes.spans.push([from, lines.contentEnd(lines.lineOf(from))]);
    }
  }

  #addBefore(pair: SourcePair): void {
    const texts = this.added.get(pair);
    if (!texts) return;
    const { layout } = this;
    const { lines } = layout.document;
    const line = lines.lineOf(pair.start);
    if (!layout.startsLine(pair.start)) {
      this.changes.insertions.push({ offset: pair.start, text: texts.map((text) => `${text}, `).join('') });
      return;
    }
    const indent = ' '.repeat(columnOf(layout, pair));
    this.changes.insertions.push({
      offset: lines.start(commentsAbove(layout, line)),
      text: texts.map((text) => `${indent}${text},${layout.endingAt(line)}`).join(''),
    });
  }

  /** Cuts pairs that follow each other on one line, or a single pair. */
  #cut(run: readonly SourcePair[]): void {
    const { layout, changes } = this;
    const { text, lines } = layout.document;
    const first = run[0] as SourcePair;
    const last = run.at(-1) as SourcePair;
    const end = last.comma === undefined ? last.end : last.comma + 1;
    if (!/^\s*$/.test(text.slice(last.end, last.comma ?? last.end))) {
      changes.refuse(last.end, 'A comment stands between this pair and its comma', byHand);
      return;
    }
    const staying = this.#lastStaying;
    // Without a comma behind the last pair, the last one that stays loses its own.
    const comma = last.comma === undefined && staying ? staying.comma : undefined;
    if (
      layout.startsLine(first.start) &&
      layout.endsLine(end) &&
      lines.lineOf(last.end) === lines.lineOf(end - 1)
    ) {
      const above = extentOf(layout, first).first;
      const below = extentOf(layout, last, end).last;
      changes.lines.push({ first: above, last: below, opensBlock: first.index === 0, replaced: false });
      if (comma !== undefined) changes.spans.push([comma, comma + 1]);
    } else if (comma !== undefined && staying) {
      const blankBetween =
        staying.index === first.index - 1 && /^[\s,]*$/.test(text.slice(staying.end, first.start));
      if (blankBetween) changes.spans.push([staying.end, end]);
      else changes.spans.push([comma, comma + 1], [this.#spaceBefore(first.start), end]);
    } else if (last.comma === undefined) {
      changes.spans.push([this.#spaceBefore(first.start), end]);
    } else {
      const next = layout.skipSpace(end);
      const more = next < lines.contentEnd(lines.lineOf(end)) && !layout.isComment(next);
      changes.spans.push(more ? [first.start, next] : [this.#spaceBefore(first.start), end]);
    }
  }

  #spaceBefore(offset: number): number {
    const { text } = this.layout.document;
    let at = offset;
    while (text[at - 1] === ' ' || text[at - 1] === '\t') at--;
    return at;
  }
}

/** Cuts pairs out of `{ }` with as many commas, and adds new ones. `cuts` are in the order of the text. */
export function editFlowMap(
  layout: Layout,
  map: SourceMap,
  cuts: readonly SourcePair[],
  added: AddedTexts,
  changes: Changes,
): void {
  const emptied = cuts.length === map.pairs.length && !cuts.some((pair) => added.has(pair));
  if (emptied) changes.spans.push([map.start + 1, map.end - 1]);
  else new FlowMapEdit(layout, map, cuts, added, changes).run();
}
