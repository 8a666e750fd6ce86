import type { LongScalar } from './marks.js';
import type { MapEntry, MapNode } from './node.js';
import { SourceIndex, type SourceMap, type SourcePair } from './source.js';

type Growing<T> = { -readonly [K in keyof T]: T[K] };

/** A map that is being read. */
export type GrowingMap = Omit<Growing<SourceMap>, 'pairs'> & { readonly pairs: Growing<SourcePair>[] };

/** What stands around a value that is being read. */
interface Around {
  readonly owner: Growing<SourcePair> | undefined;
  readonly place: SourceMap['place'];
  readonly before: Around | undefined;
}

const noScalars: readonly LongScalar[] = [];
const hidden: ReadonlyMap<string, readonly SourcePair[]> = new Map();

/** What an edit needs beside the tree, told piece by piece by the reader of plain files. */
export class PlainSource {
  readonly index = new SourceIndex();
  readonly #comments = new Set<number>();
  /** No value is longer than its line here. */
  readonly marks = { comments: this.#comments as ReadonlySet<number>, scalars: noScalars };
  #around: Around = { owner: undefined, place: 'root', before: undefined };
  /** Offset behind what was read last of values and keys. */
  #end = 0;

  comment(offset: number): void {
    this.#comments.add(offset);
  }

  /** What stands behind a value or a key: space, and perhaps a comment. */
  rest(offset: number, text: string): void {
    const sign = text.indexOf('#');
    if (sign >= 0) this.comment(offset + sign);
  }

  endAt(offset: number): void {
    this.#end = offset;
  }

  beginMap(style: SourceMap['style'], start: number): GrowingMap {
    const { owner, place } = this.#around;
    return { style, start, end: start, pairs: [], owner, place };
  }

  endMap(map: GrowingMap, node: MapNode): void {
    map.end = node.range[1];
    this.index.recordMap(node, { map, merge: undefined, hidden });
  }

  /** @param keyEnd offset behind the key and its colon */
  beginPair(map: GrowingMap, start: number, keyEnd: number): void {
    const pair = { map, index: map.pairs.length, start, end: keyEnd, comma: undefined };
    map.pairs.push(pair);
    this.#around = { owner: pair, place: 'value', before: this.#around };
    this.#end = keyEnd;
  }

  endPair(entry: MapEntry): void {
    const { owner, before } = this.#around;
    if (!owner || !before) return;
    owner.end = this.#end;
    this.index.recordEntry(entry, owner);
    this.#around = before;
  }

  /** The comma behind the last pair that was read of a map. */
  comma(map: GrowingMap, offset: number): void {
    const last = map.pairs.at(-1);
    if (last) last.comma = offset;
  }

  beginList(): void {
    this.#around = { owner: this.#around.owner, place: 'item', before: this.#around };
  }

  endList(): void {
    this.#around = this.#around.before ?? this.#around;
  }
}
