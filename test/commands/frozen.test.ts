import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { main } from '../../commands/main.js';
import { freshUrl } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { openFrozenLine } from '../support/frozen-line.js';
import { FakeIo } from '../support/io.js';

/** Seconds that an answer may take. A server that is busy with tests answers sooner. */
const LIMIT = '2';

interface Command {
  readonly words: readonly string[];
  /** Commands before it in a database of its own, for one that finds other work where another of its kind has been. */
  readonly after?: readonly (readonly string[])[];
}

const IMPORT = ['import-legacy', 'legacy.yml'];

/** Every command that connects, in a folder with a backup, an export and a configuration. */
const commands: readonly Command[] = [
  { words: ['db', 'status'] },
  { words: ['db', 'backup', '--output', 'new.gz', '--overwrite'] },
  { words: ['db', 'verify', 'backup.gz', '--against'] },
  { words: ['db', 'restore', 'backup.gz', '--dry-run'] },
  { words: ['db', 'reset', '--scope', 'settings', '--no-backup', '--confirm', 'NAME'] },
  { words: ['seed-settings'] },
  { words: ['settings', 'list'] },
  { words: ['settings', 'get', 'operator.name'] },
  { words: ['settings', 'set', 'operator.name=z'] },
  { words: ['settings', 'export', '--output', 'export.yml', '--overwrite'] },
  { words: ['settings', 'import', 'export.json'], after: [] },
  { words: ['settings', 'explain', 'operator.name', '--config', 'config.yml'] },
  { words: [...IMPORT, '--dry-run'] },
  { words: IMPORT, after: [] },
  { words: ['import-legacy', '--undo', 'last'], after: [IMPORT] },
  { words: ['validate-config', 'config.yml', '--connect'] },
];

const KEY = 'ab'.repeat(32);

async function run(
  url: string,
  words: readonly string[],
  cwd: string,
  { signal, limit }: { readonly signal?: AbortSignal; readonly limit?: string } = {},
): Promise<{ code: number; io: FakeIo }> {
  const env = {
    TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY,
    TMI_DATABASE_URL: url,
    ...(limit === undefined ? {} : { TMI_DBTOOL_ANSWER_TIMEOUT: limit }),
    JWT: 'a-secret-that-is-long-enough-for-all-rules',
  };
  const name = new URL(url).pathname.slice(1);
  const io = new FakeIo({ cwd, env, ...(signal ? { signal } : {}) });
  const args = words.map((word) => (word === 'NAME' ? name : word));
  return { code: await main([...args, '--non-interactive'], io), io };
}

