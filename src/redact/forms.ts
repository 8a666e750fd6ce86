import { maskRanges } from '../config/yaml/mask.js';
import { SECRET_MASK } from '../values/secret-value.js';
import { displayReference, isReference } from '../config/reference.js';

/** Names that hold secrets in keys nobody knows, in maps of free content, in queries of URLs, and in comments. */
export const secretName =
  /secret|password|passwd|token|(?:private|api|encryption|signing|access|session)[ _-]?key|client[ _-]?key[ _-]?data|credential|client[ _-]?assertion(?![ _-]?type)/i;
/** Names that say so only where they stand alone. */
const secretAlone =
  /^(?:(?:proxy-)?authorization|assertion|pass|pwd|passphrase|code[_-]?verifier|[\w-]{0,64}(?:cookies?|hmac)|hmac[_-]?(?:key|sha\d{1,3})|cookie[_-]?value)$/i;
/** Names that hold secrets in the query of a URL, where they are nothing else. */
const secretParameter = /^(?:key|sig|signature|pass|pwd|auth|sas|hmac)$/i;

/** True for the name of a header, a parameter or an entry of a map that holds a secret. */
export function namesSecret(name: string): boolean {
  return secretName.test(name) || secretAlone.test(name);
}

/** Start and end of a part of a text, in UTF-16 units. */
export type TextRange = readonly [start: number, end: number];

const LONGEST_NAME = 128;
const MOST_SPACES = 8;
const DEEPEST_JSON = 64;

/** Where the run of characters that `pattern`, a sticky expression, takes from `start` on ends. */
function runEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** Start of the run of at most `most` characters of a kind that ends at `end`. */
function runStart(kind: RegExp, text: string, end: number, most: number): number {
  let start = end;
  while (start > 0 && end - start < most && kind.test(text[start - 1] ?? '')) start -= 1;
  return start;
}

/**
 * Passwords inside URLs: from the first colon behind the scheme to the last `@`, since a password may hold `@` and
 * slashes itself. Every character is looked at a fixed number of times, however many URLs follow each other.
 */
