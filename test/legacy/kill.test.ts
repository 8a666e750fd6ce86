import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importSteps, type ImportStep } from '../../src/legacy/apply.js';
import { undoSteps } from '../../src/legacy/undo.js';
import { ChildCli } from '../support/cli.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';
import { encrypted, openEnvelope, sampleAfter, sampleRows, sampleText } from './sample.js';

let cli: ChildCli;
beforeAll(async () => {
  cli = await ChildCli.create();
});
afterAll(() => cli.dispose());

/** Steps at which nothing has been committed yet. */
const beforeCommit: readonly ImportStep[] = importSteps.slice(0, importSteps.indexOf('commit') + 1);
const later = { env: encrypted, now: new Date('2026-11-22T00:00:00Z') };

async function create(engine: TestEngine): Promise<Workspace> {
  const w = await Workspace.create(engine, sampleText);
  await createServerTable(engine, w.url, { origin: true });
  await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'false', type: 'bool', origin: 'seeded' });
  await insertRow(engine, w.url, {
    key: 'auth.oauth.providers.google.client_secret',
    value: 'CANARY-seeded',
    origin: null,
    modifiedBy: '7b1d1c3e-0000-4000-8000-000000000001',
  });
  return w;
}

/** Runs the tool in a process that kills itself just before a step. */
async function killedAt(
  w: Workspace,
  step: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = encrypted,
): Promise<void> {
  const { signal, err } = await cli.run({
    args: ['import-legacy', ...args, '--verbose'],
    cwd: w.folder,
    env,
    now: '2026-11-21T07:45:00Z',
    killAt: step,
  });
  expect(signal, err).toBe('SIGKILL');
}

/** A server frees the lock of a killed run once it has noticed that the connection is gone. */
async function onceUnlocked(run: () => Promise<Run>): Promise<Run> {
  for (;;) {
    const result = await run();
    if (result.code !== 7) return result;
  }
}

const undo = (w: Workspace, receipt = w.receipt()): Promise<Run> =>
  onceUnlocked(() => w.run(['import-legacy', '--undo', receipt], { env: encrypted }));

const statusOf = (receipt: string): unknown =>
  (JSON.parse(readFileSync(receipt, 'utf8')) as { status: unknown }).status;

/** What is there after an import that nobody killed: file, rows, one finished receipt with its backup, nothing else. */
async function expectImported(w: Workspace): Promise<void> {
  expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
  const rows = await w.rows();
  const opened = [...rows].map(([key, row]) => [key, openEnvelope(row.value).text, row.setting_type]);
  // Where `_` stands among the characters is for each engine to say.
  expect(new Map(opened.map(([key, ...rest]) => [key, rest]))).toEqual(
    new Map(sampleRows.map(([key, ...rest]) => [key, rest])),
  );
  expect(opened).toHaveLength(sampleRows.length);
  const receipt = w.receipt();
  expect(statusOf(receipt)).toBe('complete');
  const backup = path.basename(receipt).replace('receipt.json', 'bak');
  expect(w.files()).toEqual(['config.yml', backup, path.basename(receipt)]);
  expect(w.text(backup)).toBe(sampleText.replace('$URL', w.url));
  expectNoLock(w);
}

/** No engine leaves a lock behind that a later run would meet; SQLite's is a file. */
function expectNoLock(w: Workspace): void {
  if (w.engine !== 'sqlite') return;
  const folder = path.dirname(w.url.replace('sqlite://', ''));
  expect(readdirSync(folder)).toEqual(['tmi.db']);
}

describeEngines((engine) => {
  it.each(importSteps)('finishes an import that was killed before "%s"', async (step) => {
    const w = await create(engine);
    const before = await w.rows();
    await killedAt(w, step, ['config.yml']);
    const committed = !beforeCommit.includes(step);
    // Nothing partial: all rows or none, the old file or the new one.
    expect((await w.rows()).size).toBe(committed ? sampleRows.length : before.size);
    expect([sampleText, sampleAfter].map((text) => text.replace('$URL', w.url))).toContain(w.text());

    const next = await onceUnlocked(() => w.import([], later));
    expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
    await expectImported(w);

    const undone = await undo(w);
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(await w.rows()).toEqual(before);
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
    expect(statusOf(w.receipt())).toBe('undone');
    expectNoLock(w);
  });

  it.each(undoSteps)('finishes an undo that was killed before "%s"', async (step) => {
    const w = await create(engine);
    const before = await w.rows();
    await w.import([], { env: encrypted });
    const files = w.files();
    await killedAt(w, step, ['--undo', w.receipt()]);

    const next = await undo(w);
    // Before "done" everything is done, and a second undo has nothing to do.
    expect(next.code, next.err).toBe(step === 'done' ? 4 : 0);
    expect(await w.rows()).toEqual(before);
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
    expect(w.files()).toEqual(files);
    expect(statusOf(w.receipt())).toBe('undone');
    if (step !== 'done') expectNoLock(w);
  });
});

