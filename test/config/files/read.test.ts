import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWritableFolder, readConfigFile } from '../../../src/config/files/read.js';
import { stagedName } from '../../../src/config/files/write.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'tmi-dbtool-read-')));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('readConfigFile', () => {
  it('gives the bytes as they are and what a rewrite must keep', async () => {
    const file = path.join(folder, 'config.yml');
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0xff);
    await writeFile(file, bytes);
    await chmod(file, 0o640);
    await link(file, path.join(folder, 'second-name.yml'));
    const { uid, gid } = await stat(file);
    const found = await readConfigFile('config.yml', folder);
    expect(found).toMatchObject({ name: 'config.yml', realPath: file, mode: 0o640, uid, gid, links: 2 });
    expect(new Uint8Array(found.bytes)).toEqual(bytes);
  });

  it('follows symbolic links to the file that a rewrite has to replace', async () => {
    await mkdir(path.join(folder, 'shared'));
    await writeFile(path.join(folder, 'shared', 'real.yml'), 'x: 1\n');
    await symlink('shared/real.yml', path.join(folder, 'a.yml'));
    await symlink('a.yml', path.join(folder, 'b.yml'));
    const { name, realPath } = await readConfigFile('b.yml', folder);
    expect(name).toBe('b.yml');
    expect(realPath).toBe(path.join(folder, 'shared', 'real.yml'));
    // A staged version waits beside the target, on its file system, so that one rename puts it in place.
    expect(path.dirname(stagedName(realPath))).toBe(path.join(folder, 'shared'));
  });

  it.each<[string, () => Promise<unknown> | void, RegExp]>([
    ['a missing file', () => undefined, /does not exist$/],
    ['a folder', () => mkdir(path.join(folder, 'x')), /is a folder/],
    ['a link to itself', () => symlink('x', path.join(folder, 'x')), /leads to itself/],
    ['a link to nothing', () => symlink('nowhere', path.join(folder, 'x')), /does not exist$/],
    [
      'a pipe, which would never end',
      () => void execFileSync('mkfifo', [path.join(folder, 'x')]),
      /is a pipe/,
    ],
  ])('refuses %s and says so', async (_, make, message) => {
    await make();
    const attempt = readConfigFile('x', folder);
    await expect(attempt).rejects.toMatchObject({ code: 'config/cannot-read-file' });
    await expect(attempt).rejects.toThrow(message);
  });

  it('refuses a path through a file', async () => {
    await writeFile(path.join(folder, 'x'), '');
    await expect(readConfigFile('x/config.yml', folder)).rejects.toMatchObject({
      code: 'config/cannot-read-file',
    });
  });
});

describe('isWritableFolder', () => {
  it('knows folders from what is none', async () => {
    expect(await isWritableFolder(folder)).toBe(true);
    expect(await isWritableFolder(path.join(folder, 'none'))).toBe(false);
  });
});
