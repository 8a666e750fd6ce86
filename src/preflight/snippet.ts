import type { LineIndex } from '../config/yaml/lines.js';
import type { YamlText } from '../config/yaml/parse.js';
import type { Position } from '../errors/index.js';
import { findLegacyPath, providerFamilies, settings } from '../registry/index.js';
import { oddKeys } from './key-names.js';
import { maskSource, secretParts, textMasker, type SecretParts } from '../redact/index.js';
import { SECRET_MASK } from '../values/secret-value.js';

/** A line of a file as it may be shown, with the place of a caret below it. */
export interface Snippet {
  readonly line: number;
  /** The line, masked, without its ending. */
  readonly text: string;
  /** From 1, in the masked line. */
  readonly column: number;
}

/** Shows lines of one file. */
export type SnippetSource = (position: Position) => Snippet | undefined;

/** Stands where the caret will be while a line is masked. No text file holds this code point. */
const CARET = '\uffff';

const LONGEST_LINE = 160;

function snippet(line: number, masked: string): Snippet {
  const at = masked.indexOf(CARET);
  const text = masked.replace(CARET, '');
  const shown = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
  return { line, text: shown, column: Math.min(at < 0 ? 1 : at + 1, shown.length + 1) };
}

/** What of a file is hidden, ready to be asked for each of many lines. */
interface Hidden {
  /** By their starts. */
  readonly ranges: SecretParts['ranges'];
  /** The furthest end of all ranges up to each. */
  readonly furthest: readonly number[];
  readonly maskTexts: (text: string) => string;
}

/** Index of the first range that can reach beyond a place. */
function firstBeyond({ furthest }: Hidden, start: number): number {
  let [low, high] = [0, furthest.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((furthest[middle] ?? 0) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Replaces the parts of a stretch of text that secrets cover. */
function maskStretch(text: string, start: number, end: number, hidden: Hidden): string {
  const parts: string[] = [];
  let done = start;
  for (let index = firstBeyond(hidden, start); index < hidden.ranges.length; index += 1) {
    const [from, to] = hidden.ranges[index] as readonly [number, number];
    if (from >= end) break;
    const [a, b] = [Math.max(from, done), Math.min(to, end)];
    if (a >= b) continue;
    parts.push(text.slice(done, a), SECRET_MASK);
    done = b;
  }
  return parts.join('') + text.slice(done, end);
}

/** Comments can hold anything, old secrets above all, and a finding is never about one. */
function withoutComment(text: string): string {
  return text.replace(/(^|\s)#.+$/, '$1# …');
}

/**
 * Lines of a file that was read. Values of secrets are masked, and those of keys that nobody knows: what they hold is
 * not known, and the finding is about the key.
 */
export function snippetsOf(document: YamlText): SnippetSource {
  let hidden: Hidden | undefined;
  return ({ line, column }) => {
    hidden ??= hiddenParts(document);
    const { lines, text } = document;
    if (line > lines.count) return undefined;
    const start = lines.visibleStart(line - 1);
    const caret = start + column - 1;
    const end = Math.max(lines.contentEnd(line - 1), caret);
    const masked = [
      maskStretch(text, start, caret, hidden),
      withoutComment(maskStretch(text, caret, end, hidden)),
    ].join(CARET);
    return snippet(line, maskSource(hidden.maskTexts(masked)));
  };
}

function hiddenParts(document: YamlText): Hidden {
  const { ranges, texts } = secretParts(document, ({ lookup, path }) => {
    if (lookup.kind === 'setting' || lookup.kind === 'provider-field') return false;
    if (lookup.kind === 'invalid-provider-id') {
      // A server takes the entry all the same, and its fields are known.
      const name = path[lookup.family.path.split('.').length + 1];
      return lookup.family.fields.find((field) => field.name === name)?.secret ?? true;
    }
    return findLegacyPath(path.map(String)) === undefined;
  });
  const keys = oddKeys(document);
  const all = [...ranges, ...keys.map(({ range }) => range)].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  return {
    ranges: all,
    furthest: all.map(([, to]) => (end = Math.max(end, to))),
    maskTexts: textMasker([...texts, ...keys.map(({ text }) => text)]),
  };
}

let words: ReadonlySet<string> | undefined;

/** Every word of a known key, without the secrets' neighbours: what may be shown of a file that nobody can read. */
function keyWords(): ReadonlySet<string> {
  words ??= new Set([
    ...settings.flatMap(({ path }) => path?.split('.') ?? []),
    ...providerFamilies.flatMap(({ path, fields }) => [
      ...path.split('.'),
      ...fields.map(({ name }) => name),
    ]),
  ]);
  return words;
}

/**
 * Lines of a file that could not be read. Which text is a value is not known there, so only words of known keys and
 * the punctuation are shown.
 */
export function snippetsOfBroken(lines: LineIndex): SnippetSource {
  return ({ line, column }) => {
    if (line > lines.count) return undefined;
    const text = lines.text.slice(lines.visibleStart(line - 1), lines.contentEnd(line - 1));
    const shown = text
      .slice(0, LONGEST_LINE)
      .replace(/[^\s:[\]{},"'#&*!|>-]+/gu, (word) => (keyWords().has(word) ? word : '*'.repeat(word.length)));
    return { line, text: shown, column: Math.min(column, shown.length + 1) };
  };
}
