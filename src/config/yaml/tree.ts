import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { readBinary } from './binary.js';
import { MAX_DEPTH, tooDeep } from './compose.js';
import type { Fault } from './faults.js';
import { Inheritor, MAX_INHERITED } from './inherit.js';
import type { LineIndex } from './lines.js';
import { mergeEntries, type MergeSource } from './merge.js';
import {
  coreTags,
  nullTexts,
  type CoreTag,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type YamlNode,
} from './node.js';
import { SourceIndex, type SourceMap, type SourcePair } from './source.js';
import { itemEnd, itemStart } from './spans.js';

const corePrefix = 'tag:yaml.org,2002:';

const styles = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
} as const satisfies Record<string, ScalarNode['style']>;

interface Anchor {
  readonly name: string;
  readonly offset: number;
  readonly pair: SourcePair | undefined;
  /** Undefined while the value is being read: an alias inside would hold itself. */
  node: YamlNode | undefined;
}

/** Where a value stands, as far as the edit must know. */
interface Surroundings {
  readonly pair: SourcePair | undefined;
  readonly place: SourceMap['place'];
  readonly depth: number;
}

/** Builds the tree of a document: aliases followed, merge keys applied. Collects every fault it meets. */
export class TreeBuilder {
  readonly index = new SourceIndex();
  readonly faults: Fault[] = [];
  readonly #anchors = new Map<string, Anchor>();
  readonly #inheritor = new Inheritor(this.index);

  constructor(readonly lines: LineIndex) {}

  build(node: ParsedNode): YamlNode {
    return this.#node(node, { pair: undefined, place: 'root', depth: 1 });
  }