function urlPasswords(text: string): TextRange[] {
  const ranges: TextRange[] = [];
  let end = 0;
  let lastAt = -1;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    if (!/[a-z0-9+.-]/i.test(text[at - 1] ?? '')) continue;
    if (start > end || end === 0) {
      end = runEnd(/[^\s"]*/y, text, start);
      lastAt = start + text.slice(start, end).lastIndexOf('@');
      if (lastAt < start) lastAt = -1;
    }
    const colon = runEnd(/[^\s:/@"']*/y, text, start);
    if (text[colon] === ':' && lastAt > colon + 1) ranges.push([colon + 1, lastAt]);
  }
  return ranges;
}

function isSecretName(text: string, start: number, end: number): boolean {
  const name = text.slice(start, end);
  if (namesSecret(name)) return true;
  return /[?&]/.test(text[start - 1] ?? '') && secretParameter.test(name);
}

/** Where a value ends that begins at `start`: at its closing quote, or before white space, or at the end of its line. */
function valueEnd(text: string, start: number, close: boolean): number {
  const quote = text[start];
  if (quote === '"') return runEnd(/[^"\r\n]*/y, text, start + 1);
  if (quote === "'") return runEnd(/[^'\r\n]*/y, text, start + 1);
  return close ? runEnd(/[^\s&"]*/y, text, start) : runEnd(/[^\r\n]*/y, text, start);
}

/**
 * Values behind names that say that they are secret: `token=X` and, with `colons`, `token: X`. Found from the sign
 * back to the name, over a bounded number of characters, so that no text makes it slow.
 */
function namedValues(text: string, colons: boolean): TextRange[] {
  const ranges: TextRange[] = [];
  const sign = colons ? /[=:]/g : /=/g;
  for (let match = sign.exec(text); match; match = sign.exec(text)) {
    const spaced = runStart(/[ \t]/, text, match.index, MOST_SPACES);
    const nameEnd = runStart(/["'\])]/, text, spaced, 3);
    const nameStart = runStart(/[\w.%-]/, text, nameEnd, LONGEST_NAME);
    if (nameStart === nameEnd || !isSecretName(text, nameStart, nameEnd)) continue;
    const behind = sign.lastIndex;
    const start = runEnd(/[ \t]{0,8}/y, text, behind);
    // `urn:ietf:params:oauth:token-type:jwt` and a scope such as `token:read` hold no secret.
    if (match[0] === ':' && start === behind && !/["'\r\n]/.test(text[start] ?? '')) continue;
    const end = valueEnd(text, start, match[0] === '=' && start === behind && spaced === match.index);
    const from = /["']/.test(text[start] ?? '') ? start + 1 : start;
    if (end > from) ranges.push([from, end]);
    sign.lastIndex = Math.max(end, behind);
  }
  return ranges;
}

/** Words that a credential follows in a header. The others of them are words of any text, too. */
const authorizationScheme = /\b(bearer|basic|token|apikey|negotiate)[ \t]{1,8}(?=[^\s"'])/gi;
/** What stands for a credential in the form of a header. */
const placeholder = /^(?:%s|\$?\{[\w.-]{1,64}\})$/;

/** True for what no word of a text looks like: long, with digits, or with capitals inside, or padded as Base64. */
function looksLikeCredential(text: string): boolean {
  return text.length >= 8 && /^[\w+/~.-]+=*$/.test(text) && /\d|=|[a-z][A-Z]|[A-Z]{2}/.test(text);
}

/** The credential in the text of a header: what follows the word Bearer, or Basic with what looks like one. */
function headerCredentials(text: string): TextRange[] {
  if (!/[ \t]/.test(text)) return [];
  return [...text.matchAll(authorizationScheme)].flatMap((match): TextRange[] => {
    const start = match.index + match[0].length;
    const end = runEnd(/[^\s"']*/y, text, start);
    const credential = text.slice(start, end);
    const shown =
      match[1]?.toLowerCase() === 'bearer' ? placeholder.test(credential) : !looksLikeCredential(credential);
    return shown ? [] : [[start, end]];
  });
}

/** JSON web tokens: a header and what it signs begin as every JSON object does in Base64. */
function webTokens(text: string): TextRange[] {
  if (!text.includes('eyJ')) return [];
  return [...text.matchAll(/(?<![\w-])eyJ[\w-]{5,}\.eyJ[\w.-]*/g)].map(({ index, 0: token }): TextRange => [
    index,
    index + token.length,
  ]);
}

/**
 * Tokens that begin as their issuer has them begin, so that they are known wherever they stand: GitHub, GitLab, Slack,
 * AWS, Google, Stripe, SendGrid, npm, Vault, OpenAI, age.
 */
const issuedToken =
  /(?<![\w-])(?:gh[pousr]_\w{16,255}|github_pat_\w{16,255}|glpat-[\w-]{12,255}|xox[abeoprs]-[\w-]{8,255}|(?:AKIA|ASIA)[A-Z0-9]{12,32}|AIza[\w-]{20,64}|[sr]k_(?:live|test)_\w{8,255}|SG\.[\w-]{8,64}\.[\w-]{8,128}|npm_\w{20,64}|hv[sb]\.[\w-]{12,255}|sk-[\w-]{20,255}|AGE-SECRET-KEY-1\w{20,128})/g;

/** Of all of them the fewest characters: `xoxb-` and eight. */
const SHORTEST_TOKEN = 13;

function issuedTokens(text: string): TextRange[] {
  if (text.length < SHORTEST_TOKEN) return [];
  return [...text.matchAll(issuedToken)].map(({ index, 0: token }): TextRange => [
    index,
    index + token.length,
  ]);
}

const keyBegin = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_BEGIN = '-----BEGIN ';
const KEY_END = '-----END ';

/** What of a line belongs to a private key in PEM that is spread over several lines. */
export interface PrivateKeyPart {
  readonly range: TextRange;
  /** True when nothing of it stands in the next line. */
  readonly ends: boolean;
}

/** @param within true when a key that was begun above goes on in this line */
export function privateKeyPart(line: string, within: boolean): PrivateKeyPart | undefined {
  const begins = [...line.matchAll(keyBegin)].map(({ index }) => index);
  const first = within ? 0 : begins[0];
  if (first === undefined) return undefined;
  const mark = line.indexOf(KEY_END, begins.at(-1));
  const close = mark < 0 ? -1 : line.indexOf('-----', mark + KEY_END.length);
  return { range: [first, close < 0 ? line.length : close + '-----'.length], ends: mark >= 0 };
}

/** Private keys in PEM, from the line that begins one to the line that ends it, or to the end of the text. */
function privateKeys(text: string): TextRange[] {
  if (!text.includes(KEY_BEGIN)) return [];
  const ranges: TextRange[] = [];
  const begin = new RegExp(keyBegin);
  for (let match = begin.exec(text); match; match = begin.exec(text)) {
    const mark = text.indexOf(KEY_END, begin.lastIndex);
    const close = mark < 0 ? -1 : text.indexOf('-----', mark + KEY_END.length);
    const end = close < 0 ? text.length : close + '-----'.length;
    ranges.push([match.index, end]);
    begin.lastIndex = end;
  }
  return ranges;
}

/** Defaults of references: they are secrets themselves, also where no server resolves a reference. */
function referenceDefaults(text: string): TextRange[] {
  if (!text.includes('?')) return [];
  const pattern = /vault:\/\/[^\s"'?]{1,256}\?[^\s"']{0,256}?default=([^\s"']+)/gi;
  return [...text.matchAll(pattern)].map(({ index, 0: reference, 1: value = '' }): TextRange => [
    index + reference.length - value.length,
    index + reference.length,
  ]);
}

/** Secrets that are told by their own form, or by the form of what they stand in, in any text. */
export function formRanges(text: string): TextRange[] {
  return [
    ...urlPasswords(text),
    ...headerCredentials(text),
    ...webTokens(text),
    ...issuedTokens(text),
    ...privateKeys(text),
    ...referenceDefaults(text),
  ];
}

/** Where the first value begins that stands behind the name of a secret, in a text in which a colon says so as well. */
export function namedValueStart(text: string): number | undefined {
  return namedValues(text, true)[0]?.[0];
}

function maskForms(text: string, colons: boolean): string {
  const ranges = [...formRanges(text), ...namedValues(text, colons)];
  return ranges.length === 0 ? text : maskRanges(text, ranges, SECRET_MASK);
}

function maskNamed(value: unknown): unknown {
  if (value === null || value === '' || typeof value === 'boolean') return value;
  return typeof value === 'string' && isReference(value) ? displayReference(value) : SECRET_MASK;
}

function maskJsonValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskForms(value, true);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST_JSON) return SECRET_MASK;
  if (Array.isArray(value)) return value.map((item) => maskJsonValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => {
      return [name, namesSecret(name) ? maskNamed(item) : maskJsonValue(item, depth + 1)];
    }),
  );
}

/** A map or list in JSON with its secrets masked; undefined for any other text. */
function maskJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const masked = maskJsonValue(value, 0);
  const changed = JSON.stringify(masked);
  // As it was written, unless something had to be masked. What is nested too deep has been masked above.
  return masked === SECRET_MASK || changed !== jsonText(value) ? changed : text;
}

function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // nested deeper than the stack is
  }
}

/**
 * Masks what shows by its form that it is secret, in a value or a message: passwords and secret parameters of URLs,
 * `token=X`, `password: X`, `Bearer X`, JSON web tokens, tokens known by how they begin, private keys, and entries of JSON maps whose names say so. Takes time linear in the length.
 */
export function maskByForm(text: string): string {
  return maskJson(text) ?? maskForms(text, true);
}

/** The same for the text of a configuration file, in which a colon is what any setting is written with. */
export function maskSource(text: string): string {
  return maskForms(text, false);
}
