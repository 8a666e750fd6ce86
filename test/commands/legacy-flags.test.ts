import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLegacyInvocation } from '../../commands/legacy-flags.js';
import { snapshot } from '../legacy/sample.js';
import { Workspace, type Run } from '../support/workspace.js';

const text = 'database: {url: "$URL"}\ntimmy:\n  enabled: true\n';

/** The summary; it must be the only thing on standard output. */
function summary({ out }: Run): { arguments: Record<string, unknown>; status: string; error: string } {
  return JSON.parse(out) as never;
}

describe('which form it is', () => {
  it.each([
    ['options only', ['--config', 'x'], true],
    ['an unknown option only', ['--bogus=x'], true],
    ['an operation', ['--dry-run', '--import-legacy', '-f', 'x'], true],
    ['a command', ['--config', 'x', 'db', 'status'], false],
    ['a command after a value that looks like an operation', ['--config', '-l', 'db', 'status'], false],
    ['an operation that is switched off', ['--import-legacy=false', 'db', 'status'], false],
    ['help', ['--import-legacy', '--help'], false],
  ])('%s', (_, args, legacy) => {
    expect(isLegacyInvocation(args)).toBe(legacy);
  });
});

describe('truth values', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('--dry-run=%s writes nothing', async (word) => {
    const w = await Workspace.create('sqlite', text);
    const before = await snapshot(w);
    const run = await w.run(['-import-legacy', '-f', 'config.yml', `--dry-run=${word}`]);
    expect(run.code, run.err).toBe(0);
    expect(summary(run)).toMatchObject({ status: 'success', arguments: { dry_run: true } });
    expect(await snapshot(w)).toEqual(before);
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])(
    '--dry-run=%s imports, also after --dry-run',
    async (word) => {
      const w = await Workspace.create('sqlite', text);
      const run = await w.run(['--import-legacy', '-f=config.yml', '--dry-run', `-dry-run=${word}`]);
      expect(run.code, run.err).toBe(0);
      expect(summary(run).arguments).toMatchObject({ dry_run: false, input_file: 'config.yml' });
      expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
    },
  );

  it.each([
    '--dry-run=yes',
    '--dry-run=',
    '--dry-run=tRUE',
    '--bogus=x',
    '--bogus',
    '-x',
    '--no-backup=2',
    'word',
  ])('%s is refused, and the summary keeps what could be read', async (wrong) => {
    const w = await Workspace.create('sqlite', text);
    const before = await snapshot(w);
    const run = await w.run(['--import-legacy', wrong, '-f', 'config.yml', '--no-rewrite']);
    expect(run.code).toBe(2);
    expect(run.err).toContain('[usage/bad-argument]');
    expect(summary(run)).toMatchObject({
      status: 'failure',
      arguments: { import_legacy: true, no_rewrite: true, input_file: 'config.yml' },
    });
    expect(await snapshot(w)).toEqual(before);
  });

  it('keeps what could be read when a value is missing', async () => {
    const w = await Workspace.create('sqlite', text);
    const run = await w.run(['--import-legacy', '--dry-run', '-f']);
    expect(run.code).toBe(2);
    expect(summary(run)).toMatchObject({
      status: 'failure',
      arguments: { import_legacy: true, dry_run: true },
    });
  });
});

describe('options of the Go tool without a counterpart', () => {
  const options = [
    ['--schema', 'makes and migrates its tables'],
    ['-s', 'makes and migrates its tables'],
    ['-schema', 'makes and migrates its tables'],
    ['--import-test-data', 'API of a running server'],
    ['-t', 'API of a running server'],
    ['--backfill-empty-strings', 'there empty and missing read the same'],
    ['--skip-schema-check', 'Leave it out'],
  ] as const;

  it.each(options)('%s says who does its work, in both forms', async (option, who) => {
    const w = await Workspace.create('sqlite', text);
    const before = await snapshot(w);
    for (const words of [
      [option, '--config', 'config.yml'],
      ['--import-legacy', '-f', 'config.yml', option],
    ]) {
      const run = await w.run(words);
      expect(run.code).toBe(2);
      expect(run.err).toContain('of the Go tool has no counterpart here [usage/bad-argument]');
      expect(run.err).toContain(who);
      expect(summary(run).error).toContain('of the Go tool has no counterpart here');
    }
    const today = await w.import([option]);
    expect(today.code).toBe(2);
    expect(today.err).toContain('of the Go tool has no counterpart here. ');
    expect(today.err).toContain(who);
    const data = await w.import([option, '--json']);
    expect(data.code).toBe(2);
    expect(JSON.parse(data.out)).toMatchObject({
      error: { code: 'usage/bad-argument', hint: expect.stringContaining(who) as string },
    });
    expect(await snapshot(w)).toEqual(before);
  });

  it('and an unknown option is only unknown', async () => {
    const w = await Workspace.create('sqlite', text);
    expect((await w.import(['--bogus'])).err).not.toContain('Go tool');
    expect((await w.run(['--bogus', '--import-legacy'])).err).not.toContain('Go tool');
  });
});

it('a mistyped --version is answered with it', async () => {
  const w = await Workspace.create('sqlite', text);
  const run = await w.run(['--vesion']);
  expect(run.code).toBe(2);
  expect(run.err).toContain('Did you mean --version?');
});

describe('the migrated file', () => {
  const name = 'config-migrated.yml';

  it.each([['--import-legacy', '--no-rewrite'], ['--import-config']])(
    '%s %s never replaces one unasked',
    async (...args) => {
      const w = await Workspace.create('sqlite', text);
      writeFileSync(join(w.folder, name), 'mine');
      const before = await snapshot(w);
      const refused = await w.run([...args, '-f', 'config.yml']);
      expect(refused.code).toBe(4);
      expect(refused.err).toContain('[legacy/output-exists]');
      expect(refused.err).toContain('--overwrite');
      expect(await snapshot(w)).toEqual(before);

      const replaced = await w.run([...args, '-f', 'config.yml', '--overwrite']);
      expect(replaced.code, replaced.err).toBe(0);
      expect(w.text(name)).toBe(`database: {url: "${w.url}"}\n`);
      const after = await snapshot(w);
      // The same text again is no replacement.
      expect((await w.run([...args, '-f', 'config.yml'])).code).toBe(0);
      expect(await snapshot(w)).toEqual(after);
    },
  );
});

it('ends with the exit code of the signal that interrupted it', async () => {
  const w = await Workspace.create('sqlite', text);
  const before = await snapshot(w);
  const run = await w.run(['--import-legacy', '-f', 'config.yml'], { signal: AbortSignal.abort('SIGTERM') });
  expect(run.code).toBe(143);
  expect(summary(run).status).toBe('failure');
  expect(await snapshot(w)).toEqual(before);
});
