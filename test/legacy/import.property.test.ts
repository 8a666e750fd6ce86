import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { CORE_SCHEMA, load, Type } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { isEmptyPlan } from '../../src/legacy/plan.js';
import { readReceipt } from '../../src/legacy/receipt.js';
import { undoImport } from '../../src/legacy/undo.js';
import { isSecretKey, providerFamilies, settings } from '../../src/registry/index.js';
import type { ServerModel } from '../../src/settings/precedence.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { SecretValue } from '../../src/values/index.js';
import { Tape } from '../config/yaml/generator.js';
import { carryOut, prepareImport, type Prepared } from '../support/import-library.js';
import { createServerTable, insertRow, readRows, type RawRow } from '../support/rows.js';
import { ConfigGenerator, type Stated } from './config-generator.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-property-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = CORE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' }),
  ],
});
const read = (text: string): unknown => load(text.replace(/^\uFEFF/, ''), { schema });

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The data less the pairs at the given paths, and less the maps that this empties. */
function without(data: unknown, gone: ReadonlySet<string>, at: readonly string[] = []): unknown {
  if (!isMap(data)) return data;
  const kept = Object.entries(data).flatMap(([key, value]): [string, unknown][] => {
    const here = [...at, key];
    if (gone.has(JSON.stringify(here))) return [];
    const inner = without(value, gone, here);
    const emptied =
      isMap(inner) && Object.keys(inner).length === 0 && Object.keys(value as object).length > 0;
    return emptied ? [] : [[key, inner]];
  });
  return Object.fromEntries(kept);
}

type Rows = ReadonlyMap<string, Pick<RawRow, 'value' | 'origin'>>;

interface Layers {
  readonly model: ServerModel;
  readonly file: ReadonlyMap<string, string>;
  /** Paths of all that stands in the file, whatever it is. */
  readonly paths: readonly string[];
  readonly rows: Rows;
}

/** `auth.oauth.providers.google` for a key below it. */
function entryOf(key: string): { readonly entry: string; readonly reads: string } | undefined {
  const family = providerFamilies.find(({ path: written }) => key.startsWith(`${written}.`));
  const id = family && key.slice(family.path.length + 1).split('.')[0];
  return family && { entry: `${family.path}.${id ?? ''}.`, reads: family.server18Reads };
}

/** What a server uses for a setting, in a few lines: who comes first, by the setting's own way of being read. */
function effective(key: string, layers: Layers): string | undefined {
  const { model, file, paths, rows } = layers;
  const row = rows.get(key);
  const setting = settings.find(({ path: written, databaseKey }) => (databaseKey ?? written) === key);
  const provider = entryOf(key);
  const stored = setting === undefined || setting.databaseKey !== null;
  const reads = !stored
    ? 'file'
    : model === 'documented'
      ? 'origin'
      : (provider?.reads ?? setting?.server18Reads);
  if (reads === 'provider') {
    const hidden = paths.some((written) => written.startsWith(provider?.entry ?? ''));
    return hidden ? file.get(key) : row?.value;
  }
  if (reads === 'origin' && row?.origin === 'explicit') return row.value;
  if (file.has(key)) return file.get(key);
  if (key === 'session.timeout_minutes') {
    return String(Math.trunc(Number(effective('auth.jwt.expiration_seconds', layers)) / 60));
  }
  return (reads === 'file' ? undefined : row?.value) ?? setting?.default;
}

/** What goes out of the file for a model: everything that is stored, but what server 1.8 reads there. */
function leaving(stated: readonly Stated[], model: ServerModel): Stated[] {
  const goes = stated.filter(({ leaves }) => leaves);
  if (model === 'documented') return goes;
  const staying = stated.filter(({ leaves }) => !leaves).map(({ path: keys }) => `${keys.join('.')}.`);
  return goes.filter(({ key, renamed }) => {
    if (key === undefined) return renamed;
    const provider = entryOf(key);
    if (renamed && provider) return true;
    if (provider?.reads === 'provider') return !staying.some((name) => name.startsWith(provider.entry));
    return (
      (provider?.reads ?? settings.find(({ databaseKey }) => databaseKey === key)?.server18Reads) !== 'file'
    );
  });
}

