import { describe, expect, it } from 'vitest';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

const build = (mode: string): string => `database: {url: "$URL"}\nauth: {build_mode: ${mode}}\n`;

async function workspace(mode = 'test'): Promise<Workspace> {
  const w = await Workspace.create('sqlite', build(mode));
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'timmy.enabled', value: 'true', type: 'bool', origin: 'explicit' });
  return w;
}

const reset = ['db', 'reset', '--config', 'config.yml', '--scope', 'settings'];
const backups = (w: Workspace): string[] => w.files().filter((name) => name.endsWith('.jsonl.gz'));

describe('db reset', () => {
  it('lists and changes nothing with --dry-run', async () => {
    const w = await workspace('production');
    const run = await w.run([...reset, '--dry-run', '--json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({
      kind: 'db-reset',
      dryRun: true,
      tables: [{ name: 'system_settings', rows: 1 }],
    });
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
    expect(w.files()).toEqual(['config.yml']);
  });

  it.each([
    ['nobody confirmed', [], undefined],
    ['another name', ['--confirm', 'tmi'], undefined],
    ['--yes names nothing', ['--yes'], undefined],
    ['a wrong answer', [], ['tmi']],
  ])('refuses without the name of the database (%s)', async (_, args, answers) => {
    const w = await workspace();
    const run = await w.run([...reset, ...args], answers ? { answers } : {});
    expect(run.code).toBe(4);
    expect(run.err).toContain('[reset/not-confirmed]');
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
    expect(backups(w)).toEqual([]);
  });

  it('takes the name on a terminal, and writes a verified backup first', async () => {
    const w = await workspace();
    const run = await w.run(reset, { answers: ['tmi.db'] });
    expect(run.code).toBe(0);
    expect(await w.values()).toEqual({});
    const [backup = ''] = backups(w);
    // What it prints last brings everything back.
    const line = /^to restore\s+tmi-dbtool (.*)$/m.exec(run.out)?.[1] ?? '';
    expect(line).toContain(backup);
    expect((await w.run([...line.split(' '), '--no-backup'])).code).toBe(0);
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('says how to get past a backup of that name, in options that it has', async () => {
    const w = await workspace();
    const confirmed = [...reset, '--confirm', 'tmi.db', '--backup-output', 'config.yml'];
    const taken = await w.run(confirmed);
    expect(taken.code).toBe(4);
    expect(taken.err).toContain('[backup/output-exists]');
    expect(taken.err).toContain('--backup-output');
    expect(taken.err).not.toContain('--overwrite');
    const both = await w.run([...confirmed, '--no-backup']);
    expect(both.code).toBe(2);
    expect(both.err).toContain('[usage/conflicting-options]');
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('refuses production, by its configuration and by its stamp', async () => {
    const w = await workspace('production');
    const confirmed = [...reset, '--confirm', 'tmi.db', '--no-backup'];
    expect((await w.run(confirmed)).err).toContain('[reset/production]');
    expect((await w.run([...confirmed, '--allow-production'])).code).toBe(0);
    // The stamp outlives the configuration.
    w.write(build('test'));
    const again = await w.run(confirmed);
    expect(again.code).toBe(4);
    expect(again.err).toContain('[reset/production]');
    expect((await w.run([...confirmed, '--allow-production', '--scope', 'schema'])).code).toBe(0);
    expect((await w.run([...reset, '--scope', 'data', '--confirm', 'tmi.db'])).err).toContain(
      '[reset/production]',
    );
  });

  it.each([
    ['reset/prohibited', { TMI_DBTOOL_PROHIBIT_RESET: '1' }],
    ['reset/release-phase', { DYNO: 'release.4711' }],
  ])('%s', async (code, env) => {
    const w = await workspace();
    const run = await w.run([...reset, '--confirm', 'tmi.db', '--no-backup', '--allow-production'], { env });
    expect(run.code).toBe(4);
    expect(run.err).toContain(`[${code}]`);
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('keeps everything when the backup cannot be written', async () => {
    const w = await workspace();
    const run = await w.run([...reset, '--confirm', 'tmi.db', '--backup-output', 'nowhere/b.jsonl.gz']);
    expect(run.code).toBe(1);
    expect(run.err).toContain('[backup/cannot-write]');
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('seeds again', async () => {
    const w = await workspace();
    const run = await w.run([...reset, '--scope', 'schema', '--confirm', 'tmi.db', '--no-backup', '--seed']);
    expect(run.code).toBe(0);
    expect(Object.keys(await w.values()).length).toBeGreaterThan(50);
  });
});
