import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workspace, type Run } from '../support/workspace.js';
import { encrypted, sampleText, snapshot } from './sample.js';

const env = encrypted;
const isRoot = process.getuid?.() === 0;
const nobody = 65534;

async function imported(): Promise<{ w: Workspace; receipt: string; backup: string }> {
  const w = await Workspace.create('sqlite', sampleText);
  expect((await w.import([], { env })).code).toBe(0);
  const receipt = w.receipt();
  return { w, receipt, backup: receipt.replace('receipt.json', 'bak') };
}

const undo = (w: Workspace, receipt: string, ...args: string[]): Promise<Run> =>
  w.run(['import-legacy', '--undo', receipt, ...args], { env });

/** Writes another value into the receipt's part about files. */
function edit(receipt: string, change: Record<string, unknown>): void {
  const value = JSON.parse(readFileSync(receipt, 'utf8')) as { file: Record<string, unknown> };
  writeFileSync(receipt, JSON.stringify({ ...value, file: { ...value.file, ...change } }));
}

async function refused(w: Workspace, receipt: string, code = 'legacy/receipt-not-trusted'): Promise<Run> {
  const before = await snapshot(w);
  const run = await undo(w, receipt);
  expect({ code: run.code, err: run.err }).toEqual({
    code: 4,
    err: expect.stringContaining(`[${code}]`) as string,
  });
  expect(await snapshot(w)).toEqual(before);
  return run;
}

describe('a receipt is evidence, and no order', () => {
  it.runIf(isRoot)(
    'of another user it is not believed, and the line to run as that user is shown',
    async () => {
      const { w, receipt } = await imported();
      chownSync(receipt, nobody, nobody);
      const { err } = await refused(w, receipt);
      expect(err).toContain(`sudo -u nobody tmi-dbtool import-legacy --undo ${receipt}`);
    },
  );

  it.runIf(isRoot)('nor is one that was moved, and its line names the file as well', async () => {
    const { w, receipt, backup } = await imported();
    const moved = path.join(w.folder, 'moved');
    mkdirSync(moved);
    const there = (file: string): string => path.join(moved, path.basename(file));
    for (const file of [w.file, receipt, backup]) renameSync(file, there(file));
    const file = there(w.file);
    for (const one of [there(receipt), there(backup)]) {
      chownSync(one, nobody, nobody);
      const { code, err } = await undo(w, there(receipt), '--file', file);
      expect(code).toBe(4);
      expect(err).toContain(
        `sudo -u nobody tmi-dbtool import-legacy --undo ${there(receipt)} --file ${file}`,
      );
      chownSync(one, 0, 0);
    }
  });

  it.runIf(isRoot)('neither is a backup of another user', async () => {
    const { w, receipt, backup } = await imported();
    chownSync(backup, nobody, nobody);
    await refused(w, receipt);
  });

  it.runIf(isRoot)('a killed run of another user stops an import, with the same line', async () => {
    const { w, receipt } = await imported();
    writeFileSync(receipt, readFileSync(receipt, 'utf8').replace('"complete"', '"pending"'));
    chownSync(receipt, nobody, nobody);
    const before = await snapshot(w);
    const { code, err } = await w.import([], { env });
    expect(code).toBe(4);
    expect(err).toContain('sudo -u nobody tmi-dbtool import-legacy');
    expect(await snapshot(w)).toEqual(before);
  });

  it('that speaks of a file elsewhere is refused', async () => {
    const { w, receipt } = await imported();
    const victim = path.join(w.folder, 'victim');
    writeFileSync(victim, w.text());
    edit(receipt, { path: victim });
    expect((await refused(w, receipt)).err).toContain('--file FILE');
  });

  it('whose backup lies elsewhere is refused', async () => {
    const { w, receipt, backup } = await imported();
    const other = path.join(w.folder, 'other.bak');
    renameSync(backup, other);
    edit(receipt, { backup: other });
    await refused(w, receipt);
  });

  it('of another name is refused', async () => {
    const { w, receipt } = await imported();
    const other = path.join(w.folder, 'receipt.json');
    renameSync(receipt, other);
    await refused(w, other);
  });

  it('does not follow a link that has taken the place of the file', async () => {
    const { w, receipt } = await imported();
    renameSync(w.file, path.join(w.folder, 'victim'));
    symlinkSync('victim', w.file);
    await refused(w, receipt, 'legacy/cannot-undo');
  });

  it.each(['receipt', 'backup'] as const)('follows no link in place of the %s', async (which) => {
    const files = await imported();
    const { w, receipt } = files;
    renameSync(files[which], path.join(w.folder, 'moved'));
    symlinkSync('moved', files[which]);
    expect((await undo(w, receipt)).code).toBe(4);
  });
});