const fileValues = (stated: readonly Stated[]): Map<string, string> =>
  new Map(
    stated.flatMap(({ key, text, renamed }) =>
      key === undefined || text === undefined || renamed ? [] : [[key, text]],
    ),
  );

/** Rows that are there before: seeded or set by somebody who agrees with the file, and some that nobody mentions. */
async function prepareRows(url: string, stated: readonly Stated[], tape: Tape): Promise<void> {
  if (tape.rarely(3)) return;
  await createServerTable('sqlite', url, { origin: true });
  await insertRow('sqlite', url, { key: 'somebody.elses', value: 'x', origin: 'explicit' });
  const theme = { key: 'ui.default_theme', value: 'dark', origin: 'explicit' };
  if (!stated.some(({ key }) => key === theme.key)) await insertRow('sqlite', url, theme);
  const types: Record<string, string> = { int: '7', bool: 'true', float: '0.75' };
  for (const { key, text, leaves, renamed } of stated) {
    if (!leaves || key === undefined || !tape.rarely(4)) continue;
    // A receipt cannot hold a plain secret, so such an import is refused.
    if (isSecretKey(key)) continue;
    // A provider that the database has outranks one of the same name in a block that no server reads.
    if (renamed && entryOf(key)) continue;
    const setting = settings.find(({ databaseKey }) => databaseKey === key);
    const type = setting?.databaseType ?? 'string';
    const same = tape.pick(2) === 0;
    const value = same ? (text as string) : (types[type] ?? 'seeded');
    const agreed = same ? 'explicit' : 'seeded';
    await insertRow('sqlite', url, {
      key,
      value,
      type,
      origin: [agreed, 'seeded', null, 'odd'][tape.pick(4)] ?? null,
    });
  }
}

interface Case {
  readonly file: string;
  readonly url: string;
  readonly text: string;
  readonly stated: readonly Stated[];
  readonly before: Map<string, RawRow>;
  readonly model: ServerModel;
}

