import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  collectInput,
  readInput,
  readInputSync,
  readStart,
  streamInput,
} from '../../../src/config/files/input.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-input-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  return collectInput(chunks, Number.MAX_SAFE_INTEGER);
}

/** Every way to read a file. None may treat what is no file differently. */
const ways: Readonly<Record<string, (file: string) => Promise<Buffer>>> = {
  readInput: async (file) => (await readInput(file)).bytes,
  readInputSync: async (file) => readInputSync(file),
  streamInput: (file) => all(streamInput(file)),
  readStart: (file) => readStart(file, 1024 * 1024),
};

describe.each(Object.entries(ways))('%s', (_, read) => {
  it('gives the bytes of a regular file, wherever links lead', async () => {
    const bytes = Buffer.alloc(700_000, 'abc');
    writeFileSync(join(folder, 'real'), bytes);
    symlinkSync('real', join(folder, 'link'));
    expect((await read(join(folder, 'link'))).equals(bytes)).toBe(true);
    writeFileSync(join(folder, 'empty'), '');
    expect(await read(join(folder, 'empty'))).toHaveLength(0);
  });

  it.each<[string, string, (file: string) => unknown]>([
    ['a pipe that nobody writes to', 'TMI_NOT_A_FILE', (file) => execFileSync('mkfifo', [file])],
    ['a device without an end', 'TMI_NOT_A_FILE', (file) => symlinkSync('/dev/zero', file)],
    ['a folder', 'EISDIR', (file) => mkdirSync(file)],
    ['nothing', 'ENOENT', () => undefined],
  ])('refuses %s at once', async (_what, code, make) => {
    make(join(folder, 'x'));
    await expect(read(join(folder, 'x'))).rejects.toMatchObject({ code });
  });

  it('refuses a socket', async () => {
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    try {
      await expect(read(join(folder, 'socket'))).rejects.toMatchObject({ code: 'TMI_NOT_A_FILE' });
    } finally {
      server.close();
    }
  });
});

describe('the limit', () => {
  it('refuses a file by its size before it is read', async () => {
    writeFileSync(join(folder, 'x'), '');
    truncateSync(join(folder, 'x'), 8 * 1024 ** 3); // takes no room on the disk, and would not fit into memory
    await expect(readInput(join(folder, 'x'))).rejects.toMatchObject({ code: 'TMI_TOO_LARGE' });
    expect(() => readInputSync(join(folder, 'x'))).toThrow('TMI_TOO_LARGE');
  });

  it('holds for what grows while it is read, or says that it is empty', async () => {
    // Files of the system state no size.
    await expect(readInput('/proc/self/environ', { maxBytes: 1 })).rejects.toMatchObject({
      code: 'TMI_TOO_LARGE',
    });
    expect(() => readInputSync('/proc/self/environ', 1)).toThrow('TMI_TOO_LARGE');
    expect(readInputSync('/proc/self/environ').length).toBeGreaterThan(1);
  });

  it('is what may be read, and not a byte less', async () => {
    writeFileSync(join(folder, 'x'), 'four');
    expect((await readInput(join(folder, 'x'), { maxBytes: 4 })).bytes.toString()).toBe('four');
    expect(readInputSync(join(folder, 'x'), 4).toString()).toBe('four');
    appendFileSync(join(folder, 'x'), '.');
    await expect(readInput(join(folder, 'x'), { maxBytes: 4 })).rejects.toThrow();
    expect(() => readInputSync(join(folder, 'x'), 4)).toThrow();
  });

  it('ends an endless stream', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1000);
    }
    await expect(collectInput(endless(), 10_000)).rejects.toMatchObject({ maxBytes: 10_000 });
  });
});

describe('a signal', () => {
  it('ends the reading between two pieces', async () => {
    writeFileSync(join(folder, 'x'), Buffer.alloc(2 * 1024 * 1024));
    const aborter = new AbortController();
    const reading = (async () => {
      for await (const chunk of streamInput(join(folder, 'x'), aborter.signal)) {
        expect(chunk.length).toBeGreaterThan(0);
        aborter.abort('SIGTERM');
      }
    })();
    await expect(reading).rejects.toBe('SIGTERM');
    await expect(readInput(join(folder, 'x'), { signal: aborter.signal })).rejects.toBe('SIGTERM');
  });

  it('ends the wait for a pipe that may be waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const aborter = new AbortController();
    const reading = readInput(join(folder, 'pipe'), { signal: aborter.signal, pipes: true });
    setImmediate(() => aborter.abort('SIGTERM'));
    await expect(reading).rejects.toThrow();
  });
});
