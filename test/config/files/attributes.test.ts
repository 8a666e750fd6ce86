import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi, type TestContext } from 'vitest';
import { copyAttributes } from '../../../src/config/files/attributes.js';

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tmi-dbtool-attributes-'));
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

/** The attribute as another program sees it; empty where the file has none. */
function note(file: string): string {
  const script = `
import os,sys
print(os.getxattr(sys.argv[1],'user.note').decode() if 'user.note' in os.listxattr(sys.argv[1]) else '')`;
  return execFileSync('python3', ['-c', script, file], { encoding: 'utf8' }).trim();
}

async function pair(context: TestContext) {
  const [from, to] = [path.join(folder, 'old.yml'), path.join(folder, 'new.yml')];
  await fs.writeFile(from, 'a: 1\n', { mode: 0o640 });
  const handle = await fs.open(to, 'wx+', 0o600);
  const script = "import os,sys; os.setxattr(sys.argv[1],'user.note',b'kept')";
  if (spawnSync('python3', ['-c', script, from]).status !== 0) {
    await handle.close();
    context.skip('no attributes on this file system');
  }
  return { from, to, handle };
}

describe.runIf(process.platform === 'linux')('copyAttributes', () => {
  // A chroot and some sandboxes have no /proc.
  const absent = '/no/such/proc/self/fd';

  for (const descriptors of ['/proc/self/fd', absent]) {
    it(`gives them where programs find their files in ${descriptors}`, async (context) => {
      const { from, to, handle } = await pair(context);
      await copyAttributes(from, { handle, path: to }, descriptors);
      await handle.close();
      expect(note(to)).toBe('kept');
      expect((await fs.stat(to)).mode & 0o777).toBe(0o640);
    });
  }

  it('gives them to no other file that has taken the name', async (context) => {
    const { from, to, handle } = await pair(context);
    await fs.rm(to);
    await fs.writeFile(to, 'mine');
    await expect(copyAttributes(from, { handle, path: to }, absent)).rejects.toMatchObject({
      code: 'config/cannot-keep-attributes',
    });
    await handle.close();
    expect(note(to)).toBe('');
  });
});

describe.runIf(process.platform === 'linux')('whether cp is the one of GNU', () => {
  afterEach(() => vi.unstubAllEnvs());

  const elf = '\x7fELF';
  const cases = [
    { what: 'a program that says so in its file', cp: `${elf} GNU coreutils\0`, gnu: true },
    { what: 'one of other words', cp: `${elf} GNU coreutils-like\0`, gnu: false },
    { what: 'many programs in one', cp: `${elf} GNU coreutils\0${' '.repeat(1_000_000)}`, gnu: false },
    { what: 'a script that prints it', cp: '#!/bin/sh\necho "cp (GNU coreutils) 9.4"\n', gnu: true },
    { what: 'a script that only knows it', cp: '#!/bin/sh\n# GNU coreutils\0\nexit 1\n', gnu: false },
  ];
  for (const { what, cp, gnu } of cases) {
    it(`${gnu ? 'is told of' : 'is not told of'} ${what}`, async () => {
      // No such program can be started, so that what is asked of it says no.
      await fs.writeFile(path.join(folder, 'cp'), cp, { encoding: 'latin1', mode: 0o755 });
      vi.stubEnv('PATH', `/no/such/folder:${folder}`);
      vi.resetModules();
      const { attributesFate } = await import('../../../src/config/files/attributes.js');
      expect(await attributesFate(path.join(folder, 'cp'))).toEqual({ kind: gnu ? 'kept' : 'unknown' });
    });
  }
});
