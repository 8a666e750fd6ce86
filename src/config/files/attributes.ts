import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, resolve as resolvePath } from 'node:path';
import { ToolError } from '../../errors/index.js';
import { stat, type OpenFile } from './at-once.js';
import { readInputSync } from './input.js';

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs a program, with an open file as its descriptor 3. Undefined where there is no such program. */
async function run(
  program: string,
  args: readonly string[],
  descriptor?: number,
): Promise<Ended | undefined> {
  // eslint-disable-next-line project/dynamic-imports -- Node has no call for access lists and attributes; the programs and their arguments stand here.
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      // With a file to work on nothing but a fault is of interest, and a pipe takes long to set up.
      stdio: ['ignore', descriptor === undefined ? 'pipe' : 'ignore', 'pipe', descriptor ?? 'ignore'],
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve({ code, out }));
  });
}

/** GNU's `cp` by itself has 150 kB. Larger ones are many programs in one, and what they say may be about another. */
const MOST_BYTES = 1_000_000;

/** The program that would be started, where it can be; undefined where none is there. */
function findProgram(name: string): string | undefined {
  // eslint-disable-next-line no-restricted-globals -- where a program that is started by its name is looked for
  const files = (process.env['PATH'] ?? '').split(delimiter).map((folder) => resolvePath(folder, name));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether the file of `cp` holds the words that it prints when asked: starting it takes twenty times as long. */
function saysGnuInItsFile(): boolean {
  try {
    const bytes = readInputSync(findProgram('cp') ?? '', MOST_BYTES);
    return bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')) && bytes.includes('GNU coreutils\0');
  } catch {
    return false; // whatever it is, it can still be asked
  }
}

let known: Promise<boolean> | undefined;

/** Node cannot read attributes, and of the programs that can only this one is everywhere and says when it fails. */
function hasGnuCp(): Promise<boolean> {
  known ??= saysGnuInItsFile()
    ? Promise.resolve(true)
    : run('cp', ['--version']).then((ended) => ended?.out.includes('GNU coreutils') === true);
  return known;
}

/** Begins to ask which programs are there, for whoever will need them in a moment. */
export function prepareAttributes(): void {
  void hasGnuCp();
}

/** What becomes of the access lists, attributes and label of a file when a new version takes its place. */
export type AttributesFate =
  /** They are copied, or the copy fails loudly; or there are none. */
  | { readonly kind: 'kept' }
  /** There are some, as a program says, and none that could copy them. */
  | { readonly kind: 'lost'; readonly what: string }
  /** No program here can tell whether there are any. */
  | { readonly kind: 'unknown' };

/** Lines that name something, without comments such as the name of the file. */
const namesIn = ({ out }: Ended): string[] =>
  out.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.replace(/=.*$/, '')]));

/**
 * Finds out what would become of a file's access lists, attributes and label, where no GNU `cp` is there to copy them,
 * as in Alpine's images.
 */
export async function attributesFate(file: string): Promise<AttributesFate> {
  if (await hasGnuCp()) return { kind: 'kept' };
  // Of all kinds, access lists and labels among them.
  const all = await run('getfattr', ['--absolute-names', '-m', '-', '--', file]);
  if (all?.code === 0) {
    const names = namesIn(all);
    return names.length === 0 ? { kind: 'kept' } : { kind: 'lost', what: names.join(', ') };
  }
  // It knows access lists alone, and leaves those out that say what the mode says.
  const lists = await run('getfacl', ['--absolute-names', '--skip-base', '--', file]);
  if (lists?.code === 0 && namesIn(lists).length > 0) return { kind: 'lost', what: 'an access list' };
  return { kind: 'unknown' };
}

/** A new file: open to write, and the name that it waits under. */
export interface NewFile {
  readonly handle: OpenFile;
  readonly path: string;
}

/**
 * What names an open file to a program: where `/proc` is, the very file that is open, whatever stands at its name by
 * now; elsewhere (a chroot without `/proc`) the name, once it was seen to lead to that file.
 */
async function nameFor({ handle, path }: NewFile, descriptors: string): Promise<string> {
  if (existsSync(descriptors)) return `${descriptors}/3`;
  const [named, opened] = await Promise.all([stat(path), handle.stat()]);
  if (named.dev === opened.dev && named.ino === opened.ino) return path;
  throw cannotKeep(path, 'another file has taken its place');
}

function cannotKeep(file: string, reason: string): ToolError {
  return new ToolError(
    'config/cannot-keep-attributes',
    `The new version of ${file} could not keep its access lists, attributes or label (${reason})`,
    {
      hint: 'Write the new text elsewhere with --output FILE, or go on without them: --drop-attributes.',
    },
  );
}

/**
 * Gives an open file the access lists, extended attributes and security label of another one. Where no GNU `cp` is
 * there to do so, nothing happens: `attributesFate` tells beforehand what that means.
 * @param descriptors folder in which a program finds what it was started with
 * @throws ToolError `config/cannot-keep-attributes` when something of them cannot be kept
 */
export async function copyAttributes(
  from: string,
  to: NewFile,
  descriptors = '/proc/self/fd',
): Promise<void> {
  if (!(await hasGnuCp())) return;
  const kinds = ['mode', 'xattr', ...(existsSync('/sys/fs/selinux/enforce') ? ['context'] : [])];
  const target = await nameFor(to, descriptors);
  const ended = await run(
    'cp',
    ['--attributes-only', `--preserve=${kinds.join(',')}`, '--', from, target],
    to.handle.fd,
  );
  if (ended?.code === 0) return;
  const [reason = 'cp failed'] = (ended?.out ?? '').split('\n');
  throw cannotKeep(from, reason.replace(/^cp: /, ''));
}
