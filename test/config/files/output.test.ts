import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openOutput,
  outputTarget,
  writeOutput,
  type OutputRequest,
} from '../../../src/config/files/output.js';

let folder: string;
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'tmi-dbtool-output-')))));
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const ask = (name: string, more: Partial<OutputRequest> = {}): OutputRequest => ({
  file: at(name),
  name,
  overwrite: false,
  inUse: [],
  exists: 'config/output-exists',
  ...more,
});
const bytes = Buffer.from('new');
const text = (name: string): string => readFileSync(at(name), 'utf8');

describe('writeOutput', () => {
  it('writes a complete file for its owner only, and leaves nothing beside it', async () => {
    await writeOutput(ask('out'), bytes);
    expect(text('out')).toBe('new');
    expect(statSync(at('out')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('never replaces a file without being told, and says how', async () => {
    writeFileSync(at('out'), 'old');
    await expect(writeOutput(ask('out'), bytes)).rejects.toMatchObject({
      code: 'config/output-exists',
      hint: 'Choose another name, or pass --overwrite.',
    });
    expect(text('out')).toBe('old');
    await writeOutput(ask('out', { overwrite: true }), bytes);
    expect(text('out')).toBe('new');
  });

  it('follows links to their target, also to one that is not there yet', async () => {
    mkdirSync(at('sub'));
    writeFileSync(at('sub/real'), 'old');
    symlinkSync('sub/real', at('b'));
    symlinkSync('b', at('a'));
    await writeOutput(ask('a', { overwrite: true }), bytes);
    expect([text('sub/real'), lstatSync(at('a')).isSymbolicLink()]).toEqual(['new', true]);
    symlinkSync('sub/later', at('c'));
    await expect(writeOutput(ask('c'), bytes)).rejects.toMatchObject({ code: 'config/output-exists' });
    await writeOutput(ask('c', { overwrite: true }), bytes);
    expect(text('sub/later')).toBe('new');
  });

  it.each<[string, (file: string) => unknown]>([
    ['a pipe', (file) => execFileSync('mkfifo', [file])],
    ['a device behind a link', (file) => symlinkSync('/dev/null', file)],
    ['a folder', (file) => mkdirSync(file)],
  ])('refuses %s, whatever overwrite says', async (_, make) => {
    make(at('x'));
    for (const overwrite of [false, true]) {
      await expect(writeOutput(ask('x', { overwrite }), bytes)).rejects.toMatchObject({
        code: 'config/output-not-a-file',
        exitCode: 4,
      });
    }
    expect(lstatSync(at('x')).isFile()).toBe(false);
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('says why a folder cannot be written', async () => {
    await expect(writeOutput(ask('no/such/folder'), bytes)).rejects.toMatchObject({
      code: 'config/cannot-write-file',
    });
  });
});

describe('a file in use', () => {
  const inUse = (): OutputRequest['inUse'] => [{ path: at('used'), what: 'the configuration in use' }];
  const refused = { code: 'config/output-in-use', exitCode: 4 };

  it.each<[string, () => unknown]>([
    ['by its name', () => rmSync(at('x'), { force: true })],
    ['by a link', () => symlinkSync('used', at('x'))],
    ['by a second name', () => linkSync(at('used'), at('x'))],
  ])('is refused %s', async (how, make) => {
    writeFileSync(at('used'), 'precious');
    make();
    const name = how === 'by its name' ? './sub/../used' : 'x';
    for (const overwrite of [false, true]) {
      await expect(writeOutput(ask(name, { overwrite, inUse: inUse() }), bytes)).rejects.toMatchObject(
        refused,
      );
    }
    expect(text('used')).toBe('precious');
  });

  it('is refused before it exists', async () => {
    await expect(outputTarget(ask('used', { inUse: inUse() }))).rejects.toMatchObject(refused);
  });

  it('is every SQLite database, and the files beside one', async () => {
    const database = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(84)]);
    writeFileSync(at('t.db'), database);
    for (const name of ['t.db', 't.db-wal', 't.db-shm', 't.db-journal']) {
      await expect(writeOutput(ask(name, { overwrite: true }), bytes)).rejects.toMatchObject(refused);
    }
    expect(readdirSync(folder)).toEqual(['t.db']);
    expect(readFileSync(at('t.db')).equals(database)).toBe(true);
    await writeOutput(ask('other-wal'), bytes);
    expect(text('other-wal')).toBe('new');
  });
});

describe('openOutput', () => {
  it('shows nothing under the name before it is complete, and takes it away when it is not wanted', async () => {
    const output = await openOutput(ask('out'));
    await output.handle.writeFile('half');
    expect(existsSync(at('out'))).toBe(false);
    await output.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([false, true])('looks again before it gives the name (overwrite: %s)', async (overwrite) => {
    const request = ask('out', { overwrite, inUse: [{ path: at('used'), what: 'in use' }] });
    const output = await openOutput(request);
    writeFileSync(at('used'), 'precious');
    linkSync(at('used'), at('out'));
    await expect(output.place()).rejects.toMatchObject({ code: 'config/output-in-use' });
    await output.discard();
    expect(text('out')).toBe('precious');
  });

  it('leaves alone what took the name meanwhile', async () => {
    const output = await openOutput(ask('out'));
    writeFileSync(at('out'), 'first');
    await expect(output.place()).rejects.toMatchObject({ code: 'config/output-exists' });
    await output.discard();
    expect([text('out'), readdirSync(folder)]).toEqual(['first', ['out']]);
  });
});
