import { describe, expect, it } from 'vitest';
import { NOT_A_FILE, TOO_LARGE } from '../../src/config/files/input.js';
import { SecretFault } from '../../src/secrets/fault.js';
import { readSecretFile, readVariable } from '../../src/secrets/local.js';
import { shown } from '../support/faults.js';

const file = (path: string) => ({ kind: 'file', path }) as const;
const read = async (read: () => Promise<Uint8Array>, path = 'secret'): Promise<string> =>
  (await readSecretFile(file(path), '/base', read)).reveal();

async function faultOf(reading: Promise<unknown>) {
  const error: unknown = await reading.catch((e: unknown) => e);
  if (error instanceof SecretFault) return shown(error);
  throw new Error('there was no fault', { cause: error });
}

describe('a variable', () => {
  it.each(['x', '', ' x '])('gives what it holds: %j', (value) => {
    expect(readVariable({ kind: 'env', name: 'A' }, { A: value }).reveal()).toBe(value);
  });

  it('that is not set says which', async () => {
    const reading = Promise.resolve().then(() => readVariable({ kind: 'env', name: 'A' }, { B: 'x' }));
    expect(await faultOf(reading)).toEqual(
      shown('secrets/no-such-secret', 'the variable A is not set', {
        hint: 'Set A in the environment.',
        absent: true,
        vacant: true,
      }),
    );
  });
});

describe('a file', () => {
  it.each([
    ['secret', '/base/secret'],
    ['../secret', '/secret'],
    ['/run/secret', '/run/secret'],
  ])('%s is looked for at %s', async (path, expected) => {
    const asked: string[] = [];
    await readSecretFile(file(path), '/base', (where) => {
      asked.push(where);
      return Promise.resolve(Buffer.from('x'));
    });
    expect(asked).toEqual([expected]);
  });

  it('gives its text without white space at its ends', async () => {
    expect(await read(() => Promise.resolve(Buffer.from('\n a b\t\n')))).toBe('a b');
  });

  it('may be as large as the limit, and no byte larger', async () => {
    expect(await read(() => Promise.resolve(Buffer.alloc(1024 * 1024, 'x')))).toHaveLength(1024 * 1024);
    const tooLarge = read(() => Promise.resolve(Buffer.alloc(1024 * 1024 + 1, 'x')));
    expect(await faultOf(tooLarge)).toEqual(
      shown('secrets/unreadable', 'the file /base/secret is larger than 1 MiB, which no secret is'),
    );
  });

  it('that is no text is not guessed to be one', async () => {
    expect(await faultOf(read(() => Promise.resolve(Buffer.from([0xff]))))).toEqual(
      shown('secrets/unreadable', 'the file /base/secret is binary and cannot be used as text'),
    );
  });

  const absent = shown('secrets/no-such-secret', 'the file /base/secret does not exist', {
    absent: true,
    vacant: true,
  });
  const refused = shown('secrets/refused', 'the file /base/secret may not be read by this user');
  const notRegular = shown('secrets/unreadable', '/base/secret is not a regular file');
  const trouble = shown('secrets/unreachable', 'the file /base/secret cannot be read');
  it.each([
    [{ code: 'ENOENT' }, absent],
    [{ code: 'ENOTDIR' }, absent],
    [{ code: 'EACCES' }, refused],
    [{ code: 'EPERM' }, refused],
    [{ code: NOT_A_FILE }, notRegular],
    [{ code: 'ENXIO' }, notRegular],
    [
      { code: TOO_LARGE },
      shown('secrets/unreadable', 'the file /base/secret is larger than 1 MiB, which no secret is'),
    ],
    [{ code: 'EISDIR' }, shown('secrets/unreadable', '/base/secret is a directory')],
    [{ code: 'EIO' }, trouble],
    [{ code: 'EMFILE' }, trouble],
    [{}, trouble],
    [null, trouble],
    ['ENOENT', trouble],
  ])('that cannot be read says why: %j', async (error, expected) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything can be thrown
    expect(await faultOf(read(() => Promise.reject(error)))).toEqual(expected);
  });

  it('keeps a fault of the reader', async () => {
    const ours = new SecretFault('secrets/refused', 'because');
    await expect(read(() => Promise.reject(ours))).rejects.toBe(ours);
  });
});
