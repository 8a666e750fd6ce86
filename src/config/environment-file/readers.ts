/** A variable as one reader takes it from a file. */
export interface ReadVariable {
  readonly text: string;
  /** Counted from 1: where its name stands. */
  readonly line: number;
}

export type EnvironmentReader = (text: string) => ReadonlyMap<string, ReadVariable>;

const systemdName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `docker run --env-file`: everything behind the first `=` is the value, quotes, blanks and all. */
export const readAsDocker: EnvironmentReader = (text) => {
  const found = new Map<string, ReadVariable>();
  for (const [i, written] of text.split('\n').entries()) {
    const line = written.replace(/\r$/, '').trimStart();
    const at = line.indexOf('=');
    // A name alone is taken from the shell in which docker runs, which nobody sees here.
    if (line.startsWith('#') || at <= 0) continue;
    const name = line.slice(0, at);
    if (!/\s/.test(name)) found.set(name, { text: line.slice(at + 1), line: i + 1 });
  }
  return found;
};

/** systemd knows no other blanks: a no-break space is a part of the value. */
const isBlank = (c: string): boolean => c === ' ' || c === '\t';
const isLineEnd = (c: string): boolean => c === '\n' || c === '\r';

/** What stands between double quotes from `from` on, and where the rest begins. */
function systemdDoubleQuoted(text: string, from: number): { value: string; end: number } {
  let value = '';
  let at = from;
  for (; at < text.length && text[at] !== '"'; at++) {
    const c = text[at] as string;
    const next = text[at + 1];
    if (c !== '\\' || next === undefined) value += c;
    else {
      at++;
      if (next !== '\n') value += '"\\`$'.includes(next) ? next : `\\${next}`;
    }
  }
  return { value, end: at + 1 };
}

/** A value without quotes: quotes inside of it are characters like others, and blanks at its end go. */
function systemdBare(text: string, from: number): { value: string; end: number } {
  let value = '';
  let kept = 0;
  let at = from;
  for (; at < text.length && !isLineEnd(text[at] as string); at++) {
    const c = text[at] as string;
    const next = text[at + 1];
    const isEscape = c === '\\' && next !== undefined;
    if (isEscape) at++;
    // A backslash before the end of a line joins the next one.
    if (!isEscape) value += c;
    else if (next !== '\n') value += next;
    if (isEscape || !isBlank(c)) kept = value.length;
  }
  return { value: value.slice(0, kept), end: at };
}

/** The value that begins at `from`, as systemd reads it, and where the rest begins. Quotes count where a part begins. */
function systemdValue(text: string, from: number): { value: string; end: number } {
  let value = '';
  let at = from;
  while (at < text.length && !isLineEnd(text[at] as string)) {
    const c = text[at] as string;
    if (isBlank(c)) at++;
    else if (c === "'") {
      const close = text.indexOf("'", at + 1);
      const end = close < 0 ? text.length : close;
      value += text.slice(at + 1, end);
      at = end + 1;
    } else if (c === '"') {
      const quoted = systemdDoubleQuoted(text, at + 1);
      value += quoted.value;
      at = quoted.end;
    } else {
      const bare = systemdBare(text, at);
      return { value: value + bare.value, end: bare.end };
    }
  }
  return { value, end: at };
}

/**
 * `EnvironmentFile=` of systemd: quotes around a value go, a backslash escapes, `#` begins a comment at the start of a line
 * only. A comment that ends in a backslash is one line, as it is since systemd 254.
 */
export const readAsSystemd: EnvironmentReader = (written) => {
  const text = written.replaceAll('\r\n', '\n');
  const found = new Map<string, ReadVariable>();
  let at = 0;
  let line = 1;
  const skipTo = (end: number): void => {
    line += text.slice(at, end).split('\n').length - 1;
    at = end;
  };
  while (at < text.length) {
    const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    const row = text.slice(at, end);
    const equals = row.indexOf('=');
    if (/^[ \t]*(?:[#;]|$)/.test(row) || equals < 0) {
      skipTo(end + 1);
      continue;
    }
    const name = row.slice(0, equals).replace(/^[ \t]+|[ \t]+$/g, '');
    const { value, end: last } = systemdValue(text, at + equals + 1);
    if (systemdName.test(name)) found.set(name, { text: value, line });
    skipTo(last + 1);
  }
  return found;
};

const dotenvLine =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\n]+)?\s*(?:#.*)?$/gm;

/** The package dotenv, and what is written after it: `export`, quotes, `\n` in double quotes, comments behind values. */
export const readAsDotenv: EnvironmentReader = (written) => {
  const text = written.replace(/\r\n?/g, '\n');
  const found = new Map<string, ReadVariable>();
  for (const match of text.matchAll(dotenvLine)) {
    const [whole, name = '', raw = ''] = match;
    const trimmed = raw.trim();
    const quote = trimmed[0];
    const bare = trimmed.replace(/^(['"`])([\s\S]*)\1$/, '$2');
    const value = quote === '"' ? bare.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : bare;
    const before = text.slice(0, match.index) + (/^\s*/.exec(whole)?.[0] ?? '');
    found.set(name, { text: value, line: before.split('\n').length });
  }
  return found;
};
