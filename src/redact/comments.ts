import type { YamlText } from '../config/yaml/parse.js';
import type { ScalarNode } from '../config/yaml/node.js';
import { namesSecret, privateKeyLine, secretName, type TextRange } from './forms.js';

export interface Comment {
  /** Line number, from 1. */
  readonly line: number;
  /** Behind the number sign. */
  readonly start: number;
  readonly end: number;
  /** True when nothing else stands on its line. */
  readonly alone: boolean;
}

/** A setting that was commented out: its name, what leads to its value, and the value. */
const commentedSetting = /^([ \t#-]{0,64})["']?([\w.-]{1,128})["']?[ \t]{0,8}[:=][ \t]{0,8}/;

/** Where text stands that no comment begins in. The header of a block scalar may end in a comment. */
function textRanges(document: YamlText, scalars: readonly ScalarNode[]): TextRange[] {
  return scalars
    .map(({ style, range, writtenAt }): TextRange => {
      const [start, end] = writtenAt ?? range;
      const block = style === 'literal' || style === 'folded';
      const header = block ? document.text.indexOf('\n', start) : start;
      return [header < 0 ? end : header, end];
    })
    .sort((a, b) => a[0] - b[0]);
}

/** All comments of a document, in their order. */
export function commentsOf(document: YamlText, scalars: readonly ScalarNode[]): Comment[] {
  const { text, lines } = document;
  const values = textRanges(document, scalars);
  const comments: Comment[] = [];
  let next = 0;
  let valueEnd = -1;
  let line = 0;
  for (let at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at + 1)) {
    for (; next < values.length && (values[next]?.[0] ?? 0) <= at; next += 1) {
      valueEnd = Math.max(valueEnd, values[next]?.[1] ?? 0);
    }
    while (line + 1 < lines.count && lines.visibleStart(line + 1) <= at) line += 1;
    const start = lines.visibleStart(line);
    if (at < valueEnd || (at > start && !/\s/.test(text[at - 1] ?? ''))) continue;
    const end = lines.contentEnd(line);
    comments.push({ line: line + 1, start: at + 1, end, alone: text.slice(start, at).trim() === '' });
    at = end - 1;
  }
  return comments;
}

function bodyOf(document: YamlText, { start, end }: Comment): TextRange {
  const body = document.text.slice(start, end);
  const trimmed = body.trimStart();
  return [end - trimmed.length, start + body.trimEnd().length];
}

/** A commented setting, and what of a name there is in it. */
interface CommentedSetting {
  readonly indent: number;
  readonly isSecret: boolean;
  /** True where the name says so in any text: nothing in a map below such a name is to be shown. */
  readonly holdsOnlySecrets: boolean;
  /** Where its value begins. */
  readonly value: number;
}

function settingOf(body: string, start: number): CommentedSetting | undefined {
  const [all, indent = '', name = ''] = commentedSetting.exec(body) ?? [];
  if (all === undefined) return undefined;
  return {
    indent: indent.length,
    isSecret: namesSecret(name),
    holdsOnlySecrets: secretName.test(name),
    value: start + all.length,
  };
}

/** True when the value of a commented setting stands in the lines below. */
function goesOnBelow(value: string, { holdsOnlySecrets }: CommentedSetting): boolean {
  return /^[|>][+-]?\d?$/.test(value) || (holdsOnlySecrets && /^[+-]?\d?$/.test(value));
}

/** Follows private keys in PEM through comments: they are told by the lines that begin and end them. */
class KeyInComments {
  /** The line that a key was last seen on, while it has not ended. */
  #line: number | undefined;

  /** True when a part of a key stands in this comment, which comes behind the last one that was asked about. */
  holds({ alone, line }: Comment, body: string): boolean {
    const { begins, ends } = privateKeyLine(body);
    const within = begins || (this.#line !== undefined && alone && line === this.#line + 1);
    this.#line = within && !ends ? line : undefined;
    return within;
  }
}

/**
 * The parts of comments that must not be shown: what a commented-out setting with a secret's name was set to, with
 * the lines that go on below it; private keys; any other comment that speaks of a secret; and whatever is noted beside
 * one.
 * @param comments all comments of the document
 * @param secretLines numbers of the lines on which secrets stand
 */
export function secretComments(
  document: YamlText,
  comments: readonly Comment[],
  secretLines: ReadonlySet<number>,
): TextRange[] {
  const ranges: TextRange[] = [];
  const mask = (range: TextRange): void => {
    if (range[1] > range[0]) ranges.push(range);
  };
  const keys = new KeyInComments();
  /** Indentation of the commented setting whose value goes on in the next lines, and the line it was last seen on. */
  let open: { readonly indent: number; line: number } | undefined;
  for (const comment of comments) {
    const body = document.text.slice(comment.start, comment.end);
    const setting = settingOf(body, comment.start);
    const whole = bodyOf(document, comment);
    const inKey = keys.holds(comment, body);
    const follows = open !== undefined && comment.alone && comment.line === open.line + 1;
    if (open && follows && (inKey || !setting || setting.indent > open.indent)) {
      open.line = comment.line;
      mask(whole);
      continue;
    }
    open = undefined;
    if (inKey) {
      mask(whole);
      continue;
    }
    if (!setting?.isSecret && !secretName.test(body) && !secretLines.has(comment.line)) continue;
    if (!setting?.isSecret) {
      mask(whole);
      // "The old private key:", and the key below.
      if (comment.alone && /:\s{0,8}$/.test(body.slice(-9))) open = { indent: -1, line: comment.line };
      continue;
    }
    mask([setting.value, whole[1]]);
    const value = document.text.slice(setting.value, whole[1]);
    if (comment.alone && goesOnBelow(value, setting)) open = { indent: setting.indent, line: comment.line };
  }
  return ranges;
}
