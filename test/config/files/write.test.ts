import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as atOnce from '../../../src/config/files/at-once.js';
import { createFile, replaceFile, stagedName, stageFile } from '../../../src/config/files/write.js';
import { ToolError } from '../../../src/errors/index.js';

// Only these three calls are ever made to fail; everything else is the real file system.
vi.mock('../../../src/config/files/at-once.js', async (original) => {
  const real = await original<typeof atOnce>();
  return { ...real, link: vi.fn(real.link), rename: vi.fn(real.rename), open: vi.fn(real.open) };
});

const isRoot = process.getuid?.() === 0;
const bytes = (text: string) => new TextEncoder().encode(text);
const fault = (code: string) => Object.assign(new Error(code), { code });

let folder: string;
let file: string;
const read = () => fs.readFile(file, 'utf8');
const names = () => fs.readdir(folder);
const modeOf = async (name: string) => (await fs.stat(name)).mode & 0o7777;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tmi-dbtool-write-'));
  file = path.join(folder, 'config.yml');
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'none',
    (error: unknown) => (error instanceof ToolError ? error.code : error),
  );

describe('replaceFile', () => {
  it('keeps mode and content whatever they are, under a narrow umask too', async () => {
    const before = process.umask(0o077);
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 2000 }),
          fc.constantFrom(0o600, 0o640, 0o644, 0o664, 0o400),
          async (content, mode) => {
            await replaceFile(file, bytes('old'), { mode: 0o644 });
            await replaceFile(file, content, { mode });
            expect(new Uint8Array(await fs.readFile(file))).toEqual(content);
            expect(await modeOf(file)).toBe(mode);
            expect(await names()).toEqual(['config.yml']);
          },
        ),
        { numRuns: 25 },
      );
    } finally {
      process.umask(before);
    }
  });

  it.runIf(isRoot)('keeps the owner', async () => {
    await replaceFile(file, bytes('new'), { mode: 0o600, uid: 65_534, gid: 65_533 });
    const { uid, gid, mode } = await fs.stat(file);
    expect([uid, gid, mode & 0o7777]).toEqual([65_534, 65_533, 0o600]);
  });

  it.runIf(isRoot)('keeps what it may of owner and group when that is enough', async () => {
    const real = vi.mocked(atOnce.open).getMockImplementation();
    const asked: [number, number][] = [];
    // As for somebody who is not root: only the group may be chosen.
    vi.mocked(atOnce.open).mockImplementation(async (name, flags, mode) => {
      const handle = await real!(name, flags, mode);
      const chown = handle.chown.bind(handle);
      handle.chown = (uid, gid) => {
        asked.push([uid, gid]);
        return uid === 0 && gid === 65_533 ? chown(uid, gid) : Promise.reject(fault('EPERM'));
      };
      return handle;
    });
    try {
      const owner = { mode: 0o640, uid: 65_534, gid: 65_533 };
      expect(await codeOf(replaceFile(file, bytes('new'), owner))).toBe('config/cannot-write-file');
      await replaceFile(file, bytes('new'), { ...owner, ownerIfPermitted: true });
      expect(await fs.stat(file)).toMatchObject({ uid: 0, gid: 65_533 });
      await replaceFile(file, bytes('newer'), { ...owner, gid: 65_532, ownerIfPermitted: true });
      expect(await fs.stat(file)).toMatchObject({ uid: 0, gid: 0 });
    } finally {
      vi.mocked(atOnce.open).mockImplementation(real!);
    }
    expect(await read()).toBe('newer');
    expect(asked).toHaveLength(5);
  });

  it('takes its own version away when it cannot be put in place', async () => {
    await fs.writeFile(file, 'old');
    vi.mocked(atOnce.rename).mockRejectedValueOnce(fault('EPERM'));
    expect(await codeOf(replaceFile(file, bytes('new'), { mode: 0o600 }))).toBe('config/cannot-write-file');
    expect(await read()).toBe('old');
    expect(await names()).toEqual(['config.yml']);
  });

  it('is done when only the folder cannot be opened for syncing', async () => {
    const real = vi.mocked(atOnce.open).getMockImplementation();
    vi.mocked(atOnce.open).mockImplementation((name, flags, mode) =>
      flags === 'r' ? Promise.reject(fault('EACCES')) : real!(name, flags, mode),
    );
    try {
      await replaceFile(file, bytes('new'), { mode: 0o600 });
    } finally {
      vi.mocked(atOnce.open).mockImplementation(real!);
    }
    expect(await read()).toBe('new');
  });

  it('says which file, and no raw text, when the folder does not exist', async () => {
    const attempt = replaceFile(path.join(folder, 'none', 'x.yml'), bytes('new'), { mode: 0o600 });
    await expect(attempt).rejects.toMatchObject({ code: 'config/cannot-write-file' });
    await expect(attempt).rejects.toThrow(/x\.yml cannot be written: its folder does not exist/);
  });
});

