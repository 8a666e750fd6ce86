import type { LineIndex } from './lines.js';
import { nullTexts, type MapEntry, type MapNode, type ScalarNode, type YamlNode } from './node.js';
import type { PlainSource } from './plain-source.js';

/*
 * A reader for files written as nearly all configurations are: maps and lists by indentation, one value to a line, plain
 * or in quotes without escapes, and lists and maps of such values in brackets and braces. It takes a small part of the time that the reader
 * of all YAML takes. Whatever it is not sure of, faults above all, it leaves to that one.
 */

/** Plain words in ASCII, in which no colon or hash begins anything, separated by spaces. */
const word = String.raw`[!-"$-9;-~](?:[!-9;-~]|:(?=[!-~]))*`;
const wordInBrackets = String.raw`[!-"$-+.-9;-Z\\^-z|~-](?:[!-+.-9;-Z\\^-z|~-]|:(?=[!-+.-9;-Z\\^-z|~-]))*`;
/** What a plain value may begin with here; YAML has a meaning for most of the rest. */
const start = String.raw`(?=[A-Za-z0-9_./~+$(]|-[A-Za-z0-9.])`;
const quoted = String.raw`"[^"\\]*"|'[^']*'`;

const entryForm = /^([A-Za-z_][\w-]{0,63}):(?: +|$)/;
/** In braces something follows, be it on the next line, which is left to the other reader. */
const braceEntryForm = /^([A-Za-z_][\w-]{0,63}): +/;
const itemForm = /^- +/;
const valueForm = new RegExp(`^(?:${quoted}|${start}${word}(?: +${word})*)(?= *$| +#)`);
const bracketForm = new RegExp(
  `^(?:${quoted}|${start}${wordInBrackets}(?: +${wordInBrackets})*)(?= *[,\\]}])`,
);
const restForm = /^ *(?:$|#)/;

const MAX_DEPTH = 30;

/** A line that holds more than space or a comment. */
interface ContentLine {
  /** Columns of spaces in front. */
  readonly indent: number;
  /** Offset of the first character behind them. */
  readonly offset: number;
  /** From there to the end of the line. */
  readonly text: string;
}

function contentLines(lines: LineIndex, source: PlainSource | undefined): ContentLine[] {
  const found: ContentLine[] = [];
  for (let line = 0; line < lines.count; line++) {
    const begin = lines.start(line);
    let offset = begin;
    while (lines.text[offset] === ' ') offset++;
    const text = lines.text.slice(offset, lines.contentEnd(line));
    if (text.startsWith('#')) source?.comment(offset);
    else if (text !== '') found.push({ indent: offset - begin, offset, text });
  }
  return found;
}

/** Thrown and caught in this file only. */
class NotPlain extends Error {}

class PlainReader {
  readonly #content: ContentLine[];
  #next = 0;

  /** @param source takes what an edit needs; most readers need no more than the tree */
  constructor(
    readonly lines: LineIndex,
    readonly source: PlainSource | undefined,
  ) {
    this.#content = contentLines(lines, source);
    const [first] = this.#content;
    if (first?.text === '---' && first.indent === 0) this.#next = 1;
  }

  root(): MapNode {
    const map = this.#map(0, 1);
    if (this.#next < this.#content.length) throw new NotPlain();
    return map;
  }

  get #line(): ContentLine | undefined {
    return this.#content[this.#next];
  }

  #place(from: number, to: number) {
    return { position: this.lines.positionAt(from), range: [from, to] as const, inherited: false };
  }

  #map(indent: number, depth: number): MapNode {
    const entries: MapEntry[] = [];
    const seen = new Set<string>();
    const from = this.#line?.offset ?? 0;
    let to = from;
    const map = this.source?.beginMap('block', from);
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      const [head, key = ''] = entryForm.exec(line.text) ?? [];
      if (head === undefined) break;
      if (seen.has(key) || depth > MAX_DEPTH) throw new NotPlain();
      seen.add(key);
      this.#next++;
      if (map) this.source?.beginPair(map, line.offset, line.offset + key.length + 1);
      const value = this.#entryValue(line, head.length, depth);
      const entry: MapEntry = { key, keyPosition: this.lines.positionAt(line.offset), from: 'own', value };
      entries.push(entry);
      this.source?.endPair(entry);
      to = value.range[1];
    }
    if (entries.length === 0) throw new NotPlain();
    const node: MapNode = { kind: 'map', ...this.#place(from, to), entries };
    if (map) this.source?.endMap(map, node);
    return node;
  }

  /** What stands behind a key: a value on its line, or a map or list on the lines below. */
  #entryValue({ indent, offset, text }: ContentLine, at: number, depth: number): YamlNode {
    const below = this.#line;
    if (!restForm.test(text.slice(at))) {
      if (below && below.indent > indent) throw new NotPlain(); // the value goes on there
      return this.#value(offset + at, text.slice(at));
    }
    this.source?.rest(offset + at, text.slice(at));
    if (below && below.indent >= indent && itemForm.test(below.text)) {
      return this.#list(below.indent, depth + 1);
    }
    if (below && below.indent > indent) return this.#map(below.indent, depth + 1);
    const end = offset + at;
    return { kind: 'scalar', ...this.#place(end, end), style: 'plain', text: '', isNull: true };
  }

  #list(indent: number, depth: number): YamlNode {
    const items: YamlNode[] = [];
    const from = this.#line?.offset ?? 0;
    let to = from;
    this.source?.beginList();
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      const [head] = itemForm.exec(line.text) ?? [];
      if (head === undefined) break;
      const item = this.#item(line, head.length, depth);
      items.push(item);
      to = item.range[1];
    }
    this.source?.endList();
    return { kind: 'sequence', ...this.#place(from, to), items };
  }

  /** What stands behind a dash: a value, or a map whose first entry stands there. */
  #item({ indent, offset, text }: ContentLine, at: number, depth: number): YamlNode {
    const rest = { indent: indent + at, offset: offset + at, text: text.slice(at) };
    if (entryForm.test(rest.text)) {
      this.#content[this.#next] = rest;
      return this.#map(rest.indent, depth + 1);
    }
    this.#next++;
    if (this.#line && this.#line.indent > indent) throw new NotPlain();
    return this.#value(rest.offset, rest.text);
  }

  #value(offset: number, text: string): YamlNode {
    const isEnclosed = /^[[{]/.test(text);
    const node = isEnclosed ? this.#enclosed(offset, text, 1) : this.#scalar(offset, text, valueForm);
    const rest = text.slice(node.range[1] - offset);
    if (isEnclosed && (!restForm.test(rest) || rest.startsWith('#'))) throw new NotPlain();
    this.source?.rest(node.range[1], rest);
    return node;
  }

  /** A value inside of brackets or braces, up to the comma or the end of them. */
  #enclosed(offset: number, text: string, depth: number): YamlNode {
    if (depth > MAX_DEPTH) throw new NotPlain();
    if (text.startsWith('[')) return this.#brackets(offset, text, depth);
    if (text.startsWith('{')) return this.#braces(offset, text, depth);
    return this.#scalar(offset, text, bracketForm);
  }

  /**
   * What stands between brackets or braces, separated by commas.
   * @param one reads what begins there, and says where it ends
   * @param comma told of each comma
   * @returns the offset behind the closing one
   */
  #separated(
    offset: number,
    text: string,
    closing: string,
    one: (at: number) => number,
    comma?: (at: number) => void,
  ): number {
    const skipSpace = (from: number): number => from + (/^ */.exec(text.slice(from))?.[0].length ?? 0);
    let at = skipSpace(1);
    while (text[at] !== closing) {
      at = skipSpace(one(at));
      if (text[at] === closing) break;
      if (text[at] !== ',') throw new NotPlain();
      comma?.(offset + at);
      at = skipSpace(at + 1);
      if (text[at] === closing) throw new NotPlain();
    }
    return offset + at + 1;
  }

  #brackets(offset: number, text: string, depth: number): YamlNode {
    const items: YamlNode[] = [];
    this.source?.beginList();
    const end = this.#separated(offset, text, ']', (at) => {
      const item = this.#enclosed(offset + at, text.slice(at), depth + 1);
      items.push(item);
      return item.range[1] - offset;
    });
    this.source?.endList();
    this.source?.endAt(end);
    return { kind: 'sequence', ...this.#place(offset, end), items };
  }

  #braces(offset: number, text: string, depth: number): YamlNode {
    const entries: MapEntry[] = [];
    const seen = new Set<string>();
    const map = this.source?.beginMap('flow', offset);
    const one = (at: number): number => {
      const [head, key = ''] = braceEntryForm.exec(text.slice(at)) ?? [];
      if (head === undefined || seen.has(key)) throw new NotPlain();
      seen.add(key);
      const begin = at + head.length;
      if (map) this.source?.beginPair(map, offset + at, offset + begin);
      const value = this.#enclosed(offset + begin, text.slice(begin), depth + 1);
      const keyPosition = this.lines.positionAt(offset + at);
      const entry: MapEntry = { key, keyPosition, from: 'own', value };
      entries.push(entry);
      this.source?.endPair(entry);
      return value.range[1] - offset;
    };
    const end = this.#separated(offset, text, '}', one, (at) => {
      if (map) this.source?.comma(map, at);
    });
    this.source?.endAt(end);
    const node: MapNode = { kind: 'map', ...this.#place(offset, end), entries };
    if (map) this.source?.endMap(map, node);
    return node;
  }

  #scalar(offset: number, text: string, form: RegExp): ScalarNode {
    const [written] = form.exec(text) ?? [];
    if (written === undefined) throw new NotPlain();
    const place = this.#place(offset, offset + written.length);
    this.source?.endAt(offset + written.length);
    const quote = written[0];
    if (quote === '"' || quote === "'") {
      const style = quote === '"' ? 'double' : 'single';
      return { kind: 'scalar', ...place, style, text: written.slice(1, -1), isNull: false };
    }
    return { kind: 'scalar', ...place, style: 'plain', text: written, isNull: nullTexts.has(written) };
  }
}

/**
 * Reads a file that is written plainly.
 * @param source takes what an edit needs beside the tree
 * @returns the map at the top as the reader of all YAML gives it, but that block maps and lists end with their last
 * value, without the space behind it; undefined for whatever is to be left to that reader
 */
export function readPlain(lines: LineIndex, source?: PlainSource): MapNode | undefined {
  if (/[\t\r\ufeff]/.test(lines.text)) return undefined;
  try {
    return new PlainReader(lines, source).root();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}
