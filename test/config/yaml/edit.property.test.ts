import fc from 'fast-check';
import { CORE_SCHEMA, load, Type } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { editYaml, type YamlEdit } from '../../../src/config/yaml/edit.js';
import type { YamlPath } from '../../../src/config/yaml/node.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import type { Addition } from '../../../src/config/yaml/verify.js';
import { ToolError } from '../../../src/errors/index.js';
import { Tape, YamlGenerator, type GeneratedYaml } from './generator.js';

const schema = CORE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' }),
  ],
});
const read = (text: string): unknown => load(text.replace(/^\uFEFF/, ''), { schema });

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Needs quotes in braces, and none in a block; both must do. */
const newValue = 'yes, no';

const keyOf = (path: YamlPath) => JSON.stringify(path);

/** What a run asks for: paths to cut, and by the path of a map the keys to add to it. */
interface Plan {
  readonly cut: ReadonlySet<string>;
  readonly grown: ReadonlyMap<string, string>;
}

/** True when a value goes: cut itself, or a map that loses everything. */
function isGone(value: unknown, path: YamlPath, plan: Plan): boolean {
  if (plan.cut.has(keyOf(path))) return true;
  if (plan.grown.has(keyOf(path))) return false;
  const keys = isMap(value) ? Object.keys(value) : [];
  return (
    keys.length > 0 &&
    keys.every((key) => isGone((value as Record<string, unknown>)[key], [...path, key], plan))
  );
}

/** The data less what is cut and the maps that this empties, plus what is added. */
function prune(value: unknown, path: YamlPath, plan: Plan): unknown {
  if (Array.isArray(value)) return value.map((item, i) => prune(item, [...path, i], plan));
  if (!isMap(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (!isGone(inner, [...path, key], plan)) kept[key] = prune(inner, [...path, key], plan);
  }
  const added = plan.grown.get(keyOf(path));
  if (added !== undefined) kept[added] = newValue;
  return kept;
}

function valueAt(data: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], data);
}

function exists(data: unknown, path: YamlPath): boolean {
  const parent = valueAt(data, path.slice(0, -1));
  return isMap(parent) && Object.hasOwn(parent, path.at(-1) ?? '');
}

/** Ids of the comment block that starts at the first line: a header, which always stays. */
function headerOf(text: string): string {
  // Empty lines, directives and markers may stand above it, and between two blocks of which the first stands on a marker.
  const above = '(?:(?:[ \\t]*|%\\S.*|---[ \\t]*(?:#.*)?)\\r?\\n)*';
  const block = '(?:[ \\t]*#.*\\r?\\n)';
  return new RegExp(`^\\uFEFF?(?:${above}${block}+(?=---|%))*${above}${block}*`).exec(text)?.[0] ?? '';
}

function chooseCuts(generated: GeneratedYaml, tape: Tape, data: unknown): YamlPath[] {
  const paths = [...generated.pairs];
  // Values that come in by merge keys can be named as well.
  const addMerged = (value: unknown, path: YamlPath): void => {
    if (isMap(value)) {
      for (const [key, inner] of Object.entries(value)) {
        const at = [...path, key];
        if (!paths.some((p) => keyOf(p) === keyOf(at))) paths.push(at);
        addMerged(inner, at);
      }
    }
  };
  if (generated.hasAliases) addMerged(data, []);
  const share = 2 + tape.pick(5);
  const under = tape.rarely(3) ? paths[tape.pick(paths.length)] : undefined;
  return paths.filter((path) => {
    if (under && keyOf(path).startsWith(keyOf(under).slice(0, -1))) return !isMap(valueAt(data, path));
    return tape.pick(share) === share - 1;
  });
}

/** New pairs at pairs whose maps stay, one for each map. */
function chooseAdditions(generated: GeneratedYaml, tape: Tape, cut: readonly YamlPath[]): Addition[] {
  const cutKeys = new Set(cut.map(keyOf));
  const isInside = (path: YamlPath): boolean =>
    path.length > 1 && (cutKeys.has(keyOf(path.slice(0, -1))) || isInside(path.slice(0, -1)));
  const parents = new Set<string>();
  const additions: Addition[] = [];
  for (const at of generated.pairs) {
    const parent = keyOf(at.slice(0, -1));
    if (parents.has(parent) || isInside(at) || !tape.rarely(8)) continue;
    parents.add(parent);
    additions.push({ at, key: `new key ${additions.length}.`, value: newValue });
  }
  return additions;
}

