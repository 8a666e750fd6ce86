import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChildCli } from '../support/cli.js';
import { createServerTable, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

// What a killed run leaves beside the file, and what the next run makes of it.

const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator: {name: Ann}\n';
const stamp = 'config.yml.20261121-074500';
const receipt = `${stamp}.receipt.json`;
const later = { now: new Date('2026-11-22T00:00:00Z') };

let cli: ChildCli;
beforeAll(async () => void (cli = await ChildCli.create()));
afterAll(() => cli.dispose());

async function killedAt(step: string): Promise<Workspace> {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  const args = ['import-legacy', 'config.yml', '--verbose'];
  const run = await cli.run({ args, cwd: w.folder, env: {}, now: '2026-11-21T07:45:00Z', killAt: step });
  expect(run.signal, run.err).toBe('SIGKILL');
  return w;
}

const statusOf = (w: Workspace, name: string): unknown =>
  (JSON.parse(readFileSync(join(w.folder, name), 'utf8')) as { status: unknown }).status;

it('removes what waited to become the file or its sidecars, and nothing of another file', async () => {
  const w = await killedAt('write');
  const waiting = '.config.yml.tmi-dbtool.tmp';
  expect(w.files()).toContain(waiting);
  const ours = [`.${stamp}.bak.tmi-dbtool.tmp`, `.${receipt}.tmi-dbtool.tmp`];
  const others = [
    '.config.yml.prod.tmi-dbtool.tmp',
    `.config.yml.prod.20261121-074500.bak.tmi-dbtool.tmp`,
    `.${stamp}.bak.old.tmi-dbtool.tmp`,
    `.${stamp}.other.tmi-dbtool.tmp`,
    '.config.yml.20261121.bak.tmi-dbtool.tmp',
    `.${stamp}.bak`,
    'config.yml.tmi-dbtool.tmp',
  ];
  for (const name of [...ours, ...others]) writeFileSync(join(w.folder, name), 'x');
  expect((await w.import([], later)).code).toBe(0);
  const names = w.files();
  for (const name of [waiting, ...ours]) expect(names).not.toContain(name);
  expect(names).toEqual(expect.arrayContaining(others));
});

it('forgets a run that was killed before its commit, with its backup', async () => {
  const w = await killedAt('commit');
  expect(w.files()).toEqual(expect.arrayContaining([receipt, `${stamp}.bak`]));
  expect((await w.import([], later)).code).toBe(0);
  const next = 'config.yml.20261122-000000';
  expect(w.files()).toEqual(['config.yml', `${next}.bak`, `${next}.receipt.json`]);
});

it('leaves a backup of such a run that is not what the run made it', async () => {
  const w = await killedAt('commit');
  appendFileSync(join(w.folder, `${stamp}.bak`), '# mine\n');
  expect((await w.import([], later)).code).toBe(0);
  expect(w.text(`${stamp}.bak`)).toMatch(/# mine\n$/);
  expect(w.files()).not.toContain(receipt);
});

it('leaves rows alone that somebody has changed since, and the receipt of the run as it was', async () => {
  const w = await killedAt('rewrite');
  await withDatabase('sqlite', w.url, (statement) =>
    statement("UPDATE system_settings SET value = 'Eve', modified_at = '2026-11-21 09:00:00+00:00'"),
  );
  const run = await w.import(['--on-conflict', 'keep'], later);
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  expect(await w.values()).toEqual({ 'operator.name': 'Eve' });
  expect(statusOf(w, receipt)).toBe('pending');
  expect(w.files()).toContain(`${stamp}.bak`);
});

it('goes on with no other database until the run is finished or undone, unless the file was edited', async () => {
  const w = await killedAt('rewrite');
  const other = await Workspace.create('sqlite');
  await createServerTable('sqlite', other.url, { origin: true });
  const args = ['--database-url', other.url, '--other-database', '--json'];
  const stopped = await w.import(args, later);
  expect(stopped.code).toBe(4);
  expect(JSON.parse(stopped.out)).toMatchObject({
    error: {
      code: 'legacy/unfinished-elsewhere',
      message: expect.stringMatching(
        /^An import of this file into sqlite:.* was begun and not finished$/,
      ) as string,
      hint: `Finish it with that database, or undo it: tmi-dbtool import-legacy --undo ${join(w.folder, receipt)}`,
    },
  });
  expect(await other.values()).toEqual({});
  expect(statusOf(w, receipt)).toBe('pending');
  appendFileSync(w.file, '# edited\n');
  expect((await w.import(args, later)).code).toBe(0);
  expect(await other.values()).toEqual({ 'operator.name': 'Ann' });
  expect(statusOf(w, receipt)).toBe('pending');
});
