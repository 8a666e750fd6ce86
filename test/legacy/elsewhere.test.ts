import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildCli } from '../support/cli.js';

const now = '2026-11-21T07:45:00.000Z';
const text = 'database: {url: "sqlite://./c.db"}\nauth: {build_mode: test}\noperator: {name: Ann}\n';

let cli: ChildCli;
let folder: string;

beforeAll(async () => {
  cli = await ChildCli.create();
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-elsewhere-'));
});

afterAll(() => {
  cli.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** A folder with a configuration whose database is a relative path, and a folder inside to start from. */
function place(name: string): { readonly home: string; readonly sub: string } {
  const home = join(folder, name);
  const sub = join(home, 'sub');
  mkdirSync(sub, { recursive: true });
  writeFileSync(join(home, 'c.yml'), text);
  return { home, sub };
}

const receiptIn = (home: string): string => {
  const name = readdirSync(home).find((n) => n.endsWith('.receipt.json'));
  return join(home, name ?? 'no receipt');
};

const statusOf = (home: string): unknown =>
  (JSON.parse(readFileSync(receiptIn(home), 'utf8')) as { status: string }).status;

describe('a relative database path and another folder', () => {
  it('does not undo in a database that is another file there', async () => {
    const { home, sub } = place('undo');
    expect(await cli.run({ args: ['import-legacy', 'c.yml'], cwd: home, env: {}, now })).toMatchObject({
      code: 0,
    });
    const wrong = await cli.run({
      args: ['import-legacy', '--undo', receiptIn(home)],
      cwd: sub,
      env: {},
      now,
    });
    expect(wrong).toMatchObject({ code: 4 });
    expect(wrong.err).toContain('legacy/wrong-database');
    expect(readdirSync(sub)).toEqual([]);
    expect(statusOf(home)).toBe('complete');
    const right = await cli.run({
      args: ['import-legacy', '--undo', receiptIn(home)],
      cwd: home,
      env: {},
      now,
    });
    expect(right).toMatchObject({ code: 0 });
    expect(right.out).toContain('removed 1');
    expect(readFileSync(join(home, 'c.yml'), 'utf8')).toBe(text);
  });

  it('keeps receipt and backup of a killed run that was at work on the other file', async () => {
    const { home, sub } = place('killed');
    const killed = await cli.run({
      args: ['import-legacy', 'c.yml', '--verbose'],
      cwd: home,
      env: {},
      now,
      killAt: 'rewrite',
    });
    expect(killed.signal).toBe('SIGKILL');
    const before = readdirSync(home)
      .filter((name) => !name.includes('lock'))
      .sort();
    const other = await cli.run({ args: ['import-legacy', '../c.yml'], cwd: sub, env: {}, now });
    expect(other).toMatchObject({ code: 4 });
    expect(other.err).toContain('legacy/unfinished-elsewhere');
    expect(readdirSync(home)).toEqual(
      expect.arrayContaining(before.filter((name) => !name.endsWith('.tmp'))),
    );
    expect(await cli.run({ args: ['import-legacy', 'c.yml'], cwd: home, env: {}, now })).toMatchObject({
      code: 0,
    });
    expect(statusOf(home)).toBe('complete');
  });

  it('refuses to undo a finished import in a database that has none of its rows', async () => {
    const { home } = place('gone');
    await cli.run({ args: ['import-legacy', 'c.yml'], cwd: home, env: {}, now });
    renameSync(join(home, 'c.db'), join(home, 'saved.db'));
    const undo = await cli.run({
      args: ['import-legacy', '--undo', receiptIn(home)],
      cwd: home,
      env: {},
      now,
    });
    expect(undo).toMatchObject({ code: 4 });
    expect(undo.err).toContain('legacy/cannot-undo');
    expect(statusOf(home)).toBe('complete');
  });
});
