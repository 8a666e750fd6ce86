import { closest, distance } from 'fastest-levenshtein';
import { SECRET_MASK, SecretValue } from '../values/secret-value.js';

/** `vault://PATH[?version=V&optional=true&default=D][#FIELD]`, with percent escapes decoded. */
export interface VaultReference {
  readonly kind: 'vault';
  /** Segments joined by `/`. A segment can hold a slash itself when it was written as `%2F`. */
  readonly path: string;
  readonly field: string | undefined;
  readonly version: string | undefined;
  readonly optional: boolean;
  readonly fallback: SecretValue | undefined;
}

export interface EnvReference {
  readonly kind: 'env';
  readonly name: string;
}

export interface FileReference {
  readonly kind: 'file';
  readonly path: string;
}

export type Reference = VaultReference | EnvReference | FileReference;

/** Why a reference cannot be read. `offset` counts UTF-16 units from the start of the text. */
export interface MalformedReference {
  readonly kind: 'malformed';
  readonly reason: string;
  readonly offset: number;
}

const prefixes = { vault: 'vault://', env: 'env://', file: 'file://' } as const;
const kinds = Object.keys(prefixes) as (keyof typeof prefixes)[];
const optionNames = ['version', 'optional', 'default'] as const;
type OptionName = (typeof optionNames)[number];

/** Thrown inside this file only, and returned as a value from `parseReference`. */
class Fault extends Error {
  constructor(
    readonly reason: string,
    readonly offset: number,
  ) {
    super(reason);
  }
}

/** True when the text begins with one of the three prefixes, well formed or not. Anything else is an inline value. */
export function isReference(text: string): boolean {
  return kinds.some((kind) => text.startsWith(prefixes[kind]));
}

/**
 * Reads a reference strictly. Returns undefined for an inline value, which is everything without one of the
 * three prefixes, and a `MalformedReference` for what has a prefix but breaks the grammar.
 */
export function parseReference(text: string): Reference | MalformedReference | undefined {
  const kind = kinds.find((k) => text.startsWith(prefixes[k]));
  if (kind === undefined) return undefined;
  try {
    if (kind === 'vault') return parseVault(text);
    return kind === 'env' ? parseEnv(text) : parseFile(text);
  } catch (error) {
    if (error instanceof Fault) return { kind: 'malformed', reason: error.reason, offset: error.offset };
    throw error;
  }
}

function parseEnv(text: string): EnvReference {
  const start = prefixes.env.length;
  const name = text.slice(start);
  if (name === '') throw new Fault('the name of the variable is missing', start);
  const valid = /^(?:[A-Za-z_][A-Za-z0-9_]*)?/.exec(name)?.[0].length ?? 0;
  if (valid < name.length) {
    const reason =
      name[valid] === '?' || name[valid] === '#' ? 'env:// takes no options and no field' : nameRule;
    throw new Fault(reason, start + valid);
  }
  return { kind: 'env', name };
}

const nameRule = 'a variable name holds letters, digits and underscores and does not begin with a digit';

function parseFile(text: string): FileReference {
  const start = prefixes.file.length;
  const path = text.slice(start);
  if (path.trim() === '') throw new Fault('the path is missing', start);
  const bad = firstControl(path);
  if (bad >= 0) throw new Fault('a path holds no control characters', start + bad);
  if (/\s$/.test(path)) throw new Fault('the path ends in white space', start + path.trimEnd().length);
  return { kind: 'file', path };
}

function parseVault(text: string): VaultReference {
  const start = prefixes.vault.length;
  const space = text.search(/\s/u);
  if (space >= 0) throw new Fault('white space must be written as a percent escape, such as %20', space);
  const control = firstControl(text);
  if (control >= 0) throw new Fault('control characters are not allowed', control);

  const hash = text.indexOf('#', start);
  const end = hash < 0 ? text.length : hash;
  const question = text.slice(0, end).indexOf('?', start);
  const pathEnd = question < 0 ? end : question;

  const options = question < 0 ? new Map<OptionName, string>() : parseOptions(text, question + 1, end);
  const fallback = options.get('default');
  return {
    kind: 'vault',
    path: parsePath(text, start, pathEnd),
    field: hash < 0 ? undefined : parseField(text, hash + 1),
    version: options.get('version'),
    optional: options.get('optional') === 'true',
    fallback: fallback === undefined ? undefined : new SecretValue(fallback),
  };
}

function parsePath(text: string, start: number, end: number): string {
  if (start === end) throw new Fault('the path is missing', start);
  let offset = start;
  const segments = text
    .slice(start, end)
    .split('/')
    .map((raw) => {
      if (raw === '') {
        const where =
          offset === start
            ? 'begins with a slash'
            : offset === end
              ? 'ends in a slash'
              : 'has an empty segment';
        throw new Fault(
          `the path ${where}; write a slash that belongs to a name as %2F`,
          Math.min(offset, end - 1),
        );
      }
      const segment = decode(raw, offset);
      if (segment.split('/').some((part) => part === '.' || part === '..')) {
        throw new Fault('the path holds "." or ".." as a segment', offset);
      }
      offset += raw.length + 1;
      return segment;
    });
  return segments.join('/');
}