  #node(node: ParsedNode | null, around: Surroundings, fallback = 0): YamlNode {
    if (node && isAlias(node)) return this.#alias(node, around);
    const anchor = node ? this.#anchor(node, around) : undefined;
    const built = this.#ownNode(node, around, fallback);
    if (anchor) anchor.node = built;
    return built;
  }

  #ownNode(node: ParsedNode | null, around: Surroundings, fallback: number): YamlNode {
    const [start, end] = node?.range ?? [fallback, fallback];
    const base = { position: this.lines.positionAt(start), range: [start, end] as const, inherited: false };
    if (around.depth > MAX_DEPTH + 1) {
      this.faults.push(tooDeep(start));
    } else if (node && isMap(node)) {
      this.#tag(node, 'map');
      return this.#map(node, base, around);
    } else if (node && isSeq(node)) {
      this.#tag(node, 'seq');
      const inside: Surroundings = { ...around, place: 'item', depth: around.depth + 1 };
      const items = node.items.map((item) => this.#node(item, inside));
      return { kind: 'sequence', ...base, items };
    } else if (node && isScalar(node)) {
      return this.#scalar(node, base);
    }
    return { kind: 'scalar', ...base, style: 'plain', text: '', isNull: true };
  }

  #scalar(node: Scalar.Parsed, base: Pick<ScalarNode, 'position' | 'range' | 'inherited'>): ScalarNode {
    const style = styles[node.type ?? 'PLAIN'];
    const tag = this.#tag(node, 'scalar');
    const written = this.#withoutInventedBreak(node, node.source);
    const text = tag === 'binary' ? this.#decoded(written, node.range[0]) : written;
    const isNull = style === 'plain' && nullTexts.has(text) && (tag === undefined || tag === 'null');
    return { kind: 'scalar', ...base, style, text, isNull, ...(tag ? { tag } : {}) };
  }

  /**
   * A block scalar that ends with the file, without a line ending, has none in its value for the server's reader.
   * Both readers here add one.
   */
  #withoutInventedBreak(node: Scalar.Parsed, text: string): string {
    const { text: whole } = this.lines;
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    const open = block && node.range[1] === whole.length && !whole.endsWith('\n');
    return open && text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  /** The short name of an explicit tag. A foreign one is a fault. */
  #tag(node: ParsedNode, kind: 'map' | 'seq' | 'scalar'): CoreTag | undefined {
    if (node.tag === undefined) return undefined;
    const short = coreTags.find((name) => node.tag === corePrefix + name);
    const fits =
      short !== undefined && (short === 'map' || short === 'seq' ? short === kind : kind === 'scalar');
    if (fits) return short;
    this.faults.push({
      code: 'config/unsupported-yaml',
      message: 'A value carries a YAML tag that the server does not know',
      hint: 'Put the value in quotes if the ! belongs to it, else remove the tag.',
      offset: node.range[0],
    });
    return undefined;
  }

  /** What base64 under `!!binary` holds. */
  #decoded(written: string, offset: number): string {
    const binary = readBinary(written);
    if ('text' in binary) return binary.text;
    const isBroken = binary.fault === 'not-base64';
    this.faults.push({
      code: isBroken ? 'config/invalid-yaml' : 'config/unsupported-yaml',
      message: isBroken
        ? 'A value under the tag !!binary is not in base64'
        : 'A value in base64 (!!binary) holds bytes that are no text in UTF-8',
      hint: isBroken
        ? 'Write the text itself, without the tag.'
        : 'Write a text: the database holds no bytes.',
      offset,
    });
    return '';
  }

  #anchor(node: ParsedNode, around: Surroundings): Anchor | undefined {
    const name = isAlias(node) ? undefined : node.anchor;
    if (name === undefined) return undefined;
    const anchor: Anchor = { name, offset: node.range[0], pair: around.pair, node: undefined };
    this.#anchors.set(name, anchor);
    return anchor;
  }

  #invalid(message: string, hint: string, offset: number): void {
    this.faults.push({ code: 'config/invalid-yaml', message, hint, offset });
  }

  #alias(node: Alias.Parsed, around: Surroundings): YamlNode {
    const [start, end] = node.range;
    const place = { position: this.lines.positionAt(start), range: [start, end] as const };
    const unresolved: YamlNode = {
      kind: 'scalar',
      ...place,
      inherited: true,
      style: 'plain',
      text: '',
      isNull: true,
    };
    const anchor = this.#anchors.get(node.source);
    if (!anchor) {
      this.#invalid(
        'An alias names an anchor that is not defined before it',
        'define it with & above, or put the value in quotes if the * belongs to it',
        start,
      );
      return unresolved;
    }
    if (!anchor.node) {
      this.#invalid(
        'An alias stands inside the value that it names',
        'move the alias out of that value',
        start,
      );
      return unresolved;
    }
    const { name, offset, pair } = anchor;
    this.index.uses.push({ name, alias: { offset: start, pair: around.pair }, anchor: { offset, pair } });
    const copy = this.#inheritor.copy(anchor.node, place, around.depth);
    if (typeof copy !== 'string') return copy;
    this.#refuseCopy(copy, start);
    return unresolved;
  }

  #refuseCopy(refusal: 'too-deep' | 'too-many', offset: number): void {
    // One finding is enough: every later alias would repeat it.
    if (this.faults.some((f) => f.code === 'config/too-many-aliases' || f.code === 'config/too-deep')) return;
    if (refusal === 'too-deep') this.faults.push(tooDeep(offset));
    else
      this.faults.push({
        code: 'config/too-many-aliases',
        message: `Aliases bring in more than ${MAX_INHERITED} values`,
        hint: 'Write the values out, or use fewer aliases of aliases.',
        offset,
      });
  }

  #map(
    node: YAMLMap.Parsed,
    base: Pick<MapNode, 'position' | 'range' | 'inherited'>,
    around: Surroundings,
  ): MapNode {
    const { map, pairs } = this.#sourceMap(node, around);
    const own: MapEntry[] = [];
    const seen = new Map<string, number>();
    let merge: (MergeSource & { before: number; pair: SourcePair }) | undefined;
    node.items.forEach((item, i) => {
      const pair = pairs[i] as SourcePair;
      const key = this.#key(item, pair);
      if (key === undefined) return;
      const first = seen.get(key.text);
      if (first !== undefined) {
        const { line } = this.lines.positionAt(first);
        this.faults.push({
          code: 'config/duplicate-key',
          message: `The key "${key.text}" stands twice in this map, first on line ${line}`,
          hint: 'Remove one of the two.',
          offset: key.offset,
        });
        return;
      }
      seen.set(key.text, key.offset);
      const inside: Surroundings = { pair, place: 'value', depth: around.depth + 1 };
      const value = this.#node(item.value, inside, pair.end);
      const keyPosition = this.lines.positionAt(key.offset);
      if (key.plain && key.text === '<<') {
        merge = { value, aliasList: isAlias(item.value), keyPosition, before: own.length, pair };
        return;
      }
      const entry: MapEntry = { key: key.text, keyPosition, from: 'own', value };
      this.index.recordEntry(entry, pair);
      own.push(entry);
    });
    if (!merge) {
      const built: MapNode = { kind: 'map', ...base, entries: own };
      this.index.recordMap(built, { map, merge: undefined, hidden: new Map() });
      return built;
    }
    const merged = mergeEntries(merge, own, this.#inheritor, around.depth);
    if (merged === 'not-maps') {
      this.#invalid('A merge key takes a map or a list of maps', 'write <<: *name', merge.value.range[0]);
    } else if (typeof merged === 'string') {
      this.#refuseCopy(merged, merge.value.range[0]);
    }
    const { entries, hidden } = typeof merged === 'string' ? { entries: [], hidden: new Map() } : merged;
    const built: MapNode = { kind: 'map', ...base, entries: own.toSpliced(merge.before, 0, ...entries) };
    this.index.recordMap(built, { map, merge: merge.pair, hidden });
    return built;
  }

  #key(
    item: Pair<ParsedNode, ParsedNode | null>,
    pair: SourcePair,
  ): { text: string; plain: boolean; offset: number } | undefined {
    const { key } = item;
    const offset = key.range[0];
    const isBinary = isScalar(key) && key.tag === `${corePrefix}binary`;
    if (!isScalar(key) || isBinary || (key.source === '' && key.type === 'PLAIN')) {
      this.faults.push({
        code: 'config/unsupported-yaml',
        message: 'A key is not a plain word or quoted text',
        hint: 'Write the key as text; a template such as {{ name }} must be quoted.',
        offset,
      });
      return undefined;
    }
    const anchor = this.#anchor(key, { pair, place: 'value', depth: 0 });
    const node = this.#scalar(key, placeOfKey(this.lines, key));
    if (anchor) anchor.node = node;
    return { text: node.text, plain: node.style === 'plain' && node.tag === undefined, offset };
  }

  #sourceMap(node: YAMLMap.Parsed, around: Surroundings): { map: SourceMap; pairs: SourcePair[] } {
    const pairs: SourcePair[] = [];
    const [start, end] = node.range;
    const map: SourceMap = {
      style: node.flow ? 'flow' : 'block',
      start,
      end,
      pairs,
      owner: around.pair,
      place: around.place,
    };
    const items = node.srcToken && 'items' in node.srcToken ? node.srcToken.items : [];
    // Items of the syntax that are no pairs hold only comments and commas, and come last.
    const followingComma = (i: number) => items[i + 1]?.start.find((token) => token.type === 'comma')?.offset;
    node.items.forEach((item, i) => {
      const token = item.srcToken;
      pairs.push({
        map,
        index: i,
        start: (token && itemStart(token)) ?? item.key.range[0],
        end: (token && itemEnd(token)) ?? item.key.range[1],
        comma: map.style === 'flow' ? followingComma(i) : undefined,
      });
    });
    return { map, pairs };
  }
}

function placeOfKey(lines: LineIndex, key: Scalar.Parsed) {
  const [start, end] = key.range;
  return { position: lines.positionAt(start), range: [start, end] as const, inherited: false };
}