it.each(['commit', 'rewrite', 'complete'] as const)(
  'undoes an import that was killed before "%s" without finishing it first',
  async (step) => {
    const w = await create('sqlite');
    const before = await w.rows();
    await killedAt(w, step, ['config.yml']);
    const { code } = await undo(w);
    // Before the commit there is nothing to undo, and the receipt must not claim otherwise.
    expect(code).toBe(0);
    expect(await w.rows()).toEqual(before);
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
    expect(w.files().filter((name) => name.startsWith('.'))).toEqual([]);
  },
);

it.each(['rewrite', 'complete'] as const)(
  'imports again after an undo that was killed half way, before "%s" of the import',
  async (step) => {
    const w = await create('sqlite');
    await w.import([], { env: encrypted });
    const first = w.receipt();
    await killedAt(w, 'restore-rows', ['--undo', first]);
    await killedAt(w, step, ['config.yml']);
    const next = await w.import([], later);
    expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
    expect(w.files().filter((name) => name.startsWith('.'))).toEqual([]);
    for (const name of w.files().filter((file) => file.endsWith('.receipt.json')))
      expect(statusOf(path.join(w.folder, name))).toBe(first.endsWith(name) ? 'undoing' : 'complete');
  },
);

it.each(['receipt', 'commit', 'rewrite', 'complete', 'done'])(
  'finishes an import with --output and --no-rewrite that was killed before "%s"',
  async (step) => {
    for (const args of [['--output', 'new.yml'], ['--no-rewrite']]) {
      const w = await create('sqlite');
      await killedAt(w, step, ['config.yml', ...args]);
      const next = await w.import(args, later);
      expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
      expect(statusOf(w.receipt())).toBe('complete');
      const output = args[0] === '--output' ? ['new.yml'] : [];
      expect(w.files()).toEqual(['config.yml', path.basename(w.receipt()), ...output].sort());
      if (output.length > 0) expect(w.text('new.yml')).toBe(sampleAfter.replace('$URL', w.url));
      expect((await w.rows()).size).toBe(sampleRows.length);
      expect((await undo(w)).code).toBe(0);
      expect((await w.rows()).size).toBe(2);
    }
  },
);

it.each(importSteps)(
  'goes on as it was told where a variable wins, after a kill before "%s"',
  async (step) => {
    const text =
      'database: {url: "$URL"}\nauth: {build_mode: dev, jwt: {secret: abcdefgh}}\noperator: {name: from file}\n';
    const w = await Workspace.create('sqlite', text);
    await createServerTable('sqlite', w.url, { origin: true });
    const env = { ...encrypted, TMI_OPERATOR_NAME: 'from variable' };
    const args = ['--shadowed', 'env'];
    await killedAt(w, step, ['config.yml', ...args], env);
    const next = await w.import(args, { ...later, env });
    expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
    expect(w.text()).not.toContain('from file');
    expect([...(await w.rows())].map(([key, { value }]) => [key, openEnvelope(value).text])).toEqual([
      ['operator.name', 'from variable'],
    ]);
    expect(statusOf(w.receipt())).toBe('complete');
    expect((await undo(w)).code).toBe(0);
    expect(await w.values()).toEqual({});
    expect(w.text()).toBe(text.replace('$URL', w.url));
  },
);

it.each(importSteps)('finishes on a table without origins what was killed before "%s"', async (step) => {
  const text =
    'database: {url: "$URL"}\nauth: {build_mode: dev, jwt: {secret: abcdefgh, expiration_seconds: 3600}}\noperator: {name: me}\n';
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: false });
  await killedAt(w, step, ['config.yml'], {});
  const next = await w.import([], { now: later.now });
  expect(next.code, next.err).toBe(0);
  expect(statusOf(w.receipt())).toBe('complete');
  const again = await w.import([], { now: later.now });
  expect(again.out).toContain('Nothing to do');
  expect(Object.keys(await w.values())).toEqual([
    'auth.jwt.expiration_seconds',
    'operator.name',
    'session.timeout_minutes',
  ]);
  expect((await undo(w)).code).toBe(0);
  expect(await w.values()).toEqual({});
});

it('stores once into a table without origins what stays in the file', async () => {
  const w = await Workspace.create(
    'sqlite',
    'database: {url: "$URL"}\nauth: {jwt: {expiration_seconds: 3600}}\n',
  );
  await createServerTable('sqlite', w.url, { origin: false });
  expect((await w.import(['--no-rewrite'])).code).toBe(0);
  const files = w.files();
  const again = await w.import(['--no-rewrite'], later);
  expect({ code: again.code, files: w.files() }).toEqual({ code: 0, files });
  expect(again.out).toContain('Nothing to do');
});

it.each(['rewrite', 'verify', 'complete'] as const)(
  'tells the servers of the rows of an import that was killed before "%s"',
  async (step) => {
    for (const [option, stale] of [
      ['--no-color', 'A running server may use what it has cached'],
      ['--json', '"state": "not-configured"'],
    ] as const) {
      const w = await create('sqlite');
      await killedAt(w, step, ['config.yml']);
      const next = await w.import([option], later);
      expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
      expect(next.out).toContain(stale);
      if (option !== '--json') continue;
      const { result } = JSON.parse(next.out) as { result: { changed: string[]; rowsWritten: number } };
      expect(result).toMatchObject({ rowsWritten: 0, resumed: true });
      expect([...result.changed].sort()).toEqual([...(await w.rows()).keys()].sort());
    }
  },
);
