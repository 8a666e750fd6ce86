import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Binary, finished, type BinaryRun } from '../support/binary.js';
import { connect, queryRows } from '../support/connection.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';

// The real program on a real terminal, which `script` of util-linux makes.
const hasScript = spawnSync('script', ['--version']).status === 0;
const ROWS = 120_000;
const CTRL_C = '\u0003';
const drawn = /things: (?:\d+ %, )?[\d,]+ rows.*rows\/s/;

let binary: Binary;
let folder: string;
let url: string;
let target: string;

beforeAll(async () => {
  binary = await Binary.create();
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-terminal-'));
  url = `sqlite://${join(folder, 'from.db')}`;
  target = `sqlite://${join(folder, 'to.db')}`;
  for (const each of [url, target]) {
    await createServerTable('sqlite', each, { origin: true });
    await insertRow('sqlite', each, { key: 'ui.default_theme', value: 'dark', origin: 'explicit' });
    await withDatabase('sqlite', each, (statement) =>
      statement('create table things (id integer primary key, body text)'),
    );
  }
  await withDatabase('sqlite', url, (statement) =>
    statement(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})
       insert into things select i, hex(randomblob(40)) from n`,
    ),
  );
  const backup = await binary.run(['db', 'backup', '--database-url', url, '--output', 'b.gz'], {}, folder);
  expect(backup.code, backup.err).toBe(0);
}, 60_000);
afterAll(() => {
  binary.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** @param onDraw what is typed once the progress line shows */
function onTerminal(
  args: readonly string[],
  env: Record<string, string> = {},
  onDraw?: string,
): Promise<BinaryRun> {
  const words = [...binary.command, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', words, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
    stdio: 'pipe',
  });
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (onDraw === undefined || !drawn.test(seen)) return;
    child.stdin.write(onDraw);
    onDraw = undefined;
  });
  return finished(child);
}

/** What stands on the screen at the end: a carriage return begins the line anew. */
function screen(out: string): string {
  return out
    .split(/\r?\n/)
    .map((line) => line.split('\r').reduce((shown, part) => part + shown.slice(part.length), ''))
    .join('\n');
}

const things = async (of: string): Promise<unknown> => {
  const database = await connect(of);
  const [row] = await queryRows(database, 'select count(*) as n from things');
  await database.close();
  return row?.['n'];
};

const files = (): string[] => readdirSync(folder).sort();

const commands = (): Record<string, readonly string[]> => ({
  backup: ['db', 'backup', '--database-url', url, '--output', 'other.gz', '--overwrite'],
  // Hashing alone is done before anybody can press a key.
  verify: ['db', 'verify', 'b.gz', '--against', '--database-url', url],
  restore: [
    'db',
    'restore',
    'b.gz',
    '--database-url',
    target,
    '--replace',
    '--confirm',
    'to.db',
    '--no-backup',
  ],
  reset: [
    'db',
    'reset',
    '--database-url',
    url,
    '--scope',
    'data',
    '--confirm',
    'from.db',
    '--backup-output',
    'r.gz',
  ],
});

describe.skipIf(!hasScript)('on a terminal', () => {
  it.each(['backup', 'verify', 'restore', 'reset'])(
    '%s, interrupted, takes its line back and leaves all as it was',
    async (name) => {
      const before = [files(), await things(url), await things(target)];
      const run = await onTerminal(commands()[name] ?? [], {}, CTRL_C);
      expect(run.code, run.out).toBe(130);
      expect(run.out).toMatch(drawn);
      expect(screen(run.out)).not.toMatch(drawn);
      expect(screen(run.out)).toContain('Interrupted by SIGINT; nothing was changed');
      expect([files(), await things(url), await things(target)]).toEqual(before);
    },
  );

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['CI', { CI: 'true' }],
    ['a dumb terminal', { TERM: 'dumb' }],
  ])('draws nothing with %s', async (_, env) => {
    const run = await onTerminal(['db', 'verify', 'b.gz'], env);
    expect(run.code).toBe(0);
    expect(run.out).not.toMatch(drawn);
    expect(run.out).toContain('verified');
  });

  it('draws nothing with --quiet', async () => {
    expect((await onTerminal(['db', 'verify', 'b.gz', '--quiet'])).out).not.toMatch(drawn);
  });

  it.each(['backup', 'verify', 'restore', 'reset'])(
    '%s says how far it is, and takes the line back',
    async (name) => {
      const run = await onTerminal(commands()[name] ?? []);
      expect(run.code, run.out).toBe(0);
      expect(run.out).toMatch(drawn);
      expect(screen(run.out)).not.toMatch(drawn);
    },
  );
});

it('draws nothing into a pipe', async () => {
  const run = await binary.run(['db', 'verify', 'b.gz'], { TERM: 'xterm' }, folder);
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
});

/** The head of a gzip file, and then more empty blocks than a pipe holds: a backup that does not begin. */
const endless = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
  Buffer.alloc(5_000_000, Buffer.from([0, 0, 0, 0xff, 0xff])),
]);

it.each(['SIGINT', 'SIGTERM'] as const)(
  'lets go of standard input at %s, and leaves nothing of what it kept',
  async (signal) => {
    const spool = mkdtempSync(join(folder, 'spool-'));
    for (const args of [
      ['db', 'restore', '-', '--database-url', target],
      ['db', 'verify', '-'],
    ]) {
      const [command = '', ...words] = [...binary.command, ...args, '--verbose'];
      const child = spawn(command, words, {
        cwd: folder,
        env: { PATH: process.env['PATH'], TMPDIR: spool },
        stdio: 'pipe',
      });
      const ended = finished(child);
      // Written once the other end has read most of it.
      await new Promise((resolve) => child.stdin.write(endless, resolve));
      child.kill(signal);
      const run = await ended;
      expect(run.code, run.err).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(readdirSync(spool)).toEqual([]);
    }
    rmSync(spool, { recursive: true });
  },
);
