import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serverModels, type ServerModel } from '../../src/config/precedence.js';
import { imagineImport, type Imagined } from '../support/imagined-import.js';
import { referenceSettings } from '../support/reference-server/registry.js';

// What a Go server 1.8.22 made of odd values: `fixtures/observed/README.md`. An import stops for what that server refuses,
// in keys that move, and for nothing else.

const linesOf = <Line>(file: string): Line[] =>
  readFileSync(`fixtures/observed/${file}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

interface ObservedValues {
  readonly key: string;
  readonly takes: readonly (readonly [yaml: string, value: string])[];
  readonly refuses: readonly string[];
}

interface ObservedStart {
  readonly what: string;
  readonly file: string;
  readonly started: boolean;
}

const values = linesOf<ObservedValues>('values');
const starts = linesOf<ObservedStart>('starts');
const reads = new Map(referenceSettings.map((setting) => [setting.yaml_path, setting.server_1_8_reads]));

/** True for a key that leaves the file, or is at least no longer read there, once it is in the database. */
function moves(key: string, model: ServerModel, yaml = ''): boolean {
  // Providers move one by one; what is no map holds none.
  const isEntry = key.endsWith('.providers') && yaml === '{a: b}';
  const ofEntry = key.startsWith('content_oauth.') ? 'file' : 'provider';
  const how = isEntry ? ofEntry : reads.get(key);
  return how !== undefined && key !== 'server.base_url' && (model === 'documented' || how !== 'file');
}

/** The server loads these values, and does not start with them: `starts.jsonl` has each key beyond its limits. */
const beyondLimits = /^(auth\.jwt\.expiration_seconds|content_extractors\.(?!async_enabled))/;

/** The same keys in the names of starts. Server 1.8 reads all of them from its file, where they stay. */
const beyondLimit = /^(jwt exp|extractor |auth\.jwt\.expiration_seconds|content_extractors)/;

/** Masks and templates are no values, whatever a server makes of them. */
const isTemplate = (yaml: string): boolean => yaml === '${NAME}';

interface Node {
  readonly [key: string]: Node | string;
}

/** One file of many keys with one YAML text each; a block scalar is indented as deep as its key. */
function fileOf(keys: readonly string[], yaml: string): string {
  const root: Record<string, Node | string> = {};
  for (const key of keys) {
    const path = key.split('.');
    let map = root;
    for (const segment of path.slice(0, -1)) map = (map[segment] ??= {}) as Record<string, Node | string>;
    map[path.at(-1) as string] = yaml;
  }
  const write = (map: Node, depth: number): string =>
    Object.entries(map)
      .map(([key, below]) => {
        const indent = '  '.repeat(depth);
        if (typeof below !== 'string') return `${indent}${key}:\n${write(below, depth + 1)}`;
        return `${indent}${key}: ${below.replaceAll('\n    ', `\n${indent}  `)}\n`;
      })
      .join('');
  return write(root, 0);
}

const texts = [
  ...new Set(values.flatMap(({ takes, refuses }) => [...takes.map(([yaml]) => yaml), ...refuses])),
];

const imagine = (model: ServerModel, file: string): Imagined =>
  imagineImport({ model, file, environment: {}, rows: [] });

describe.each(serverModels)('an import for a server %s', (model) => {
  it('is stopped by no value that a server loads and starts with', { timeout: 120_000 }, () => {
    let seen = 0;
    for (const yaml of texts) {
      const all = values.filter(({ takes }) => takes.some(([text]) => text === yaml)).map(({ key }) => key);
      const refused = (key: string): boolean => beyondLimits.test(key) && moves(key, model);
      const taken = all.filter((key) => !refused(key) || imagine(model, fileOf([key], yaml)).kind === 'done');
      seen += all.length;
      const imagined = imagine(model, fileOf(taken, yaml));
      if (isTemplate(yaml)) expect(imagined).toMatchObject({ kind: 'refused', codes: ['legacy/no-value'] });
      else expect([yaml, imagined]).toMatchObject([yaml, { kind: 'done' }]);
    }
    expect(seen).toBe(5564);
  });

  it(
    'is stopped by every value that no server loads in a key that moves, and by no other',
    { timeout: 120_000 },
    () => {
      let seen = 0;
      for (const yaml of texts) {
        const refusing = values.filter(({ refuses }) => refuses.includes(yaml)).map(({ key }) => key);
        seen += refusing.length;
        for (const key of refusing.filter((one) => moves(one, model, yaml))) {
          expect([key, yaml, imagine(model, fileOf([key], yaml)).kind]).toEqual([key, yaml, 'refused']);
        }
        const staying = refusing.filter((key) => !moves(key, model, yaml));
        // An alias that nothing defines is no YAML, in any key.
        if (staying.length === 0 || yaml === '********') continue;
        if (isTemplate(yaml)) continue;
        expect([yaml, imagine(model, fileOf(staying, yaml))]).toMatchObject([yaml, { kind: 'done' }]);
      }
      expect(seen).toBe(10_046 - 5564);
    },
  );

  it.each(starts.filter(({ started }) => started))(
    'is not stopped by $what, with which a server starts',
    ({ file }) => {
      expect(imagine(model, file)).toMatchObject({ kind: 'done' });
    },
  );
});

describe('configurations with which no server starts', () => {
  it.each(serverModels)('stop an import for a server %s only where the fault moves', (model) => {
    const stopping = starts
      .filter(({ started, file }) => !started && imagine(model, file).kind === 'refused')
      .map(({ what }) => what);
    const beyond = starts
      .filter(({ what, started }) => !started && beyondLimit.test(what))
      .map(({ what }) => what);
    expect(beyond).toHaveLength(31);
    expect(stopping).toEqual(model === '1.8' ? [] : beyond);
  });
});
