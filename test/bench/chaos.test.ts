import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundle } from '../support/bundle.js';

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
  for (const stage of ['import', 'undo', 'settings import', 'backup', 'restore', 'reencrypt', 'reset']) {
    expect(planted.filter((line) => line.startsWith(`${stage}, `)).length, stage).toBeGreaterThan(0);
  }
}, 240_000);
