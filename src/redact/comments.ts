import type { YamlText } from '../config/yaml/parse.js';
import type { ScalarNode } from '../config/yaml/node.js';
import { onlyLeads, toldSecrets } from './comment-parts.js';
import { namesSecret, privateKeyPart, secretName, type TextRange } from './forms.js';

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

/** The end of a comment whose words go on in the lines below. */
const leadsBelow = /:[ \t]{0,4}(?:[|>][+-]?\d?)?[ \t]{0,4}$/;

/** True when the value of a commented setting stands in the lines below. */
function goesOnBelow(value: string, { holdsOnlySecrets }: CommentedSetting): boolean {
  return /^[|>][+-]?\d?$/.test(value) || (holdsOnlySecrets && /^[+-]?\d?$/.test(value));
}

/** Follows private keys in PEM through comments: they are told by the lines that begin and end them. */
class KeyInComments {
  /** The line that a key was last seen on, while it has not ended. */
  #line: number | undefined;

  /** What of a comment, which comes behind the last one that was asked about, is a part of a key. */
  partOf({ alone, line }: Comment, body: string): TextRange | undefined {
    const goesOn = this.#line !== undefined && alone && line === this.#line + 1;
    const part = privateKeyPart(body, goesOn);
    this.#line = part && !part.ends ? line : undefined;
    return part?.range;
  }
}

/** One comment, with what is known of it. */
interface Found {
  readonly comment: Comment;
  readonly body: string;
  readonly setting: CommentedSetting | undefined;
  /** Where its text stands in the document, without the blanks around it. */
  readonly whole: TextRange;
  /** What of its body belongs to a private key in PEM. */
  readonly keyPart: TextRange | undefined;
}

/** Goes through the comments of a document, in their order. */
class SecretComments {
  readonly ranges: TextRange[] = [];
  readonly #keys = new KeyInComments();
  /** Indentation of the commented setting whose value goes on in the next lines, and the line it was last seen on. */
  #open: { readonly indent: number; line: number } | undefined;

  constructor(
    private readonly document: YamlText,
    private readonly secretLines: ReadonlySet<number>,
  ) {}

  add(comment: Comment): void {
    const body = this.document.text.slice(comment.start, comment.end);
    const setting = settingOf(body, comment.start);
    const whole = bodyOf(this.document, comment);
    const found = { comment, body, setting, whole, keyPart: this.#keys.partOf(comment, body) };
    if (this.#goesOn(found)) {
      this.#mask(whole);
      return;
    }
    this.#open = undefined;
    if (setting?.isSecret && !found.keyPart) this.#addSetting(found, setting);
    else if (found.keyPart || secretName.test(body) || this.secretLines.has(comment.line))
      this.#addWords(found);
  }

  #mask([start, end]: TextRange): void {
    if (end > start) this.ranges.push([start, end]);
  }

  /** True for a line of the value of the setting above. */
  #goesOn({ comment, setting, keyPart }: Found): boolean {
    const open = this.#open;
    if (!open || !comment.alone || comment.line !== open.line + 1) return false;
    if (!keyPart && setting && setting.indent <= open.indent) return false;
    open.line = comment.line;
    return true;
  }

  #addSetting({ comment, whole }: Found, setting: CommentedSetting): void {
    this.#mask([setting.value, whole[1]]);
    const value = this.document.text.slice(setting.value, whole[1]);
    if (comment.alone && goesOnBelow(value, setting))
      this.#open = { indent: setting.indent, line: comment.line };
  }

  #addWords({ comment, body, whole, keyPart }: Found): void {
    // What stands beside a secret tends to be the last one.
    const isBeside = this.secretLines.has(comment.line);
    // "The old private key:", and the key below.
    const leads = !keyPart && comment.alone && leadsBelow.test(body.slice(-12));
    if (leads) this.#open = { indent: -1, line: comment.line };
    if (leads && !isBeside && onlyLeads(body)) return;
    const told = isBeside ? undefined : toldSecrets(body, keyPart ? [keyPart] : []);
    for (const [start, end] of told ?? [[0, body.length] as const])
      this.#mask([Math.max(comment.start + start, whole[0]), Math.min(comment.start + end, whole[1])]);
  }
}

/**
 * The parts of comments that must not be shown: what a commented-out setting with a secret's name was set to, with
 * the lines that go on below it; private keys; of any other comment that speaks of a secret the bytes of it, or where
 * they cannot be told from its words all of it; and whatever is noted beside one.
 * @param comments all comments of the document
 * @param secretLines numbers of the lines on which secrets stand
 */
export function secretComments(
  document: YamlText,
  comments: readonly Comment[],
  secretLines: ReadonlySet<number>,
): TextRange[] {
  const found = new SecretComments(document, secretLines);
  for (const comment of comments) found.add(comment);
  return found.ranges;
}
