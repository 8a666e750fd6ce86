import type { ErrorCode as YamlErrorCode } from 'yaml';

interface Explanation {
  readonly message: string;
  readonly hint: string;
}

const structure = 'Compare the indentation and punctuation of this line with the lines around it.';

/**
 * Our words for the parser's findings. Its own messages are never shown: some quote the text they stumbled over,
 * and that text can be a secret.
 */
const explanations: Partial<Record<YamlErrorCode, Explanation>> = {
  ALIAS_PROPS: {
    message: 'An alias cannot carry an anchor or a tag',
    hint: 'Remove the & or ! before the alias.',
  },
  BAD_ALIAS: {
    message: 'An alias or anchor has a broken name',
    hint: 'Quote the value if the * or & belongs to it.',
  },
  BAD_DIRECTIVE: {
    message: 'A line that starts with % is not a directive',
    hint: 'Remove the line or indent it.',
  },
  BAD_DQ_ESCAPE: {
    message: 'A double-quoted value holds an unknown escape',
    hint: 'Write \\\\ for a backslash, or put the value in single quotes.',
  },
  BAD_INDENT: { message: 'The indentation does not fit', hint: structure },
  BAD_SCALAR_START: {
    message: 'A value cannot start with this character',
    hint: 'Put the value in quotes.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A second "key: value" cannot start on the same line',
    hint: 'Put the value in quotes if the colon belongs to it, or start a new line.',
  },
  BLOCK_IN_FLOW: { message: 'Block style cannot stand inside { } or [ ]', hint: structure },
  KEY_OVER_1024_CHARS: {
    message: 'A key is longer than 1024 characters',
    hint: 'Check for a missing colon or quote.',
  },
  MISSING_CHAR: {
    message: 'A closing quote, bracket, comma, colon or space is missing',
    hint: 'Look for the quote or bracket that was opened before this place.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'A key cannot span lines',
    hint: 'Check for a missing colon on the line before.',
  },
  MULTIPLE_ANCHORS: { message: 'A value has two anchors', hint: 'Remove one of them.' },
  MULTIPLE_TAGS: { message: 'A value has two tags', hint: 'Remove one of them.' },
  TAB_AS_INDENT: { message: 'A tab is used as indentation', hint: 'Indent with spaces.' },
};

const other: Explanation = { message: 'This is not well-formed YAML', hint: structure };

/** What a finding of the YAML parser means, without a word from the file. */
export function explain(code: YamlErrorCode): Explanation {
  return explanations[code] ?? other;
}