function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-frozen-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describeServers((engine) => {
  // What a whole run needs is the same on every engine; the two that stand here have different drivers.
  if (engine !== 'postgres' && engine !== 'mysql') return;

  async function prepare(): Promise<{ url: string; cwd: string }> {
    const cwd = temporary();
    const text = 'auth:\n  build_mode: dev\n  jwt:\n    secret: env://JWT\n    expiration_seconds: 7200\n';
    writeFileSync(path.join(cwd, 'config.yml'), text);
    writeFileSync(path.join(cwd, 'legacy.yml'), `${text}operator:\n  name: TMI\n`);
    const url = await freshUrl(engine);
    expect((await run(url, ['seed-settings'], cwd)).code).toBe(0);
    expect((await run(url, ['settings', 'set', 'operator.name=a'], cwd)).code).toBe(0);
    expect((await run(url, ['settings', 'export', '--output', 'export.json'], cwd)).code).toBe(0);
    expect((await run(url, ['settings', 'unset', 'operator.name'], cwd)).code).toBe(0);
    expect((await run(url, ['db', 'backup', '--output', 'backup.gz'], cwd)).code).toBe(0);
    return { url, cwd };
  }

  /** A line that goes silent after so many pieces of this command, to a database of its own where it needs one. */
  async function frozen({ url, cwd }: { url: string; cwd: string }, { after }: Command, pieces: number) {
    const own = after === undefined ? { url, cwd } : { url: await freshUrl(engine), cwd: temporary() };
    if (after !== undefined) cpSync(cwd, own.cwd, { recursive: true });
    const line = await openFrozenLine(`${own.url}?connect_timeout=2`);
    onTestFinished(() => line.close());
    for (const words of after ?? []) {
      const { code, io } = await run(line.url, words, own.cwd);
      expect(code, io.out + io.err).toBe(0);
    }
    line.arm(pieces);
    return { line, cwd: own.cwd };
  }

  const named = commands.map((command) => [command.words.join(' '), command] as const);

  it.each(named)(
    '%s ends within its limit, wherever the server goes silent',
    async (_, command) => {
      const world = await prepare();
      const whole = await frozen(world, command, Infinity);
      const { code: done, io } = await run(whole.line.url, command.words, whole.cwd);
      if (command.after) expect(done, io.out + io.err).toBe(0);
      const pieces = whole.line.pieces();
      expect(pieces).toBeGreaterThan(1);
      // Each place in turn, several at once since each waits for its limit.
      const lines: Awaited<ReturnType<typeof frozen>>[] = [];
      for (let after = 0; after < pieces; after += 1) lines.push(await frozen(world, command, after));
      const outcomes = await Promise.all(
        lines.map(async ({ line, cwd }, after) => {
          const { code, io } = await run(line.url, command.words, cwd, { limit: LIMIT });
          return { after, code, said: io.out + io.err };
        }),
      );
      for (const { after, code, said } of outcomes) {
        // The last pieces may be goodbyes, which nobody waits for. A check reports what it could not reach.
        expect([0, 1, 3, 4, 6, 7], `after ${after}: ${said}`).toContain(code);
        expect(said, `after ${after}`).not.toContain('internal/unexpected');
      }
      expect(outcomes.some(({ code, said }) => code === 6 || /timeout|silent|in time/.test(said))).toBe(true);
    },
    180_000,
  );

  it.each(named.filter(([, { after }]) => after === undefined))(
    '%s obeys a signal while the server is silent',
    async (_, command) => {
      const { line, cwd } = await frozen(await prepare(), command, 2);
      const aborter = new AbortController();
      const ended = run(line.url, command.words, cwd, { signal: aborter.signal });
      await line.frozen;
      aborter.abort('SIGTERM');
      const { code, io } = await ended;
      expect(code, io.out + io.err).toBe(143);
    },
    60_000,
  );

  it.each(named.filter(([, { after }]) => after !== undefined))(
    '%s obeys a signal wherever the server is silent, and leaves no half of a file',
    async (_, command) => {
      const world = await prepare();
      const whole = await frozen(world, command, Infinity);
      const legacy = (cwd: string): string => readFileSync(path.join(cwd, 'legacy.yml'), 'utf8');
      const before = legacy(whole.cwd);
      expect((await run(whole.line.url, command.words, whole.cwd)).code).toBe(0);
      const texts = [before, legacy(whole.cwd)];
      const lines: Awaited<ReturnType<typeof frozen>>[] = [];
      for (let after = 0; after < whole.line.pieces(); after += 1)
        lines.push(await frozen(world, command, after));
      const outcomes = await Promise.all(
        lines.map(async ({ line, cwd }, after) => {
          const aborter = new AbortController();
          const ended = run(line.url, command.words, cwd, { signal: aborter.signal, limit: LIMIT });
          await Promise.race([line.frozen, ended]);
          aborter.abort('SIGTERM');
          const { code, io } = await ended;
          expect(texts, `after ${after}`).toContain(legacy(cwd));
          return { after, code, said: io.out + io.err };
        }),
      );
      for (const { after, code, said } of outcomes) {
        // From its commit on it is waited for what the server says of that; behind it come goodbyes alone.
        if (code !== 0 && code !== 143) expect(said, `after ${after}`).toContain('The database went silent');
      }
      expect(outcomes.filter(({ code }) => code === 143).length).toBeGreaterThan(outcomes.length / 2);
    },
    180_000,
  );
});
