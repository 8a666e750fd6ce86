import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
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
