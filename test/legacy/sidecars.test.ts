import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttributesFate } from '../../src/config/files/attributes.js';
import type { ConfigFile } from '../../src/config/files/read.js';
import {
  attributesOutlook,
  outputRequest,
  planSidecars,
  putBackByUndo,
  type RewriteTarget,
} from '../../src/legacy/target.js';

// Root may write everywhere and mounts what it likes: which folders are read-only, and what is a mount, these say.
const readOnly = new Set<string>();
const mounts = new Set<string>();
let fate: AttributesFate = { kind: 'kept' };

vi.mock('../../src/config/files/read.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  isWritableFolder: async (folder: string) => !readOnly.has(folder),
}));
vi.mock('../../src/config/files/mounts.js', () => ({
  isMountPoint: async (file: string) => mounts.has(file),
}));
vi.mock('../../src/config/files/attributes.js', () => ({ attributesFate: async () => fate }));

const root = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-sidecars-'));
const folder = path.join(root, 'etc');
const elsewhere = path.join(root, 'out');
const realPath = path.join(folder, 'config.yml');
mkdirSync(folder);
mkdirSync(elsewhere);
writeFileSync(realPath, 'a: 1\n');
writeFileSync(path.join(elsewhere, 'taken.yml'), 'b: 2\n');
symlinkSync(realPath, path.join(elsewhere, 'link.yml'));
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  readOnly.clear();
  mounts.clear();
});

const file = (changes: Partial<ConfigFile> = {}): ConfigFile => ({
  name: 'etc/config.yml',
  realPath,
  bytes: Buffer.from('a: 1\n'),
  mode: 0o640,
  uid: 1000,
  gid: 0,
  links: 1,
  ...changes,
});

const output = (name: string, overwrite = false): Extract<RewriteTarget, { kind: 'output' }> => ({
  kind: 'output',
  name,
  path: path.join(root, name),
  overwrite,
  inUse: [],
});

const inPlace: RewriteTarget = { kind: 'in-place' };
const none: RewriteTarget = { kind: 'none' };
const ways = 'Write the new text elsewhere with --output FILE, or leave the file alone with --no-rewrite.';

describe('where an import leaves its files', () => {
  it.each<[string, RewriteTarget, boolean, string[], Awaited<ReturnType<typeof planSidecars>>]>([
    ['beside the file, with its old text', inPlace, true, [], { backup: true, base: realPath }],
    ['nowhere where none are wanted', inPlace, false, [], { backup: false, base: undefined }],
    ['beside the file that stays', none, true, [], { backup: false, base: realPath }],
    [
      'in the database alone where that folder is read-only',
      none,
      true,
      [folder],
      { backup: false, base: undefined },
    ],
    ['beside the file, with an output', output('out/new.yml'), true, [], { backup: false, base: realPath }],
    [
      'beside the output where the folder of the file is read-only',
      output('out/new.yml'),
      true,
      [folder],
      { backup: false, base: path.join(elsewhere, 'config.yml') },
    ],
    [
      'beside the output although its name is taken: what it holds is seen later',
      output('out/taken.yml'),
      true,
      [folder],
      { backup: false, base: path.join(elsewhere, 'config.yml') },
    ],
    ['nowhere, with an output', output('out/new.yml'), false, [folder], { backup: false, base: undefined }],
  ])('%s', async (_, target, wanted, protectedFolders, expected) => {
    for (const one of protectedFolders) readOnly.add(one);
    expect(await planSidecars(file(), target, wanted, 1000)).toEqual(expected);
  });
});