/** What the edit did to the text, put together again by hand. */
function split(text: string, edit: YamlEdit): { survivors: string; removed: string } {
  let survivors = '';
  let removed = '';
  let at = 0;
  for (const [start, end] of edit.removed) {
    expect(start).toBeGreaterThanOrEqual(at);
    survivors += text.slice(at, start);
    removed += `${text.slice(start, end)}\n`;
    at = end;
  }
  return { survivors: survivors + text.slice(at), removed };
}

const stats = { refused: 0, done: 0 };

function check(shape: readonly number[], choices: readonly number[]): void {
  const generated = new YamlGenerator(new Tape(shape)).generate();
  const tape = new Tape(choices);
  const { text, comments, pairs } = generated;
  const document = parseYaml(new TextEncoder().encode(text), 'f.yml');
  const before = read(text);
  const withAdditions = tape.rarely(3);
  const cut = chooseCuts(generated, tape, before);
  const add = withAdditions ? chooseAdditions(generated, tape, cut) : [];
  const plan: Plan = {
    cut: new Set(cut.map(keyOf)),
    grown: new Map(add.map(({ at, key }) => [keyOf(at.slice(0, -1)), key])),
  };

  let edit: YamlEdit;
  try {
    edit = editYaml(document, { cut, add });
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'config/cannot-cut') throw error;
    // Only shared text and list items may stand in the way, and the reason is known before the safety net.
    expect(generated.hasAliases || generated.hasMapsInLists, `${error.message}\n${text}`).toBe(true);
    expect(error.message, text).not.toContain('would not read as');
    for (const diagnostic of error.diagnostics) expect(diagnostic.position).toBeDefined();
    stats.refused++;
    return;
  }
  stats.done++;

  const after = read(edit.text);
  expect(after, `${text}\n=>\n${edit.text}`).toEqual(prune(before, [], plan));
  for (const path of cut) expect(exists(after, path)).toBe(false);

  const { survivors, removed } = split(text, edit);
  expect(edit.added.reduce((result, { text: added }) => result.replace(added, ''), edit.text)).toBe(
    survivors,
  );
  expect(edit.added.length).toBeLessThanOrEqual(add.length + 1);

  // No word of a pair that stays is in what went, and every comment goes with its owner and only with it.
  const goes = (path: YamlPath): boolean =>
    path.length > 0 && (isGone(valueAt(before, path), path, plan) || goes(path.slice(0, -1)));
  const header = headerOf(text);
  for (const path of pairs) {
    const word = new RegExp(`${String(path.at(-1))}(?!\\d)`);
    expect(word.test(goes(path) ? survivors : removed), `${keyOf(path)}\n${text}\n=>\n${edit.text}`).toBe(
      false,
    );
  }
  for (const { id, owner } of comments) {
    const gone = owner !== undefined && goes(owner) && !header.includes(`${id}:`);
    expect(
      removed.includes(`${id}:`),
      `comment ${id} of ${keyOf(owner ?? [])}\n${text}\n=>\n${edit.text}`,
    ).toBe(gone);
  }

  // What is left is a file like any other: there is nothing more to cut, and nothing changes.
  expect(editYaml(parseYaml(edit.bytes, 'f.yml'), { cut: [] }).text).toBe(edit.text);
}

describe('editYaml on generated files', () => {
  it('cuts exactly what is named, with the comments that belong to it', () => {
    const tape = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 2519 }), { minLength: length / 4, maxLength: length, size: 'max' });
    fc.assert(
      fc.property(tape(1200), tape(120), (shape, choices) => check(shape, choices)),
      { numRuns: 300 },
    );
    // A generator of files that are all refused would prove nothing.
    expect(stats.done).toBeGreaterThan(stats.refused);
  });
});
