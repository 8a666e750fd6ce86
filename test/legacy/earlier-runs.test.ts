import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importSteps } from '../../src/legacy/apply.js';
import { ChildCli } from '../support/cli.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';

// A run is killed after its commit, and something happens to the file before the next one: no undo gets lost.

const text = `database: {url: "$URL"}
auth: {build_mode: dev, jwt: {secret: abcdefgh, expiration_seconds: 7200}}
operator: {name: Ann}
`;
const after = `database: {url: "$URL"}
auth: {build_mode: dev, jwt: {secret: abcdefgh}}
`;
const edit = '# edited\n';
const second = { now: new Date('2026-11-22T00:00:00Z') };
const third = { now: new Date('2026-11-23T00:00:00Z') };

let cli: ChildCli;
beforeAll(async () => void (cli = await ChildCli.create()));
afterAll(() => cli.dispose());

async function create(): Promise<Workspace> {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'operator.name', value: 'TMI', origin: 'seeded' });
  return w;
}

async function killedAt(w: Workspace, step: string, args: readonly string[], now: string): Promise<void> {
  const run = await cli.run({
    args: ['import-legacy', ...args, '--verbose'],
    cwd: w.folder,
    env: {},
    now,
    killAt: step,
  });
  expect(run.signal, run.err).toBe('SIGKILL');
}

const first = (w: Workspace): string => join(w.folder, 'config.yml.20261121-074500.receipt.json');
const receipts = (w: Workspace): string[] =>
  w
    .files()
    .filter((name) => name.endsWith('.receipt.json'))
    .map((name) => join(w.folder, name));
const statusOf = (receipt: string): unknown =>
  (JSON.parse(readFileSync(receipt, 'utf8')) as { status: unknown }).status;
const undo = (w: Workspace, receipt: string): Promise<Run> => w.run(['import-legacy', '--undo', receipt]);
const ended = ({ code, err }: Run): unknown => ({ code, err });

/** Undoes both imports, the later one first, and expects everything as it was before the first. */
async function expectUndone(w: Workspace, before: unknown, file: string): Promise<void> {
  const later = receipts(w).at(-1) as string;
  expect(later).not.toBe(first(w));
  // The rows may not go while the file does not state what they hold.
  const tooEarly = await undo(w, first(w));
  expect([tooEarly.code, tooEarly.err]).toEqual([3, expect.stringContaining('[legacy/relied-on]')]);
  const one = await undo(w, later);
  expect(ended(one)).toEqual({ code: 0, err: '' });
  expect(one.out).toContain(`--undo ${first(w)}`);
  expect(w.text()).toBe(file);
  expect(ended(await undo(w, first(w)))).toEqual({ code: 0, err: '' });
  expect(w.text()).toBe(file);
  expect(await w.rows()).toEqual(before);
}

it('says that the rows of a killed run have an undo of their own, when the file was edited since', async () => {
  const w = await create();
  const before = await w.rows();
  await killedAt(w, 'rewrite', ['config.yml'], '2026-11-21T07:45:00Z');
  appendFileSync(w.file, edit);
  const edited = w.text();
  const run = await w.import([], second);
  expect(run.code).toBe(0);
  expect(run.err).toMatch(/^note: an earlier import of this file was killed/);
  expect(run.err).toContain(`after the undo of this one: tmi-dbtool import-legacy --undo ${first(w)}\n`);
  expect(w.text()).toBe(after.replace('$URL', w.url) + edit);
  expect(receipts(w).map(statusOf)).toEqual(['complete', 'complete']);
  // It is said once.
  expect(ended(await w.import([], third))).toEqual({ code: 0, err: '' });
  await expectUndone(w, before, edited);
});

it('gives the receipts of such runs as data, and says nothing when it is to be quiet', async () => {
  for (const [option, out] of [
    ['--json', expect.stringContaining('"earlier":')],
    ['--quiet', ''],
  ] as const) {
    const w = await create();
    await killedAt(w, 'rewrite', ['config.yml'], '2026-11-21T07:45:00Z');
    appendFileSync(w.file, edit);
    const run = await w.import([option], second);
    expect([run.code, run.out]).toEqual([0, out]);
    if (option === '--quiet') expect(run.err).toBe('');
    else expect(JSON.parse(run.out)).toMatchObject({ result: { earlier: [first(w)] } });
  }
});

it.each(importSteps.filter((step) => step !== 'done'))(
  'is not forgotten when the second run is killed too, before "%s"',
  async (step) => {
    const w = await create();
    const before = await w.rows();
    await killedAt(w, 'rewrite', ['config.yml'], '2026-11-21T07:45:00Z');
    w.write(`${text}features: {webhooks_enabled: false}\nui: {default_theme: dark}\n${edit}`);
    const edited = w.text();
    await killedAt(w, step, ['config.yml'], '2026-11-22T00:00:00Z');
    const run = await w.import([], third);
    expect(run.code, run.err).toBe(0);
    expect(run.err).toContain(first(w));
    expect(receipts(w).map(statusOf)).toEqual(['complete', 'complete']);
    await expectUndone(w, before, edited);
  },
);

it('knows it too when the second run leaves the file alone', async () => {
  const w = await create();
  const before = await w.rows();
  await killedAt(w, 'rewrite', ['config.yml'], '2026-11-21T07:45:00Z');
  const run = await w.import(['--no-rewrite'], second);
  expect(run.err).toContain(`To take them back: tmi-dbtool import-legacy --undo ${first(w)}\n`);
  expect(receipts(w).map(statusOf)).toEqual(['complete']);
  expect(ended(await undo(w, first(w)))).toEqual({ code: 0, err: '' });
  expect(await w.rows()).toEqual(before);
});

it('leaves the rows where they are when the file was rewritten and then edited', async () => {
  const w = await create();
  await killedAt(w, 'complete', ['config.yml'], '2026-11-21T07:45:00Z');
  appendFileSync(w.file, edit);
  const run = await w.import([], second);
  expect([run.code, run.err.includes(first(w))]).toEqual([0, true]);
  const refused = await undo(w, first(w));
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('was changed after the import')]);
  expect((await w.values())['operator.name']).toBe('Ann');
});

it('does not take rows away that a later import has left as the only place of a setting', async () => {
  const w = await create();
  const before = await w.rows();
  const original = w.text();
  expect((await w.import(['--no-rewrite'])).code).toBe(0);
  expect((await w.import([], second)).code).toBe(0);
  const stored = await w.rows();
  const refused = await undo(w, first(w));
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('[legacy/relied-on]')]);
  expect(refused.err).toContain('operator.name');
  expect(await w.rows()).toEqual(stored);
  expect(ended(await undo(w, receipts(w).at(-1) as string))).toEqual({ code: 0, err: '' });
  expect(ended(await undo(w, first(w)))).toEqual({ code: 0, err: '' });
  expect(w.text()).toBe(original);
  expect(await w.rows()).toEqual(before);
});
