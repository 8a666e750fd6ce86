import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundle } from '../support/bundle.js';

const hasPgDump = (): boolean => spawnSync('pg_dump', ['--version']).status === 0;

const script = path.join(import.meta.dirname, '../../bench/chaos.mjs');

it('the chaos run sees every loss that is planted, and none where none is', async () => {
  const program = await bundle('bin/tmi-dbtool.ts');
  onTestFinished(() => program.dispose());
  const args = [script, '--self-test', '--program', program.file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).not.toContain('NOT SEEN');
  const planted = stdout.split('\n').filter((line) => line !== '');
  expect(planted.length).toBeGreaterThan(30);
  for (const stage of [
    'import',
    'undo',
    'settings import',
    'backup',
    'restore',
    'reencrypt',
    'reset',
    'ledger',
  ]) {
    expect(planted.filter((line) => line.startsWith(`${stage}, `)).length, stage).toBeGreaterThan(0);
  }
}, 240_000);

it('a backup that verifies is one state of a ledger that others keep, on each engine of this machine', async () => {
  const program = await bundle('bin/tmi-dbtool.ts');
  onTestFinished(() => program.dispose());
  const scope = ['--scenarios', 'ledger', '--rounds', '3', '--seed', '1', '--seconds', '200'];
  const args = [script, ...scope, '--program', program.file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  const judged = /^backups judged: (\d+), (\d+) of them beside pg_dump/m.exec(stdout);
  expect(Number(judged?.[1]), stdout).toBeGreaterThan(0);
  if (stdout.includes('1 ledger on PostgreSQL') && hasPgDump())
    expect(Number(judged?.[2]), stdout).toBeGreaterThan(0);
  // What is always refused would prove nothing.
  for (const change of ['move', 'merge', 'truncate', 'alter', 'replace', 'swap', 'extra']) {
    expect(stdout).toMatch(new RegExp(`beside backups:.* ${change}\\b`));
  }
}, 240_000);
