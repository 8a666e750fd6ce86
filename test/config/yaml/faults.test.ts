import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { thrown } from '../../support/errors.js';

const refused = (text: string) => thrown(() => parseYaml(Buffer.from(text), 'c.yml'));

/** Every finding as an operator sees it: where, of what kind, what is said, what to do. */
const said = (text: string): string[] =>
  refused(text).diagnostics.map(({ position, code, severity, file, message, hint }) => {
    expect({ severity, file }).toEqual({ severity: 'error', file: 'c.yml' });
    return `${position?.line ?? 0}:${position?.column ?? 0} ${code}: ${message}. ${hint ?? ''}`;
  });

const compare = 'Compare the indentation and punctuation of this line with the lines around it.';
const tag =
  'unsupported-yaml: A value carries a YAML tag that the server does not know. Put the value in quotes if the ! belongs to it, else remove the tag.';
const key =
  'unsupported-yaml: A key is not a plain word or quoted text. Write the key as text; a template such as {{ name }} must be quoted.';
const surrogate =
  'is half of a surrogate pair, which the server refuses; it does not start with this file. Write the character itself, or its whole code point with eight digits, such as "\\U0001F600" for U+1F600.';
const unprintable = (code: string): string =>
  `invalid-yaml: The file holds the character U+${code}, which YAML readers refuse or read differently. Remove it, or write "\\u${code}" in a double-quoted value.`;
const list =
  'This [ has no ]. Write ] where the list ends. The lines before it are indented deeper than its key.';
const map =
  'This { has no }. Write } where the map ends. The lines before it are indented deeper than its key.';
const noMap =
  'not a map of keys. A configuration starts with keys such as "server:"; check that this is the right file.';

describe('the words for what is wrong with a file', () => {
  it.each<[text: string, ...said: string[]]>([
    [
      'a: &x 1\nb: &y *x\n',
      '2:7 invalid-yaml: An alias cannot carry an anchor or a tag. Remove the & or ! before the alias.',
    ],
    [
      'a: *\n',
      '1:4 invalid-yaml: An alias or anchor has a broken name. Quote the value if the * or & belongs to it.',
    ],
    [
      'a: "\\q"\n',
      '1:5 invalid-yaml: A double-quoted value holds an unknown escape. Write \\\\ for a backslash, or put the value in single quotes.',
    ],
    ['a:\n   b: 1\n  c: 2\n', `3:1 invalid-yaml: The indentation does not fit. ${compare}`],
    ['a: @b\n', '1:4 invalid-yaml: A value cannot start with this character. Put the value in quotes.'],
    [
      'a: b: c\n',
      '1:4 invalid-yaml: A second "key: value" cannot start on the same line. Put the value in quotes if the colon belongs to it, or start a new line.',
    ],
    [
      `${'k'.repeat(1030)}: 1\n`,
      '1:1 invalid-yaml: A key is longer than 1024 characters. Check for a missing colon or quote.',
    ],
    ['a: "b" c\n', `1:8 invalid-yaml: This is not well-formed YAML. ${compare}`],
    ['a\nb: 1\n', '1:1 invalid-yaml: A key cannot span lines. Check for a missing colon on the line before.'],
    ['a: &x &y 1\n', '1:7 invalid-yaml: A value has two anchors. Remove one of them.'],
    ['a: !!str !!int 1\n', '1:10 invalid-yaml: A value has two tags. Remove one of them.'],
    ['a:\n\tb: 1\n', '2:1 invalid-yaml: A tab is used as indentation. Indent with spaces.'],
    [
      'a: "b\n',
      '2:1 invalid-yaml: A closing quote, bracket, comma, colon or space is missing. Look for the quote or bracket that was opened before this place.',
    ],
    ['a: [1, {b: 2\nc: 3\n', `1:4 invalid-yaml: ${list}`, `1:8 invalid-yaml: ${map}`],
    ['a: {b: [1\n', `1:4 invalid-yaml: ${map}`, `1:8 invalid-yaml: ${list}`],
    [
      '['.repeat(80),
      '1:67 too-deep: Maps and lists are nested more than 64 deep. Check for unclosed brackets; no setting is nested so deep.',
    ],
    [
      'a: 1\n---\nb: 2\n',
      '2:1 several-documents: A second YAML document starts here. A configuration file holds one document: remove this --- and what does not belong to it.',
    ],
    ['- a\n', `1:1 not-a-map: The top of the file is a list, ${noMap}`],
    ['x\n', `1:1 not-a-map: The top of the file is a single value, ${noMap}`],
    [
      'a: &a {b: 1}\nc:\n  <<: 1\n',
      '3:7 invalid-yaml: A merge key takes a map or a list of maps. write <<: *name',
    ],
    [
      'c:\n  <<: [{a: 1}, 2]\n',
      '2:7 invalid-yaml: A merge key takes a map or a list of maps. write <<: *name',
    ],
    [
      'a: *b\n',
      '1:4 invalid-yaml: An alias names an anchor that is not defined before it. define it with & above, or put the value in quotes if the * belongs to it',
    ],
    [
      'a: &a\n  b: *a\n',
      '2:6 invalid-yaml: An alias stands inside the value that it names. move the alias out of that value',
    ],
    ['a: !x 1\n', `1:7 ${tag}`],
    ['a: !!map 1\n', `1:10 ${tag}`],
    ['a: !!seq {}\n', `1:10 ${tag}`],
    ['a: !!map []\n', `1:10 ${tag}`],
    ['a: !!str {}\n', `1:10 ${tag}`],
    ['a: !!null []\n', `1:11 ${tag}`],
    ['a: !x []\n', `1:7 ${tag}`],
    [
      'a: !!binary aGk\n',
      '1:13 invalid-yaml: A value under the tag !!binary is not in base64. Write the text itself, without the tag.',
    ],
    [
      'a: !!binary /w==\n',
      '1:13 unsupported-yaml: A value in base64 (!!binary) holds bytes that are no text in UTF-8. Write a text: the database holds no bytes.',
    ],
    ['{{ x }}: 1\n', `1:1 ${key}`],
    ['? [a]\n: 1\n', `1:3 ${key}`],
    ['!!binary aGk=: 1\n', `1:10 ${key}`],
    [': 1\n', `1:1 ${key}`],
    [
      'a: 1\nb: 2\na: 3\n',
      '3:1 duplicate-key: The key "a" stands twice in this map, first on line 1. Remove one of the two.',
    ],
    [
      'a: 1\rb\n',
      '1:5 invalid-yaml: A carriage return stands without a line feed. Convert the line endings, for example with: tr "\\r" "\\n"',
    ],
    ['a: \0\n', '1:4 invalid-yaml: The file holds a NUL byte. Check that this is a YAML text file.'],
    ['a: \u0007\n', `1:4 ${unprintable('0007')}`],
    ['# \u2028\n', `1:3 ${unprintable('2028')}`],
    ['a: \uFEFFb\n', `1:4 ${unprintable('FEFF')}`],
    ['a: \u0007\u0007\u0001\n', `1:4 ${unprintable('0007')}`, `1:6 ${unprintable('0001')}`],
    [
      '%YAML 1.2\n---\na: 1\n',
      '1:1 invalid-yaml: The server knows no YAML version but 1.1, and does not start with this directive. Remove the line that begins with %YAML.',
    ],
    [
      'a: "\\/"\n',
      '1:5 invalid-yaml: The escape \\/ is none that the server knows; it does not start with this file. Write / without a backslash.',
    ],
    ['a: "\\ud800"\n', `1:5 invalid-yaml: The escape \\ud800 ${surrogate}`],
    ['a: "\\U0000dfff"\n', `1:5 invalid-yaml: The escape \\U0000dfff ${surrogate}`],
    [
      'k1: |1\n   v2\n  \nk3: v4\n',
      '1:5 ambiguous-yaml: Two YAML readers understand this place differently, so what the server reads is not certain. Write it more plainly: quote the value or the key, and check the indentation.',
    ],
  ])('%j', (text, ...expected) => {
    const found = expected.map((line) => line.replace(' ', ' config/'));
    expect(said(text)).toEqual(found);
  });

  it('say the one fault of a file themselves, and count several', () => {
    const one = refused('a: !x 1\n');
    expect(one).toMatchObject({
      code: 'config/unsupported-yaml',
      message: 'A value carries a YAML tag that the server does not know',
      hint: 'Put the value in quotes if the ! belongs to it, else remove the tag.',
    });
    expect(refused('a: !x 1\nb: !y 2\n')).toMatchObject({
      code: 'config/unsupported-yaml',
      message: 'c.yml has 2 faults',
      hint: one.hint,
    });
    expect(refused('a: !x 1\na: 2\n').code).toBe('config/invalid-yaml');
  });

  it('stop at fifty, since more only repeat what the first ones say', () => {
    const text = Array.from({ length: 60 }, (_, i) => `k${i}: !x 1\n`).join('');
    expect(said(text)).toHaveLength(50);
    expect(refused(text).message).toBe('c.yml has 50 faults');
  });

  it.each(['\ud7ff', '\ue000'])('let the neighbours of the surrogates pass as an escape', (character) => {
    const text = `a: "\\u${character.charCodeAt(0).toString(16)}"\n`;
    expect(parseYaml(Buffer.from(text), 'c.yml').root.entries[0]?.value).toMatchObject({ text: character });
  });
});

