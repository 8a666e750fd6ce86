import type { LineIndex } from '../config/yaml/lines.js';
import type { YamlText } from '../config/yaml/parse.js';
import type { Position } from '../errors/index.js';
import { findLegacyPath, providerFamilies, settings } from '../registry/index.js';
import { oddKeys } from './key-names.js';
import { maskSource, maskTexts, secretParts, type SecretParts } from '../redact/index.js';
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

/** Replaces the parts of a stretch of text that secrets cover. */
function maskStretch(text: string, start: number, end: number, ranges: SecretParts['ranges']): string {
  const parts: string[] = [];
  let done = start;
  for (const [from, to] of ranges) {
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
  let parts: SecretParts | undefined;
  return ({ line, column }) => {
    parts ??= hiddenParts(document);
    const { lines, text } = document;
    if (line > lines.count) return undefined;
    const start = lines.visibleStart(line - 1);
    const caret = start + column - 1;
    const end = Math.max(lines.contentEnd(line - 1), caret);
    const masked = [
      maskStretch(text, start, caret, parts.ranges),
      withoutComment(maskStretch(text, caret, end, parts.ranges)),
    ].join(CARET);
    return snippet(line, maskSource(maskTexts(masked, parts.texts)));
  };
}

function hiddenParts(document: YamlText): SecretParts {
  const { ranges, texts } = secretParts(document, ({ lookup, path }) => {
    if (lookup.kind === 'setting' || lookup.kind === 'provider-field') return false;
    return findLegacyPath(path.map(String)) === undefined;
  });
  const keys = oddKeys(document);
  return {
    ranges: [...ranges, ...keys.map(({ range }) => range)].sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    texts: new Set([...texts, ...keys.map(({ text }) => text)]),
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
