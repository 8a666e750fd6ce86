import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as atOnce from '../../../src/config/files/at-once.js';
import { createFile, replaceFile } from '../../../src/config/files/write.js';

/** What reaches the disk, in order: the real calls, written down. */
const journal = vi.hoisted(() => [] as string[]);

vi.mock('../../../src/config/files/at-once.js', async (original) => {
  const real = await original<typeof atOnce>();
  const note = (what: string, file: unknown) => journal.push(`${what} ${path.basename(String(file))}`);
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const handle = await real.open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        const { size } = await handle.stat();
        note(`sync ${size > 0 ? 'full' : 'empty'}`, args[0]);
      };
      return handle;
    },
    async rename(from: string, to: string) {
      await real.rename(from, to);
      note('name', to);
    },
    async link(from: string, to: string) {
      await real.link(from, to);
      note('name', to);
    },
  };
});

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tmi-dbtool-synced-'));
  journal.length = 0;
});
afterEach(() => fs.rm(folder, { recursive: true }));

describe.each<[string, (file: string) => Promise<unknown>]>([
  ['replaced', (file) => replaceFile(file, Buffer.from('new'), { mode: 0o600 })],
  ['created', (file) => createFile(file, Buffer.from('new'), { mode: 0o600 })],
])('a file that is %s', (_, write) => {
  it('is on the disk before it has its name, and its folder after it', async () => {
    await write(path.join(folder, 'config.yml'));
    const named = journal.indexOf('name config.yml');
    expect(named).toBeGreaterThan(0);
    expect(journal.slice(0, named).filter((line) => line.startsWith('sync full '))).toHaveLength(1);
    expect(journal.slice(named + 1)).toContainEqual(
      expect.stringMatching(new RegExp(`^sync (full|empty) ${path.basename(folder)}$`)),
    );
  });
});
