import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Binary, finished, type BinaryRun } from '../support/binary.js';
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

// As in Alpine's images, whose `cp` keeps none of it and says nothing.
describe.runIf(process.platform === 'linux')('access lists and attributes without a GNU cp', () => {
  let binary: Binary;
  beforeAll(async () => void (binary = await Binary.create()));
  afterAll(() => binary.dispose());

  const small = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator:\n  name: Ann\n';
  const python = `#!${execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()}\n`;
  const programs: Readonly<Record<string, string>> = {
    cp: `#!/bin/sh\necho "cp: unrecognized option '--version'\nBusyBox v1.36.1" >&2\nexit 1\n`,
    // As the real ones answer, from what the file really has.
    getfattr: `${python}import os,sys\nnames=os.listxattr(sys.argv[-1])\nif names: print('# file: '+sys.argv[-1], *names, sep='\\n')\n`,
    getfacl: `${python}import os,sys\nif 'system.posix_acl_access' in os.listxattr(sys.argv[-1]): print('# file: '+sys.argv[-1], 'user::rw-', 'user:1:r--', sep='\\n')\n`,
  };

  /** Imports, and undoes, with nothing but these programs. */
  interface Poor {
    (...args: string[]): Promise<BinaryRun & { readonly after: string }>;
    readonly undo: (...args: string[]) => ReturnType<Poor>;
    readonly w: Workspace;
  }

  async function without(
    context: { skip: (why: string) => void },
    given: readonly string[],
    isListed: boolean,
  ): Promise<Poor> {
    const w = await Workspace.create('sqlite', small);
    if (isListed && !giveList(w.file)) context.skip('no access lists on this file system');
    const folder = path.join(w.folder, 'bin');
    mkdirSync(folder);
    for (const name of ['cp', ...given])
      writeFileSync(path.join(folder, name), programs[name] ?? '', { mode: 0o755 });
    const start = async (args: readonly string[]): ReturnType<Poor> => {
      const words = [...binary.command.slice(1), 'import-legacy', ...args];
      const child = spawn(process.execPath, words, { cwd: w.folder, env: { PATH: folder } });
      return { ...(await finished(child)), after: w.text() };
    };
    const undo: Poor['undo'] = (...args) => start(['--undo', w.receipt(), ...args]);
    return Object.assign((...args: string[]) => start(['config.yml', ...args]), { w, undo });
  }

  it.for(['getfattr', 'getfacl'])(
    'are refused where %s shows some, until they may go',
    async (given, context) => {
      const run = await without(context, [given], true);
      for (const args of [['--dry-run'], []]) {
        const { code, err, after } = await run(...args);
        expect({ code, err }).toEqual({
          code: 4,
          err: expect.stringMatching(/there is no GNU cp here[^]*--drop-attributes/) as string,
        });
        expect(after).toContain('name: Ann');
      }
      expect((await run('--no-rewrite', '--dry-run')).code).toBe(0);
      const dropped = await run('--drop-attributes');
      expect(dropped.code).toBe(0);
      expect(dropped.after).not.toContain('name: Ann');
    },
  );

  it('are no matter where getfattr shows none', async (context) => {
    const { code, out, after } = await (await without(context, ['getfattr'], false))();
    expect(code).toBe(0);
    expect(out).not.toContain('cannot be told here');
    expect(after).not.toContain('name: Ann');
  });

  it('are spoken of in plan and last lines where nothing can tell', async (context) => {
    const run = await without(context, ['getfacl'], false);
    const planned = await run('--dry-run');
    expect(planned.out).toContain('cannot be told here');
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').slice(-4).join('\n')).toContain('cannot be told here');
  });

  it('stop an undo that would lose them, until they may go', async (context) => {
    const run = await without(context, ['getfattr'], false);
    expect((await run()).code).toBe(0);
    if (!giveList(run.w.file)) context.skip('no access lists on this file system');
    const rows = await run.w.values();
    const refused = await run.undo();
    expect({ code: refused.code, err: refused.err }).toEqual({
      code: 4,
      err: expect.stringMatching(/old text could not keep[^]*--drop-attributes/) as string,
    });
    expect(refused.after).not.toContain('name: Ann');
    expect(await run.w.values()).toEqual(rows);
    const dropped = await run.undo('--drop-attributes');
    expect(dropped.code, dropped.err).toBe(0);
    expect(dropped.after).toContain('name: Ann');
    expect(await run.w.values()).toEqual({});
  });

  it('are spoken of by an undo where nothing can tell', async (context) => {
    const run = await without(context, ['getfacl'], false);
    expect((await run()).code).toBe(0);
    const { code, err, after } = await run.undo();
    expect(code).toBe(0);
    expect(err).toContain('cannot be told here');
    expect(after).toContain('name: Ann');
  });
});