describe('stageFile', () => {
  it('leaves the file as it is until the commit, so that a kill in between loses nothing', async () => {
    await fs.writeFile(file, 'old');
    await stageFile(file, bytes('new'), { mode: 0o600 });
    expect(await read()).toBe('old');
    // The next run finds the leftover, replaces it, and finishes.
    const staged = await stageFile(file, bytes('newer'), { mode: 0o640 });
    await staged.commit();
    expect(await read()).toBe('newer');
    expect(await names()).toEqual(['config.yml']);
  });

  it('waits beside the file, hidden, with its final mode', async () => {
    await stageFile(file, bytes('new'), { mode: 0o640 });
    expect(path.dirname(stagedName(file))).toBe(folder);
    expect(path.basename(stagedName(file))).toMatch(/^\./);
    expect(await modeOf(stagedName(file))).toBe(0o640);
  });

  it('does not follow a link that somebody put in the place of the staged file', async () => {
    const victim = path.join(folder, 'victim');
    await fs.writeFile(victim, 'precious');
    await fs.symlink(victim, stagedName(file));
    await (await stageFile(file, bytes('new'), { mode: 0o600 })).commit();
    expect(await fs.readFile(victim, 'utf8')).toBe('precious');
    expect((await fs.lstat(file)).isSymbolicLink()).toBe(false);
  });

  it('goes without a trace when it is discarded, twice too', async () => {
    const staged = await stageFile(file, bytes('new'), { mode: 0o600 });
    await staged.discard();
    await staged.discard();
    expect(await names()).toEqual([]);
  });

  it.runIf(isRoot)('takes away what it cannot complete', async () => {
    const attempt = stageFile(file, bytes('new'), { mode: 0o600, uid: -2, gid: 0 });
    expect(await codeOf(attempt)).toBe('config/cannot-write-file');
    expect(await names()).toEqual([]);
  });
});

describe('createFile', () => {
  it('never overwrites', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 4 }),
        async (contents) => {
          await fs.rm(file, { force: true });
          const created = [];
          for (const content of contents) created.push(await createFile(file, content, { mode: 0o600 }));
          expect(created).toEqual(contents.map((_, i) => i === 0));
          expect(new Uint8Array(await fs.readFile(file))).toEqual(contents[0]);
          expect(await names()).toEqual(['config.yml']);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('does not write through a symbolic link, dangling or not', async () => {
    const target = path.join(folder, 'target');
    await fs.symlink(target, file);
    expect(await createFile(file, bytes('new'), { mode: 0o600 })).toBe(false);
    expect(await names()).toEqual(['config.yml']);
  });

  it('makes a file of the mode that was asked for, with one name', async () => {
    expect(await createFile(file, bytes('new'), { mode: 0o600 })).toBe(true);
    expect(await modeOf(file)).toBe(0o600);
    expect((await fs.stat(file)).nlink).toBe(1);
  });

  describe.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('where links are refused with %s', (code) => {
    beforeEach(() => {
      vi.mocked(atOnce.link).mockRejectedValueOnce(fault(code));
    });

    it('creates the file all the same', async () => {
      expect(await createFile(file, bytes('new'), { mode: 0o640 })).toBe(true);
      expect(await read()).toBe('new');
      expect(await modeOf(file)).toBe(0o640);
      expect(await names()).toEqual(['config.yml']);
    });

    it('does not overwrite either', async () => {
      await fs.writeFile(file, 'old');
      expect(await createFile(file, bytes('new'), { mode: 0o600 })).toBe(false);
      expect(await read()).toBe('old');
      expect(await names()).toEqual(['config.yml']);
    });
  });

  it('takes its own version away when it fails', async () => {
    vi.mocked(atOnce.link).mockRejectedValueOnce(fault('ENOSPC'));
    expect(await codeOf(createFile(file, bytes('new'), { mode: 0o600 }))).toBe('config/cannot-write-file');
    expect(await names()).toEqual([]);
  });

  it('leaves a file of somebody else alone when the second way fails to open its own', async () => {
    await fs.writeFile(file, 'old');
    vi.mocked(atOnce.link).mockRejectedValueOnce(fault('EPERM'));
    const real = vi.mocked(atOnce.open).getMockImplementation();
    vi.mocked(atOnce.open).mockImplementation((name, flags, mode) =>
      name === file ? Promise.reject(fault('EMFILE')) : real!(name, flags, mode),
    );
    try {
      expect(await codeOf(createFile(file, bytes('new'), { mode: 0o600 }))).toBe('config/cannot-write-file');
    } finally {
      vi.mocked(atOnce.open).mockImplementation(real!);
    }
    expect(await read()).toBe('old');
    await fs.access(file, constants.R_OK);
  });
});
