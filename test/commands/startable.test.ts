import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExec } from '../../commands/exec-run.js';
import { startable } from '../../commands/startable.js';
import { FakeIo } from '../support/io.js';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-startable-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const env = { PATH: process.env['PATH'] ?? '' };

function program(name: string, content: string | Buffer, mode = 0o755): string {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), mode);
  return join(folder, name);
}

describe.runIf(process.platform === 'linux')('what is certain to start', () => {
  it('is found as a shell finds it', async () => {
    const sh = execFileSync('sh', ['-c', 'command -v sh'], { encoding: 'utf8' }).trim();
    expect(await startable('sh', [], env, folder)).toBe(sh);
    expect(await startable(sh, [], env, folder)).toBe(sh);
    program('own', '#!/bin/sh\nexit 3\n');
    expect(await startable('./own', [], env, folder)).toBe(join(folder, 'own'));
    expect(await startable('own', [], env, folder)).toBeUndefined();
    expect(await startable('own', [], { PATH: `/nowhere:${folder}` }, '/')).toBe(join(folder, 'own'));
  });

  it('is nothing that the system could refuse', async () => {
    const foreign = Buffer.from(readFileSync(process.execPath).subarray(0, 4096));
    foreign.writeUInt16LE(0x1234, 18); // another machine's code
    const doubtful = [
      program('no-interpreter-line', 'exit 0\n'),
      program('no-such-interpreter', '#!/no/such/interpreter\n'),
      program('not-executable', '#!/bin/sh\n', 0o644),
      program('foreign', foreign),
      program('empty', ''),
      folder,
      join(folder, 'absent'),
      '',
      'a\0b',
    ];
    for (const file of doubtful)
      expect([file, await startable(file, [], env, folder)]).toEqual([file, undefined]);
    expect(await startable('sh', ['x'.repeat(100_000)], env, folder)).toBeUndefined();
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`V${i}`, 'x'.repeat(60)]));
    expect(await startable('sh', [], { ...env, ...many }, folder)).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('exec', () => {
  it('becomes the program where node can', async () => {
    let became: unknown;
    class Gone extends Error {}
    const own = { PATH: env.PATH, TMI_SECRET_X: 'value', OTHER: 'env://TMI_SECRET_X' };
    const io = Object.assign(new FakeIo({ env: own, cwd: folder }), {
      become: (...words: unknown[]) => {
        became = words;
        throw new Gone(); // this process stays
      },
    });
    await expect(runExec(['sh', '-c', 'exit 3'], { worker: true }, io)).rejects.toThrow(Gone);
    const [file, words, variables] = became as [string, string[], Record<string, string>];
    expect([file.endsWith('/sh'), words, variables['OTHER']]).toEqual([
      true,
      ['sh', '-c', 'exit 3'],
      'value',
    ]);
  });

  it('has a node to become with in the newest of those that are supported', () => {
    const has = spawnSync(process.execPath, ['-p', 'typeof process.execve'], {
      encoding: 'utf8',
    }).stdout.trim();
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    expect(has).toBe(major > 22 || (major === 22 && minor >= 15) ? 'function' : 'undefined');
  });
});
