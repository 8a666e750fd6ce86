import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as pooled from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as atOnce from '../../../src/config/files/at-once.js';

let folder: string;
const names = ['file', 'other', 'folder', 'link', 'nowhere', 'absent', 'file/below'];
const at = (name: string): string => join(folder, name);

/** What every name but `absent` stands for. */
function fill(): void {
  writeFileSync(at('file'), 'text', { mode: 0o640 });
  writeFileSync(at('other'), 'more');
  mkdirSync(at('folder'));
  symlinkSync('file', at('link'));
  symlinkSync('absent', at('nowhere'));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-at-once-'));
  fill();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What came of a call: its answer, or the code of its failure. */
const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => (answer === undefined ? 'done' : answer),
    (error: NodeJS.ErrnoException) => error.code,
  );

describe('what is done at once', () => {
  it.each(names)('says of %s what the thread pool says', async (name) => {
    for (const call of ['stat', 'lstat', 'access', 'readdir', 'realpath'] as const) {
      const real = pooled[call] as (file: string) => Promise<unknown>;
      expect(await outcome(atOnce[call](at(name))), call).toEqual(await outcome(real(at(name))));
    }
    expect(await outcome(atOnce.lstatExact(at(name)))).toEqual(
      await outcome(pooled.lstat(at(name), { bigint: true })),
    );
  });

  const pairs = names.flatMap((from) => ['new', 'other', 'folder', 'link'].map((to) => [from, to] as const));
  it.each((['link', 'rename'] as const).flatMap((call) => pairs.map((pair) => [call, ...pair] as const)))(
    'does what the thread pool does: %s %s to %s',
    async (call, from, to) => {
      const result = async (of: typeof atOnce | typeof pooled) => [
        await outcome(of[call](at(from), at(to))),
        await pooled.readdir(folder),
      ];
      const first = await result(atOnce);
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      fill();
      expect(first).toEqual(await result(pooled));
    },
  );

  it('takes away a file, a link alone, and no folder; what is not there is gone already', async () => {
    for (const name of ['link', 'nowhere', 'absent', 'other']) await atOnce.remove(at(name));
    expect(await pooled.readdir(folder)).toEqual(['file', 'folder']);
    expect(await outcome(atOnce.remove(at('folder')))).toMatch(/^E(ISDIR|PERM)$/);
    expect(await outcome(atOnce.remove(at('file/below')))).toBe('ENOTDIR');
  });

  it('writes, owns and keeps a new file, and opens nothing that is there', async () => {
    const file = await atOnce.open(at('new'), 'wx+', 0o600);
    await file.writeFile(Buffer.from('all of it'));
    await file.chmod(0o644);
    const { uid, gid, mode, size } = await file.stat();
    await file.chown(uid, gid);
    await file.sync();
    await file.close();
    expect([mode & 0o777, size, readFileSync(at('new'), 'utf8')]).toEqual([0o644, 9, 'all of it']);
    for (const name of ['new', 'link', 'nowhere', 'folder'])
      expect(await outcome(atOnce.open(at(name), 'wx+', 0o600))).toBe('EEXIST');
  });
});
