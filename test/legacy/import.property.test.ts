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
import { isSecretKey, providerFamilies, settingByDatabaseKey, settings } from '../../src/registry/index.js';
import type { ServerModel } from '../../src/config/precedence.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { SecretValue } from '../../src/values/index.js';
import { Tape } from '../config/yaml/generator.js';
import { carryOut, prepareImport, type Prepared } from '../support/import-library.js';
import { changedUse } from '../support/observations.js';
import { usedBy, type ServerState } from '../support/reference-server/index.js';
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

/** `auth.oauth.providers.google` for a key below it. */
function entryOf(key: string): { readonly entry: string; readonly reads: string } | undefined {
  const family = providerFamilies.find(({ path: written }) => key.startsWith(`${written}.`));
  const id = family && key.slice(family.path.length + 1).split('.')[0];
  return family && { entry: `${family.path}.${id ?? ''}.`, reads: family.server18Reads };
}

const settingOf = (key: string | undefined) =>
  settings.find(({ databaseKey, path: written }) => (databaseKey ?? written) === key);

function stateOf(file: string, rows: ReadonlyMap<string, RawRow>, model: ServerModel): ServerState {
  const held = [...rows].map(([key, { value, origin = null }]) => ({ key, value, origin }));
  return { model, file: file.replace(/^\uFEFF/, ''), environment: {}, rows: held };
}

/** True when a server would use the same if a key were not in the file: the second implementation is asked. */
function isMissed({ path: keys, key = '' }: Stated, { text, before, model }: Case): boolean {
  const data = read(text);
  const gone = without(data, new Set([JSON.stringify(keys)]));
  const used = (file: unknown) => usedBy(stateOf(JSON.stringify(file), before, model)).settings[key] ?? '';
  const said = (value: string): string => (value === '[]' ? '' : value);
  return said(used(data)) !== said(used(gone));
}

/** An empty list that says nothing to server 1.8, and that is stored nowhere for it. */
const isSilent = ({ key, text }: Stated, model: ServerModel): boolean =>
  model === '1.8' && text === '[]' && settingOf(key)?.emptySaysNothing === true;

/** What goes out of the file for a model: what is stored and what says nothing, but what such a server would miss. */
function leaving(item: Case): Stated[] {
  const { stated, model } = item;
  return stated.filter((one) => {
    const { key, leaves, renamed } = one;
    if (key === undefined) return false;
    const provider = entryOf(key);
    if (provider) return renamed || model === 'documented' || provider.reads !== 'file';
    const setting = settingOf(key);
    if (setting?.databaseKey === null || setting?.alsoStored) return false;
    const isKeptFor18 = model === '1.8' && setting?.server18Reads === 'file';
    if (renamed) return !leaves || !isKeptFor18;
    return leaves && !isKeptFor18 && !isSilent(one, model) ? true : !isMissed(one, item);
  });
}

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
    const found = settingByDatabaseKey(key);
    const type = (found?.kind === 'setting' ? found.setting : found?.field)?.databaseType ?? 'string';
    const same = tape.pick(2) === 0 || type === 'json';
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

function expectRows({ stated, before, text, model }: Case, after: ReadonlyMap<string, RawRow>): void {
  const wanted = new Map([...before].map(([key, row]) => [key, row.value]));
  for (const one of stated) {
    const { key, text: value, leaves } = one;
    const stored = (leaves && !isSilent(one, model)) || (key === 'server.base_url' && value);
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

function expectFile(item: Case, { inputs }: Prepared, newText: string): void {
  const { text } = item;
  const gone = new Set(leaving(item).map((leaf) => JSON.stringify(leaf.path)));
  expect(read(newText), `${text}\n=>\n${newText}`).toEqual(without(read(text), gone));
  let survivors = '';
  let done = 0;
  for (const [start, end] of inputs.built.plan.rewrite?.removed ?? []) {
    survivors += text.slice(done, start);
    done = end;
  }
  expect(newText).toBe(survivors + text.slice(done));
}

/** Settings that server 1.8 never takes from its file: stored, they take effect. */
const takingEffect = settings
  .filter(({ path: written, databaseKey }) => written !== databaseKey)
  .map(({ databaseKey }) => databaseKey);

function expectProof(
  { stated, before, text, model }: Case,
  newText: string,
  after: ReadonlyMap<string, RawRow>,
): void {
  const was = usedBy(stateOf(text, before, model));
  const is = usedBy(stateOf(newText, after, model));
  // What stood under an older name takes effect now.
  const meant = new Set(stated.flatMap(({ key, renamed }) => (renamed && key !== undefined ? [key] : [])));
  for (const key of changedUse(was, is)) {
    const isMeant = meant.has(key) || (model === '1.8' && takingEffect.includes(key));
    const isOfMeantProvider = [...meant].some(
      (one) => entryOf(one)?.entry === entryOf(key)?.entry && entryOf(key),
    );
    expect(isMeant || isOfMeantProvider, `${key} (${model})\n${text}\n=>\n${newText}`).toBeTruthy();
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
      expect(
        ['config/cannot-cut', 'legacy/provider-not-whole'],
        `${text}\n${blocker.message} (${model})`,
      ).toContain(blocker.code);
      expect(blocker, text).toMatchObject({
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
  expectProof(item, newText, after);

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
      dropsAttributes: false,
      statedByEnvironment: new Set<string>(),
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