function expectRows({ stated, before, text }: Case, after: ReadonlyMap<string, RawRow>): void {
  const wanted = new Map([...before].map(([key, row]) => [key, row.value]));
  for (const { key, text: value, leaves } of stated) {
    const stored = leaves || (key === 'server.base_url' && value);
    if (stored) wanted.set(key as string, value as string);
    if (stored) expect(after.get(key as string)?.origin, `${key ?? ''}\n${text}`).toBe('explicit');
  }
  // The one row that follows from another; nobody stated it, so it is no operator's choice.
  const source = stated.find(({ key, leaves }) => leaves && key === 'auth.jwt.expiration_seconds');
  const own = stated.find(({ key, text: value }) => value !== undefined && key === 'session.timeout_minutes');
  if (source && !own) {
    const minutes = String(Math.trunc(Number(source.text) / 60));
    if (after.get('session.timeout_minutes')?.origin === 'seeded')
      wanted.set('session.timeout_minutes', minutes);
  }
  expect(new Map([...after].map(([key, row]) => [key, row.value])), text).toEqual(
    new Map([...wanted].sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

function expectFile({ stated, text, model }: Case, { inputs }: Prepared, newText: string): void {
  const gone = new Set(leaving(stated, model).map((leaf) => JSON.stringify(leaf.path)));
  expect(read(newText), `${text}\n=>\n${newText}`).toEqual(without(read(text), gone));
  let survivors = '';
  let done = 0;
  for (const [start, end] of inputs.built.plan.rewrite?.removed ?? []) {
    survivors += text.slice(done, start);
    done = end;
  }
  expect(newText).toBe(survivors + text.slice(done));
}

function expectProof({ stated, before, text, model }: Case, after: ReadonlyMap<string, RawRow>): void {
  const goes = new Set(leaving(stated, model));
  const layers = (of: readonly Stated[], rows: Rows): Layers => ({
    model,
    file: fileValues(of),
    paths: of.map(({ path: keys }) => keys.join('.')),
    rows,
  });
  const was = layers(stated, before);
  const is = layers(
    stated.filter((one) => !goes.has(one)),
    after,
  );
  const names = settings.map(({ databaseKey, path: written }) => databaseKey ?? (written as string));
  const renamed = new Map(
    stated.filter((one) => one.renamed && one.leaves).map((one) => [one.key, one.text]),
  );
  for (const key of new Set([...names, ...before.keys(), ...after.keys()])) {
    const old = effective(key, was);
    const now = effective(key, is);
    // What stood under an older name takes effect now, where the server reads rows.
    const meant = renamed.has(key) && (model === 'documented' || now !== old) ? renamed.get(key) : old;
    expect(now, `${key} (${model})\n${text}`).toBe(meant);
  }
}

const stats = { done: 0, refused: 0, unchanged: 0, settings: 0 };

async function check(shape: readonly number[], choices: readonly number[]): Promise<void> {
  const { text, stated } = new ConfigGenerator(new Tape(shape)).generate();
  const run = mkdtempSync(path.join(folder, 'run-'));
  const file = path.join(run, 'config.yml');
  const url = `sqlite://${path.join(folder, path.basename(run))}.db`;
  writeFileSync(file, text, { mode: 0o640 });
  await prepareRows(url, stated, new Tape(choices));
  const model = (choices.at(-1) as number) % 3 === 0 ? '1.8' : 'documented';
  const item: Case = { file, url, text, stated, model, before: await readRows('sqlite', url) };
  const options = { server: model } as const;

  const prepared = await prepareImport({ file, url, options });
  if (prepared.inputs.built.plan.blockers.length > 0) {
    await prepared.database.close();
    for (const blocker of prepared.inputs.built.plan.blockers) {
      expect(blocker, text).toMatchObject({
        code: 'config/cannot-cut',
        position: expect.anything() as unknown,
      });
    }
    stats.refused++;
    return;
  }
  await carryOut(prepared);
  const newText = readFileSync(file, 'utf8');
  const after = await readRows('sqlite', url);
  expectRows(item, after);
  expectFile(item, prepared, newText);
  expectProof(item, after);

  const second = await prepareImport({ file, url, options, now: new Date('2027-01-01T00:00:00Z') });
  expect(isEmptyPlan(second.inputs.built.plan), `${text}\n=>\n${newText}`).toBe(true);
  const names = readdirSync(run);
  await carryOut(second);
  expect(readdirSync(run)).toEqual(names);
  expect(await readRows('sqlite', url)).toEqual(after);
  expect(readFileSync(file, 'utf8')).toBe(newText);

  const receipt = names.find((name) => name.endsWith('.receipt.json'));
  stats.settings += stated.filter(({ leaves }) => leaves).length;
  if (receipt === undefined) {
    expect(newText).toBe(text);
    stats.unchanged++;
    return;
  }
  stats.done++;
  await undo(url, path.join(run, receipt));
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(await readRows('sqlite', url)).toEqual(item.before);
}

async function undo(url: string, file: string): Promise<void> {
  const database = await connectDatabase({ url: new SecretValue(url) });
  try {
    const receipt = await readReceipt(file, file, { uid: process.getuid?.() });
    const inputs = {
      file,
      receipt,
      database,
      cipher: SettingsCipher.from({}),
      uid: process.getuid?.(),
      now: new Date(),
      onStep: () => undefined,
    };
    await undoImport(inputs);
  } finally {
    await database.close();
  }
}

describe('import-legacy of generated files', () => {
  it('moves exactly what it removes, keeps every other byte, changes no setting, and can be undone', async () => {
    const tape = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 2519 }), { minLength: length / 2, maxLength: length, size: 'max' });
    await fc.assert(fc.asyncProperty(tape(3000), tape(200), check), {
      endOnFailure: true,
      numRuns: Number(process.env['RUNS'] ?? 100),
    });
    // A generator of files that are refused, or that hold nothing to move, would prove nothing.
    expect(stats.done).toBeGreaterThan(4 * (stats.refused + stats.unchanged));
    expect(stats.settings).toBeGreaterThan(10 * stats.done);
  }, 600_000);
});