describe('a file that is too large', () => {
  it('is refused by its size, and one byte less is read', () => {
    const limit = 4 * 1024 * 1024;
    const bytes = Buffer.alloc(limit + 1, ' ');
    bytes[0] = 0x23;
    const error = thrown(() => parseYaml(bytes, 'c.yml'));
    const hint = 'A configuration file may have 4194304 bytes; check the path.';
    expect(error).toMatchObject({
      code: 'config/too-large',
      message: 'c.yml has 4194305 bytes',
      hint,
      diagnostics: [
        {
          code: 'config/too-large',
          severity: 'error',
          message: 'The file has 4194305 bytes',
          file: 'c.yml',
          hint,
        },
      ],
    });
    expect(parseYaml(bytes.subarray(1), 'c.yml').isEmpty).toBe(true);
  });
});

describe('a file of another encoding', () => {
  it.each<[string, number[], string]>([
    [
      'UTF-16',
      [0xff, 0xfe, 0x61, 0],
      '1:1 The file is UTF-16, not UTF-8. Save the file as UTF-8, for example with: iconv -f UTF-16 -t UTF-8',
    ],
    [
      'Latin-1',
      [0x61, 0x3a, 0x20, 0xc3, 0xbc, 0x0a, 0x62, 0x3a, 0x20, 0xfc, 0x0a],
      '2:4 The file holds bytes that are not UTF-8. Save the file as UTF-8, for example with: iconv -f ISO-8859-1 -t UTF-8',
    ],
    [
      'one bad byte alone',
      [0xfc],
      '1:1 The file holds bytes that are not UTF-8. Save the file as UTF-8, for example with: iconv -f ISO-8859-1 -t UTF-8',
    ],
  ])('says how to convert it: %s', (_, bytes, expected) => {
    const { diagnostics, code } = thrown(() => parseYaml(Uint8Array.from(bytes), 'c.yml'));
    expect(code).toBe('config/not-utf8');
    expect(
      diagnostics.map((d) => `${d.position?.line}:${d.position?.column} ${d.message}. ${d.hint}`),
    ).toEqual([expected]);
  });
});
