import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Zlib from 'node:zlib';
import { createGzip, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { writeBackupFile } from '../../src/backup/file.js';
import { Unpacked } from '../../src/backup/unpacked.js';
import type { Database } from '../../src/database/contract.js';
import { connectFresh } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { folder } from './library.js';

vi.mock('node:zlib', async (original) => {
  const zlib = await original<typeof Zlib>();
  return { ...zlib, createGzip: vi.fn(zlib.createGzip) };
});

async function database(): Promise<Database> {
  const fresh = await connectFresh('sqlite');
  await fresh.knex.raw('create table notes (id integer primary key, body text)');
  await fresh.knex.raw(`insert into notes values (1, 'first'), (2, 'second')`);
  return fresh;
}

function write(source: Database, file: string, onVerify?: () => void): Promise<unknown> {
  const request = {
    database: source,
    selection: { scope: 'all' },
    tool: 'test',
    now: new Date(0),
    signal: new AbortController().signal,
  } as const;
  return writeBackupFile(request, file, {
    overwrite: false,
    name: file,
    inUse: [],
    ...(onVerify && { onVerify }),
  });
}

/** The same bytes, one of which is another. */
function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

const notReadBack = { code: 'backup/damaged', message: 'What was read back is not what was written' };

describe('a backup that was just written', () => {
  beforeEach(() => {
    vi.mocked(createGzip).mockClear();
  });

  it('is refused when the file holds another byte than was written, wherever it stands', async () => {
    const source = await database();
    for (const at of [4, 40, -1]) {
      const into = folder();
      const change = (): void => {
        const [staged = ''] = readdirSync(into);
        const path = join(into, staged);
        const bytes = readFileSync(path);
        writeFileSync(path, flipped(bytes, at < 0 ? bytes.length + at : at));
      };
      expect(await failure(write(source, join(into, 'b'), change))).toMatchObject(notReadBack);
      expect(readdirSync(into)).toEqual([]);
    }
  });

  it('is refused when its compressed bytes do not give the lines that went in', async () => {
    const source = await database();
    const { createGzip: genuine } = await vi.importActual<typeof Zlib>('node:zlib');
    vi.mocked(createGzip).mockImplementationOnce((options) => {
      const zip = genuine(options);
      const transform = zip._transform.bind(zip);
      zip._transform = (chunk: Buffer, ...others) => transform(flipped(chunk, chunk.length - 3), ...others);
      return zip;
    });
    const into = folder();
    expect(await failure(write(source, join(into, 'b')))).toMatchObject(notReadBack);
    expect(readdirSync(into)).toEqual([]);
    await write(source, join(into, 'b'));
  });
});

describe('what unpacks beside the writing', () => {
  it('ends with the fault of bytes that are not compressed', async () => {
    const packed = gzipSync('x'.repeat(100_000));
    for (const bytes of [
      Buffer.alloc(1_000_000, 7),
      packed.subarray(0, -9),
      flipped(packed, packed.length - 6),
    ]) {
      const through = async (): Promise<void> => {
        const source = (async function* () {
          for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
        })();
        for await (const chunk of new Unpacked().through(source)) void chunk;
      };
      await expect(through()).rejects.toThrow();
    }
  });
});
