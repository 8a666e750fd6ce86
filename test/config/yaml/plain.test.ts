import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../../src/config/yaml/lines.js';
import type { YamlNode } from '../../../src/config/yaml/node.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { readPlain } from '../../../src/config/yaml/plain.js';
import { productionSkeleton } from '../../../src/preflight/documents/skeleton.js';

const plain = (text: string): YamlNode | undefined => readPlain(new LineIndex(text));

/** All that a reader says but the ends of block maps and lists, which the two see differently. */
function said(node: YamlNode, text: string): unknown {
  const { range, ...facts } = node;
  const [start, end] = range;
  if (node.kind === 'scalar') return { ...facts, start, end };
  if (node.kind === 'map') {
    const entries = node.entries.map((e) => ({ ...e, value: said(e.value, text) }));
    return { ...facts, start, end: text[start] === '{' ? end : 0, entries };
  }
  return {
    ...facts,
    start,
    end: text[start] === '[' ? end : 0,
    items: node.items.map((item) => said(item, text)),
  };
}

/** True when the plain reader takes the text; then the reader of all YAML must say the same. */
function agrees(text: string): boolean {
  const root = plain(text);
  if (!root) return false;
  expect(said(root, text), text).toEqual(said(parseYaml(Buffer.from(text), 'x').root, text));
  return true;
}

const legacy = `---
# An old file
server:
  port: "8080"   # text
  base_url: https://tmi.example.com:8443/a#b
  trusted_proxies: [ 10.0.0.0/8, "::1" , '::2', a b ]
  empty: []
  none: {}
  both: { a: b:c, list: [ x, {y: "z"} ], deep: {d: {e: ~}} } # said
  chains: [[a], [b, c], {d: e-f}]
  nothing:
  note: # later
  tilde: ~
auth:
    oauth:
        providers:
            google:
                enabled: true
                scopes:
                - openid
                -   "with: colon"
                # between
                - 'with # hash'  # said
                userinfo:
                  - url: https://id.example.com/userinfo # where
                    claims:
                      subject_claim: sub
                      names: [a, b]

                  -   url: https://id.example.com/more
                      claims: {subject_claim: sub}
                  - plain
                  - { url: x, claims: {} }
                  - [y]
                  - key:
                      - nested: 1
                    last:
            other-1:
                client_id: -5
                name: it's a "name", & more {}
last: 1.10
`;

describe('the plain reader', () => {
  it('reads what a configuration is made of, as the reader of all YAML does', () => {
    expect(agrees(legacy)).toBe(true);
    expect(agrees(productionSkeleton('env'))).toBe(true);
  });

  it('agrees on every fixture that it takes', () => {
    const files = readdirSync('fixtures', { recursive: true, encoding: 'utf8' }).filter((f) =>
      f.endsWith('.yml'),
    );
    const texts = files.map((file) => readFileSync(join('fixtures', file), 'utf8'));
    expect(texts.filter(agrees).length).toBeGreaterThan(files.length / 2);
  });

  it.each([
    'a: "\\n"',
    "a: 'it''s'",
    'a: b\n  c',
    'a: b\n\n  c',
    'a: b: c',
    'a: [b: c]',
    'a: [b, ]',
    'a: ["b": c]',
    'a: [b',
    'a: [b] c',
    'a: "b" c',
    'a: "b',
    'a: &b c',
    'a: *b',
    'a: !b c',
    'a: |\n  b',
    'a: {b: c',
    'a: {b}',
    'a: {b:c}',
    'a: {b: }',
    'a: {b: ,c: d}',
    'a: {b: c,}',
    'a: {b: c, b: d}',
    'a: {"b": c}',
    'a: {<<: c}',
    'a: {b: c]',
    'a: [b}',
    'a: [{b: c]',
    'a: {b: [c}',
    'a: {b: c d: e}',
    'a: {b: c} d',
    'a: {b: c}#d',
    'a: [b]#c',
    'a: {b:\n  c}',
    'a: @b',
    'a: - b',
    'a: ? b',
    'a:\tb',
    'a: b\r\n',
    'a: 1\na: 2',
    ' a: 1',
    ' ---\na: 1',
    'a:\n  b: 1\n c: 2',
    'a:\n  - b\n c: 2',
    'a:\n  - b: c\n   d: e',
    'a:\n  - b: c\n    b: d',
    'a:\n  - b: c\n      d: e',
    'a:\n  - - b',
    'a:\n  - ',
    'a:\n  - [b]\n    c',
    'a:\n  - b\n    c',
    '- a',
    'a',
    '"a": b',
    '<<: b',
    '? a',
    'a: 1\n---\nb: 2',
    'a: 1\n...',
    '# nothing',
    '',
  ])('leaves %j alone', (text) => {
    expect(plain(text)).toBeUndefined();
  });

  it('agrees on whatever is made of a file', () => {
    const inserted = fc.constantFrom(
      ' ',
      '\n',
      ':',
      ': ',
      '-',
      '- ',
      '"',
      "'",
      '[',
      ']',
      ',',
      '{',
      '}',
      '#',
      ' #',
      '&',
      '?',
      '~',
      '--- ',
      'ü',
    );
    const change = fc.tuple(fc.nat(), fc.nat(4), inserted);
    let taken = 0;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        let text = legacy;
        for (const [at, cut, extra] of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + extra + text.slice(place + cut);
        }
        if (agrees(text)) taken++;
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(300);
  }, 60_000);
});
