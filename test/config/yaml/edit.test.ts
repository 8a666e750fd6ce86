import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editYaml, type YamlEdits } from '../../../src/config/yaml/edit.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import type { Position } from '../../../src/errors/index.js';
import { thrown } from '../../support/errors.js';

interface CutCase extends YamlEdits {
  /** Positions of the diagnostics, for a case that must be refused; null for one without a position. */
  readonly refused?: readonly (Position | null)[];
}

const folder = new URL('../../../fixtures/config/yaml/cut/', import.meta.url);
const names = readdirSync(folder);

/** Puts the cut ranges back and takes the new text out: the original, if both are told right. */
function original(before: string, { removed, added, text }: ReturnType<typeof editYaml>): string {
  const survivors: string[] = [];
  let at = 0;
  for (const [start, end] of removed) {
    survivors.push(before.slice(at, start));
    at = end;
  }
  survivors.push(before.slice(at));
  let rest = text;
  // The place of an insertion in the result: its own offset, less what was removed and plus what was added before.
  for (const { offset, text: inserted } of added.toReversed()) {
    const gone = removed.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, offset) - start), 0);
    const come = added.filter((a) => a.offset < offset).reduce((sum, a) => sum + a.text.length, 0);
    const place = offset - gone + come;
    expect(rest.slice(place, place + inserted.length)).toBe(inserted);
    rest = rest.slice(0, place) + rest.slice(place + inserted.length);
  }
  expect(rest).toBe(survivors.join(''));
  return rest;
}

describe('editYaml', () => {
  it('has cases', () => {
    expect(names.length).toBeGreaterThanOrEqual(40);
  });

  it.each(names)('%s', (name) => {
    const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder));
    const document = parseYaml(read('before.yml'), 'before.yml');
    const { refused, ...edits } = JSON.parse(read('cut.json').toString()) as CutCase;
    if (refused) {
      const error = thrown(() => editYaml(document, edits));
      expect(error.code).toBe('config/cannot-cut');
      expect(error.diagnostics.map((d) => d.position ?? null)).toEqual(refused);
      expect(existsSync(new URL(`${name}/after.yml`, folder))).toBe(false);
      return;
    }
    const edit = editYaml(document, edits);
    expect(edit.text).toBe(read('after.yml').toString());
    expect(Buffer.from(edit.bytes)).toEqual(read('after.yml'));
    original(document.text, edit);
  });

  it('gives the same bytes back when there is nothing to do', () => {
    const bytes = new TextEncoder().encode('\uFEFFa: 1 \r\n\n');
    const edit = editYaml(parseYaml(bytes, 'f.yml'), { cut: [] });
    expect(edit).toMatchObject({ bytes, removed: [], added: [] });
  });

  it('names both places of an anchor that is still used', () => {
    const document = parseYaml(new TextEncoder().encode('a: &x 1\nb:\n  - *x\n'), 'f.yml');
    const error = thrown(() => editYaml(document, { cut: [['a']] }));
    expect(error.diagnostics[0]).toMatchObject({ position: { line: 1, column: 7 } });
    expect(error.message).toContain('line 3, column 5');
  });

  it.skipIf(process.env.WITHOUT_LARGE_FILES)(
    'cuts thousands of pairs out of a megabyte, with work in proportion',
    () => {
      const block = (i: number) =>
        `block${i}:\n  # about a\n  a: "${'x'.repeat(40)}"\n  b: [1, 2]\n\n  c: {d: 1, e: 2}\n\n`;
      const count = 9000;
      const text = Array.from({ length: count }, (_, i) => block(i)).join('');
      expect(text.length).toBeGreaterThan(800_000);
      const document = parseYaml(new TextEncoder().encode(text), 'f.yml');
      const cut = Array.from({ length: count }, (_, i) => (i % 2 ? [`block${i}`] : [`block${i}`, 'c', 'd']));
      // Quadratic work takes minutes, more than a test has.
      const edit = editYaml(document, { cut });
      expect(edit.removed).toHaveLength(count);
    },
  );
});