describe('a pipe in place of a receipt', () => {
  it('is waited for by nobody', async () => {
    const w = await Workspace.create('sqlite', sampleText);
    const pipe = path.join(w.folder, 'config.yml.20260101-000000.receipt.json');
    execFileSync('mkfifo', [pipe]);
    expect((await w.import([], { env })).code).toBe(0);
    const run = await undo(w, pipe);
    expect(run.code).toBe(3);
    expect(run.err).toContain('[legacy/bad-receipt]');
  });
});

describe('a receipt that was moved together with its backup', () => {
  it('works with --file, and is refused without', async () => {
    const { w, receipt, backup } = await imported();
    const before = sampleText.replace('$URL', w.url);
    const folder = path.join(w.folder, 'archive');
    mkdirSync(folder);
    const [movedReceipt, movedBackup] = [receipt, backup].map((file) =>
      path.join(folder, path.basename(file)),
    ) as [string, string];
    renameSync(receipt, movedReceipt);
    renameSync(backup, movedBackup);
    const before4 = await undo(w, movedReceipt, '--database-url', w.url);
    expect(before4.code).toBe(4);
    expect(before4.err).toContain('--file FILE');
    const done = await undo(w, movedReceipt, '--file', 'config.yml');
    expect({ code: done.code, err: done.err }).toEqual({ code: 0, err: '' });
    expect(w.text()).toBe(before);
    expect(await w.values()).toEqual({});
  });

  it('does not put a file back that is not the one', async () => {
    const { w, receipt } = await imported();
    writeFileSync(path.join(w.folder, 'other.yml'), `database: {url: "${w.url}"}\n`);
    const { code, err } = await undo(w, receipt, '--file', 'other.yml');
    expect(code).toBe(4);
    expect(err).toContain('[legacy/cannot-undo]');
  });

  it('is what --file is for', async () => {
    const { w } = await imported();
    expect((await w.run(['import-legacy', '--file', 'config.yml'], { env })).code).toBe(2);
  });
});

describe('what an undo shows', () => {
  it('is every row as it is and as it will be, with secrets masked, and the file', async () => {
    const { w, receipt, backup } = await imported();
    const { out } = await undo(w, receipt);
    expect(out).toMatch(/KEY +NOW +BACK TO/);
    expect(out).toMatch(/auth\.jwt\.expiration_seconds +7200 +the row goes/);
    expect(out).toContain(`${w.file} gets its text back from ${backup}`);
    expect(out).not.toContain('CANARY');
  });

  it.each([[[]], [['--quiet']]])('comes before the question, with %j', async (args) => {
    const { w, receipt } = await imported();
    const before = await snapshot(w);
    const asked = await w.run(['import-legacy', '--undo', receipt, ...args], { env, answers: ['n'] });
    expect(asked.code).toBe(4);
    expect(asked.io.questions).toHaveLength(1);
    expect(asked.out).toContain('BACK TO');
    expect(await snapshot(w)).toEqual(before);
  });

  it('is nothing with --quiet where nobody is asked', async () => {
    const { w, receipt } = await imported();
    expect((await undo(w, receipt, '--quiet')).out).toBe('');
  });
});

it.runIf(isRoot)('believes what root has left, for the user of a service', async () => {
  const { w, receipt, backup } = await imported();
  // Whoever may read them can undo: they belong to root, who could do anything anyway.
  for (const file of [receipt, backup]) chmodSync(file, 0o644);
  rmSync(w.file);
  expect((await undo(w, receipt)).err).not.toContain('not-trusted');
});
