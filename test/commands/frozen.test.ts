import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** Every command that connects, in a folder with a backup and a configuration. */
const commands: readonly (readonly string[])[] = [
  ['db', 'status'],
  ['db', 'backup', '--output', 'new.gz', '--overwrite'],
  ['db', 'verify', 'backup.gz', '--against'],
  ['db', 'restore', 'backup.gz', '--dry-run'],
  ['db', 'reset', '--scope', 'settings', '--no-backup', '--confirm', 'NAME'],
  ['seed-settings'],
  ['settings', 'list'],
  ['settings', 'get', 'operator.name'],
  ['settings', 'set', 'operator.name=z'],
  ['settings', 'export', '--output', 'export.yml', '--overwrite'],
  ['settings', 'explain', 'operator.name', '--config', 'config.yml'],
  ['import-legacy', 'config.yml', '--dry-run'],
  ['validate-config', 'config.yml', '--connect'],
];

const KEY = 'ab'.repeat(32);

async function run(
  url: string,
  words: readonly string[],
  cwd: string,
  signal?: AbortSignal,
): Promise<{ code: number; io: FakeIo }> {
  const env = {
    TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY,
    TMI_DATABASE_URL: url,
    TMI_DBTOOL_ANSWER_TIMEOUT: LIMIT,
    JWT: 'a-secret-that-is-long-enough-for-all-rules',
  };
  const name = new URL(url).pathname.slice(1);
  const io = new FakeIo({ cwd, env, ...(signal ? { signal } : {}) });
  const args = words.map((word) => (word === 'NAME' ? name : word));
  return { code: await main([...args, '--non-interactive'], io), io };
}

describeServers((engine) => {
  // What a whole run needs is the same on every engine; the two that stand here have different drivers.
  if (engine !== 'postgres' && engine !== 'mysql') return;

  async function prepare(): Promise<{ url: string; cwd: string }> {
    const cwd = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-frozen-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    writeFileSync(
      path.join(cwd, 'config.yml'),
      'auth:\n  build_mode: dev\n  jwt:\n    secret: env://JWT\n    expiration_seconds: 7200\n',
    );
    const url = await freshUrl(engine);
    expect((await run(url, ['seed-settings'], cwd)).code).toBe(0);
    expect((await run(url, ['db', 'backup', '--output', 'backup.gz'], cwd)).code).toBe(0);
    return { url, cwd };
  }

  it.each(commands.map((words) => [words.join(' '), words] as const))(
    '%s ends within its limit, wherever the server goes silent',
    async (_, words) => {
      const { url, cwd } = await prepare();
      const whole = await openFrozenLine(`${url}?connect_timeout=2`, Infinity);
      onTestFinished(() => whole.close());
      await run(whole.url, words, cwd);
      const pieces = whole.pieces();
      expect(pieces).toBeGreaterThan(1);
      // Each place in turn, several at once since each waits for its limit.
      const places = Array.from({ length: pieces }, (_unused, after) => after);
      const outcomes = await Promise.all(
        places.map(async (after) => {
          const line = await openFrozenLine(`${url}?connect_timeout=2`, after);
          onTestFinished(() => line.close());
          const { code, io } = await run(line.url, words, cwd);
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

  it.each(commands.map((words) => [words.join(' '), words] as const))(
    '%s obeys a signal while the server is silent',
    async (_, words) => {
      const { url, cwd } = await prepare();
      const line = await openFrozenLine(url, 2);
      onTestFinished(() => line.close());
      const aborter = new AbortController();
      const ended = run(line.url, words, cwd, aborter.signal);
      await line.frozen;
      aborter.abort('SIGTERM');
      const { code, io } = await ended;
      expect(code, io.out + io.err).toBe(143);
    },
    60_000,
  );
});
