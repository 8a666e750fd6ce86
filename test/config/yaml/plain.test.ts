import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../../src/config/yaml/lines.js';
import type { YamlNode } from '../../../src/config/yaml/node.js';
import { editYaml, type YamlEdits } from '../../../src/config/yaml/edit.js';
import { parseYaml, type YamlDocument } from '../../../src/config/yaml/parse.js';
import { readPlain } from '../../../src/config/yaml/plain.js';
import { readYamlDocument } from '../../../src/config/yaml/read-document.js';
import type { YamlPath } from '../../../src/config/yaml/node.js';
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

/** What an edit knows of the text, for every map in its order. */
function known({ root, source, marks, text }: YamlDocument): unknown {
  const maps: unknown[] = [];
  const visit = (node: YamlNode): void => {
    if (node.kind === 'sequence') node.items.forEach(visit);
    if (node.kind !== 'map') return;
    const { map, merge, hidden } = source.mapOf(node);
    maps.push({
      style: map?.style,
      place: map?.place,
      owner: map?.owner && [map.owner.start, map.owner.index],
      ends: map?.style === 'flow' ? [map.start, map.end] : [],
      pairs: map?.pairs.map(({ index, start, end, comma }) => [text.slice(start, end), index, start, comma]),
      ofEntries: node.entries.map((entry) => map?.pairs.indexOf(source.pairOf(entry))),
      of: map?.pairs.every((pair) => pair.map === map),
      merge,
      hidden,
    });
    for (const { value } of node.entries) visit(value);
  };
  visit(root);
  const comments = [...marks.comments].sort((a, b) => a - b);
  return { maps, comments, scalars: marks.scalars, uses: source.uses };
}

/** True when the plain reader takes the text; then the reader of all YAML must say the same. */
function agrees(text: string): boolean {
  const root = plain(text);
  if (!root) return false;
  const whole = parseYaml(Buffer.from(text), 'x');
  expect(said(root, text), text).toEqual(said(whole.root, text));
  expect(known(readYamlDocument(Buffer.from(text), 'x')), text).toEqual(known(whole));
  return true;
}

/** The paths of all pairs. */
function pathsOf(node: YamlNode, path: YamlPath = []): YamlPath[] {
  if (node.kind === 'sequence') return node.items.flatMap((item, i) => pathsOf(item, [...path, i]));
  if (node.kind === 'scalar') return [];
  return node.entries.flatMap(({ key, value }) => [[...path, key], ...pathsOf(value, [...path, key])]);
}

/** What comes of an edit: the text, or what stands in the way. */
function outcome(document: YamlDocument, edits: YamlEdits): unknown {
  try {
    const { text, removed, added } = editYaml(document, edits);
    return { text, removed, added };
  } catch (error) {
    return error;
  }
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

  it('knows enough for an edit, which comes out as from all tokens', () => {
    let done = 0;
    const numbers = fc.array(fc.nat(), { maxLength: 12 });
    fc.assert(
      fc.property(numbers, numbers, fc.nat(6), (cuts, places, under) => {
        const bytes = Buffer.from(legacy);
        const [quick, whole] = [readYamlDocument(bytes, 'x'), parseYaml(bytes, 'x')];
        const paths = pathsOf(whole.root);
        const [some] = paths.filter((path) => path.length === 1 + (under % 5)).slice(-1);
        const chosen = cuts.map((n) => paths[n % paths.length] as YamlPath);
        const cut = under > 3 && some ? [...chosen, some] : chosen;
        const add = places.slice(0, 3).map((n, i) => {
          return { at: paths[n % paths.length] as YamlPath, key: `new${i}`, value: 'yes, no' };
        });
        const edits = { cut, add };
        const expected = outcome(whole, edits);
        expect(outcome(quick, edits)).toEqual(expected);
        if (!(expected instanceof Error)) done++;
      }),
      { numRuns: 400 },
    );
    expect(done).toBeGreaterThan(40);
  }, 60_000);

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
