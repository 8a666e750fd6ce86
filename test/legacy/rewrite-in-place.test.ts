import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { carryOut, prepareImport } from '../support/import-library.js';
import { Workspace, type Run } from '../support/workspace.js';
import { plain, sampleText, snapshot } from './sample.js';

const isRoot = process.getuid?.() === 0;
const sample = (): Promise<Workspace> => Workspace.create('sqlite', sampleText);

/** True when a command of the system works here; a sandbox may lack the right to mount, or a file system its lists. */
function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const canMount =
  isRoot && process.platform === 'linux' && works('unshare', '--mount', 'true') && works('mountpoint', '/');

describe.runIf(canMount)('a file that is a mount of its own', () => {
  it('is refused before anything is stored, with the way that works', async () => {
    const w = await sample();
    const source = path.join(w.folder, 'source of it.yml');
    const mounted = path.join(w.folder, 'a mount.yml');
    renameSync(w.file, source);
    writeFileSync(mounted, '');
    execFileSync('mount', ['--bind', source, mounted]);
    onTestFinished(() => void execFileSync('umount', [mounted]));
    const before = await snapshot(w);
    const run = (...args: string[]): Promise<Run> =>
      w.run(['import-legacy', 'a mount.yml', ...plain, ...args]);
    const refused = await run();
    expect({ code: refused.code, err: refused.err }).toEqual({
      code: 4,
      err: expect.stringMatching(/mount of its own[^]*--output FILE/) as string,
    });
    expect(await snapshot(w)).toEqual(before);
    const dry = await run('--dry-run');
    expect(dry).toMatchObject({ code: 4, err: expect.stringContaining('mount of its own') as string });
    expect((await run('--output', 'new.yml')).code).toBe(0);
  });
});

/** An access list that lets one more user read, as `setfacl` writes it. Undefined where the file system has none. */
function giveList(file: string): boolean {
  const script = `
import os,struct,sys
entries=[(1,6,0xffffffff),(2,4,65534),(4,0,0xffffffff),(16,4,0xffffffff),(32,0,0xffffffff)]
os.setxattr(sys.argv[1],'system.posix_acl_access',struct.pack('<I',2)+b''.join(struct.pack('<HHI',t,m,i) for t,m,i in entries))
os.setxattr(sys.argv[1],'user.note',b'kept')`;
  return works('python3', '-c', script, file);
}

function attributes(file: string): string {
  const script = `
import os,sys
f=sys.argv[1]
print(sorted((n,os.getxattr(f,n).hex()) for n in os.listxattr(f)))`;
  return execFileSync('python3', ['-c', script, file], { encoding: 'utf8' });
}

describe.runIf(process.platform === 'linux')('access lists and attributes', () => {
  it('survive the rewrite and its undo', async (context) => {
    const w = await sample();
    if (!giveList(w.file)) context.skip('no access lists on this file system');
    const [before, mode] = [attributes(w.file), statSync(w.file).mode];
    expect(before).toContain('user.note');
    expect((await w.import(plain)).code).toBe(0);
    expect(w.text()).not.toContain('timmy');
    expect(attributes(w.file)).toBe(before);
    expect(statSync(w.file).mode).toBe(mode);
    expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
    expect(attributes(w.file)).toBe(before);
  });

  it('are given up with --drop-attributes', async (context) => {
    const w = await sample();
    if (!giveList(w.file)) context.skip('no access lists on this file system');
    expect((await w.import([...plain, '--drop-attributes'])).code).toBe(0);
    expect(attributes(w.file)).toBe('[]\n');
  });
});

describe('while the import waits', () => {
  it.each([
    ['chmod', (file: string) => chmodSync(file, 0o600)],
    ...(isRoot ? [['chown', (file: string) => chownSync(file, 1234, 4321)] as const] : []),
  ] as const)('a %s is not undone', async (_, change) => {
    const w = await sample();
    const prepared = await prepareImport({ file: w.file, url: w.url });
    let facts = statSync(w.file);
    await carryOut(prepared, (step) => {
      if (step !== 'commit') return;
      change(w.file);
      facts = statSync(w.file);
    });
    const { uid, gid, mode } = statSync(w.file);
    expect({ uid, gid, mode }).toEqual({ uid: facts.uid, gid: facts.gid, mode: facts.mode });
    expect(w.text()).not.toContain('timmy');
  });

  it('a link that takes the place of the file is not followed', async () => {
    const w = await sample();
    const prepared = await prepareImport({ file: w.file, url: w.url });
    const moved = path.join(w.folder, 'moved.yml');
    const run = carryOut(prepared, (step) => {
      if (step !== 'commit') return;
      renameSync(w.file, moved);
      symlinkSync('moved.yml', w.file);
    });
    await expect(run).rejects.toMatchObject({ code: 'legacy/changed-meanwhile' });
    expect(lstatSync(w.file).isSymbolicLink()).toBe(true);
    expect(readFileSync(moved, 'utf8')).toContain('timmy');
    expect(await w.values()).toEqual({});
  });
});

it('removes what waited for this very file, and nothing that waited for another one', async () => {
  const w = await sample();
  const others = ['.config.yml.prod.tmi-dbtool.tmp', '.config.yml.20260101-000000.bak.old.tmi-dbtool.tmp'];
  const own = ['.config.yml.tmi-dbtool.tmp', '.config.yml.20260101-000000.bak.tmi-dbtool.tmp'];
  for (const name of [...others, ...own]) writeFileSync(path.join(w.folder, name), '');
  expect((await w.import(plain)).code).toBe(0);
  expect(w.files().filter((name) => name.endsWith('.tmp'))).toEqual(others.toSorted());
});