function parseField(text: string, start: number): string {
  const raw = text.slice(start);
  if (raw === '') throw new Fault('the field after # is missing', start);
  const stray = raw.search(/[#?]/);
  if (stray >= 0) {
    const reason =
      raw[stray] === '?' ? 'options stand before #FIELD' : 'a # inside a field must be written as %23';
    throw new Fault(reason, start + stray);
  }
  return decode(raw, start);
}

function parseOptions(text: string, start: number, end: number): Map<OptionName, string> {
  const options = new Map<OptionName, string>();
  let offset = start;
  for (const pair of text.slice(start, end).split('&')) {
    const equals = pair.indexOf('=');
    const written = equals < 0 ? pair : pair.slice(0, equals);
    const name = optionNames.find((n) => n === written);
    if (name === undefined) throw new Fault(unknownOption(written), offset);
    if (options.has(name)) throw new Fault(`the option ${name} is given twice`, offset);
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1), offset + equals + 1);
    if (value === '') throw new Fault(`the option ${name} needs a value`, offset + pair.length);
    if (name === 'optional' && value !== 'true' && value !== 'false') {
      throw new Fault('the option optional is true or false', offset + equals + 1);
    }
    options.set(name, value);
    offset += pair.length + 1;
  }
  if (options.get('optional') === 'true' && options.has('default')) {
    throw new Fault('optional=true and default= exclude each other', start);
  }
  return options;
}

/** Never quotes what was written: a mistyped `default=` may carry a secret. */
function unknownOption(written: string): string {
  if (written === '') return 'an option is missing; options are version, optional and default';
  const near = closest(written, [...optionNames]);
  const guess = distance(written, near) <= 3 ? `; did you mean ${near}?` : '';
  return `options are version, optional and default${guess}`;
}

function decode(raw: string, offset: number): string {
  const stray = raw.search(/%(?![0-9A-Fa-f]{2})/);
  if (stray >= 0)
    throw new Fault(
      '% must be followed by two hexadecimal digits; write a percent sign as %25',
      offset + stray,
    );
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    throw new Fault('the percent escapes are not UTF-8', offset + raw.indexOf('%'));
  }
  if (firstControl(text) >= 0) throw new Fault('control characters are not allowed', offset);
  return text;
}

/** Index of the first control character or unpaired surrogate, or -1. */
function firstControl(text: string): number {
  return text.search(/\p{Cc}|\p{Cs}/u);
}

/**
 * The reference as text that parses to the same parts. Used where references are written into files.
 * The path's slashes separate segments.
 */
export function formatVaultReference(
  parts: Pick<VaultReference, 'path'> &
    Partial<Pick<VaultReference, 'field' | 'version' | 'optional' | 'fallback'>>,
): string {
  const options: string[] = [];
  if (parts.version !== undefined) options.push(`version=${encodeURIComponent(parts.version)}`);
  if (parts.optional === true) options.push('optional=true');
  if (parts.fallback !== undefined) options.push(`default=${encodeURIComponent(parts.fallback.reveal())}`);
  const segments = parts.path.split('/');
  // A slash at either end or beside another one belongs to a name.
  const path = segments.map(encodeSegment).join(segments.includes('') ? '%2F' : '/');
  const field = parts.field === undefined ? '' : `#${encodeURIComponent(parts.field)}`;
  return `${prefixes.vault}${path}${options.length === 0 ? '' : `?${options.join('&')}`}${field}`;
}

function encodeSegment(segment: string): string {
  // These are legal in names of AWS and Vault and need no escape, so the text stays readable.
  return encodeURIComponent(segment)
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@')
    .replaceAll('%2B', '+')
    .replaceAll('%3D', '=');
}

/**
 * The reference as it may be printed. Everything from the value of `default=` on is masked, and from an unknown
 * option on: such a value can be a secret, and one that holds `#` or `&` unescaped does not end where it seems to.
 */
export function displayReference(text: string): string {
  if (!text.startsWith(prefixes.vault)) return text;
  return (
    text
      .replace(/([?&])(?!(?:version|optional)=[^&#]*(?:[&#]|$))(default=)?[^]*$/, `$1$2${SECRET_MASK}`)
      // Without its question mark an option becomes a part of the path.
      .replace(/(default=)[^]*$/i, `$1${SECRET_MASK}`)
  );
}

export interface SuspiciousScheme {
  /** The beginning of the text as written, up to its slashes. */
  readonly written: string;
  /** The prefix that was probably meant. */
  readonly meant: string;
}

/**
 * Reports an inline value whose beginning looks like a mistyped prefix: `valut://`, `vault:/x`, `ENV://`,
 * white space before a prefix. Such a text is used as the secret itself, which is hardly ever meant.
 */
export function suspiciousScheme(text: string): SuspiciousScheme | undefined {
  if (isReference(text)) return undefined;
  const match = /^\s*([A-Za-z]{2,8})(:\/{1,3}|:(?=[A-Za-z_./])|\/\/)/.exec(text);
  const [written, scheme, separator] = [match?.[0], match?.[1]?.toLowerCase(), match?.[2]];
  if (written === undefined || scheme === undefined || separator === undefined) return undefined;
  const meant = kinds.find((kind) => scheme === kind || (separator.startsWith(':/') && isNear(scheme, kind)));
  return meant === undefined ? undefined : { written: written.trim(), meant: prefixes[meant] };
}

function isNear(scheme: string, kind: string): boolean {
  const sameLetters = [...scheme].sort().join('') === [...kind].sort().join('');
  return sameLetters || distance(scheme, kind) <= (kind.length > 4 ? 2 : 1);
}