describe('what keeps an import from it', () => {
  it.each<[string, RewriteTarget, () => unknown, Partial<ConfigFile>, string, string]>([
    [
      'a folder that is read-only',
      inPlace,
      () => readOnly.add(folder),
      {},
      'The folder of etc/config.yml is not writable, so the file cannot be replaced',
      ways,
    ],
    [
      'a mount',
      inPlace,
      () => mounts.add(realPath),
      {},
      'etc/config.yml is a mount of its own (docker run -v FILE:FILE, a file of a ConfigMap), and nothing can take its place',
      'Write the new text with --output FILE, replace the source of the mount by it, and start the container anew.',
    ],
    [
      'hard links',
      inPlace,
      () => undefined,
      { links: 2 },
      'etc/config.yml has hard links, which replacing it would break',
      ways,
    ],
    [
      'another owner',
      inPlace,
      () => undefined,
      { uid: 1001 },
      'etc/config.yml belongs to another user, and the new file could not keep its owner',
      `Run the command as that user or as root. ${ways}`,
    ],
    [
      'an output that is the file',
      output('out/link.yml', true),
      () => undefined,
      {},
      '--output out/link.yml is the imported file itself',
      'Leave --output out to rewrite the file in place, with a backup beside it.',
    ],
    [
      'an output in a folder that is read-only',
      output('out/new.yml'),
      () => readOnly.add(elsewhere),
      {},
      'The folder of --output out/new.yml is not writable',
      'Create the folder, or name a file in another one.',
    ],
    [
      'an output in no folder',
      output('none/new.yml'),
      () => readOnly.add(path.join(root, 'none')),
      {},
      'The folder of --output none/new.yml does not exist',
      'Create the folder, or name a file in another one.',
    ],
  ])('is %s', async (_, target, prepare, changes, message, hint) => {
    prepare();
    await expect(planSidecars(file(changes), target, true, 1000)).rejects.toMatchObject({
      code: 'legacy/cannot-rewrite-here',
      message,
      hint,
    });
  });

  it('is neither a mount nor a link where the file stays as it is', async () => {
    mounts.add(realPath);
    await expect(planSidecars(file({ links: 2, uid: 1001 }), none, false, 1000)).resolves.toEqual({
      backup: false,
      base: undefined,
    });
  });

  it('is an output that the run works with, whatever may be replaced', async () => {
    const inUse = [{ path: path.join(elsewhere, 'taken.yml'), what: 'the configuration in use' }];
    await expect(
      planSidecars(file(), { ...output('out/taken.yml', true), inUse }, true, 1000),
    ).rejects.toMatchObject({ code: 'config/output-in-use' });
  });

  it('is a place for the receipt that is read-only by the time it is asked for', async () => {
    const target = output('out/new.yml');
    readOnly.add(folder);
    // The output's own folder is looked at first; a link in its name leads to a folder that may be written.
    const linked = path.join(root, 'ro');
    symlinkSync(elsewhere, linked);
    readOnly.add(linked);
    await expect(
      planSidecars(file(), { ...target, path: path.join(linked, 'taken.yml') }, true, 1000),
    ).rejects.toMatchObject({
      message: 'The folder of etc/config.yml is not writable, so the receipt cannot be written',
      hint: 'Pass --no-backup to go on without a receipt; the import can then not be undone by the tool.',
    });
    rmSync(linked);
  });
});

it('asks for the output by its own name, and says so where it is taken', () => {
  expect(outputRequest(output('out/new.yml', true))).toEqual({
    file: path.join(root, 'out/new.yml'),
    name: 'out/new.yml',
    overwrite: true,
    inUse: [],
    exists: 'legacy/output-exists',
  });
});

describe('access lists, attributes and the label of a file', () => {
  const about = { name: 'config.yml', realPath };

  it('are nothing to speak of where they are kept', async () => {
    fate = { kind: 'kept' };
    expect(await attributesOutlook(about)).toEqual({ stops: [], notes: [] });
  });

  it('are named where nobody can tell whether there are any', async () => {
    fate = { kind: 'unknown' };
    expect(await attributesOutlook(about)).toEqual({
      stops: [],
      notes: [
        'Whether config.yml has access lists, extended attributes or a security label cannot be told here, without GNU cp and getfattr: if it has any, the new file is without them. Compare the two, or install coreutils.',
      ],
    });
  });

  it.each([
    [
      undefined,
      'its new version',
      'Install coreutils, write the new text elsewhere with --output FILE, or go on without them: --drop-attributes.',
    ],
    [
      putBackByUndo,
      'its old text',
      'Nothing was changed. Install coreutils, or go on without them: --drop-attributes.',
    ],
  ])('stop a run that would lose them: %j', async (replacement, what, hint) => {
    fate = { kind: 'lost', what: 'user.note, security.capability' };
    const { stops, notes } = await attributesOutlook(about, replacement);
    expect(notes).toEqual([]);
    expect(stops).toHaveLength(1);
    expect(stops[0]).toMatchObject({
      code: 'config/cannot-keep-attributes',
      message: `config.yml has user.note, security.capability, which ${what} could not keep: there is no GNU cp here to copy them`,
      hint,
    });
  });
});
