/** What slips into a value around or between what was meant, and does not show. */
export interface Untidiness {
  /** Ends the sentence "X …": `ends with a carriage return`. */
  readonly what: string;
  readonly fix: string;
}

const windows = 'A file with Windows line endings puts it there: save it with LF, or: tr -d "\\r" < FILE.';

const kinds: readonly (Untidiness & { readonly pattern: RegExp })[] = [
  { pattern: /\r$/, what: 'ends with a carriage return (CR)', fix: windows },
  { pattern: /\r(?!\n)/, what: 'holds a carriage return (CR)', fix: windows },
  {
    pattern: /^(["'])[^]*\1$/,
    what: 'stands in quotes, which are part of the value',
    fix: 'Take the quotes away: readers of env files such as Docker keep them.',
  },
  {
    pattern: /[\u200b-\u200d\u2060\ufeff]/,
    what: 'holds a character of no width',
    fix: 'Type the value anew: it was copied from a page or a document.',
  },
  {
    pattern: /\u00a0/,
    what: 'holds a no-break space (NBSP)',
    fix: 'Type the value anew: it was copied from a page or a document.',
  },
  {
    pattern: /\ufffd/,
    what: 'holds the sign that stands for bytes which are no UTF-8 (U+FFFD)',
    fix: 'Set it anew as UTF-8 text.',
  },
  { pattern: /^[ \t]|[ \t]$/, what: 'begins or ends with a blank', fix: 'Take the blank away.' },
];

/**
 * What is wrong with a value that nobody meant to be so; undefined for all others. Only the first is told.
 * @param text a value of one line; texts of several lines, such as keys in PEM, are not looked at
 */
export function untidiness(text: string): Untidiness | undefined {
  if (text.length < 2 || /\n./.test(text)) return undefined;
  const found = kinds.find(({ pattern }) => pattern.test(text));
  return found && { what: found.what, fix: found.fix };
}
