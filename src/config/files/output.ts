import { randomBytes } from 'node:crypto';
import { link, lstat, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ToolError, type ErrorCode } from '../../errors/index.js';
import { readStart } from './input.js';
import { cannotWrite, finishFile, openNew, syncFolder, withoutLinks, type FileOwnership } from './write.js';

/** A file that the run works with, and which no output may take the place of. */
export interface FileInUse {
  /** Absolute. It need not exist: SQLite makes its log when it needs it. */
  readonly path: string;
  /** Ends the sentence "OUTPUT is …": `the configuration in use`. */
  readonly what: string;
}

export interface OutputRequest {
  /** Absolute path. A link is followed to its target. */
  readonly file: string;
  /** As the user gave it, for messages. */
  readonly name: string;
  /** True when a regular file of this name may be replaced. Nothing else ever is. */
  readonly overwrite: boolean;
  /** What the run itself works with; `Context.filesInUse` knows. */
  readonly inUse: readonly FileInUse[];
  /** Code of the error that says that the name is taken. */
  readonly exists: ErrorCode;
  /** How to get past a name that is taken, for that error. */
  readonly wayOut?: string | undefined;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** What every SQLite database begins with, and the endings of the files that lie beside one while it is used. */
const SQLITE_HEADER = Buffer.from('SQLite format 3\0', 'latin1');
const besideDatabase = /-(?:wal|shm|journal)$/;

async function isDatabase(file: string): Promise<boolean> {
  const start = await readStart(file, SQLITE_HEADER.length).catch(() => undefined);
  return start?.equals(SQLITE_HEADER) ?? false;
}

const MAX_LINKS = 40;

/** Where a path leads through all its links, be there a file at the end of them or not. */
async function followed(file: string, links = 0): Promise<string> {
  const whole = await realpath(file).catch(() => undefined);
  if (whole !== undefined) return whole;
  const folder = await realpath(path.dirname(file)).catch(() => path.dirname(file));
  const place = path.join(folder, path.basename(file));
  const target = await readlink(place).catch(() => undefined);
  if (target === undefined || links >= MAX_LINKS) return place;
  return followed(path.resolve(folder, target), links + 1);
}

async function isSame(target: string, used: string): Promise<boolean> {
  if ((await followed(used)) === target) return true;
  const [a, b] = await Promise.all([target, used].map((file) => stat(file).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** @throws ToolError `config/output-in-use` */
async function assertNotInUse(target: string, { name, inUse }: OutputRequest): Promise<void> {
  const refuse = (what: string): ToolError =>
    new ToolError('config/output-in-use', `${name} is ${what}, and nothing replaces it`, {
      hint: 'Name another file. It stands as it was.',
    });
  for (const used of inUse) if (await isSame(target, used.path)) throw refuse(used.what);
  if (await isDatabase(target)) throw refuse('an SQLite database');
  if (besideDatabase.test(target) && (await isDatabase(target.replace(besideDatabase, '')))) {
    throw refuse('a file of the SQLite database beside it');
  }
}

function taken({ name, exists, wayOut }: OutputRequest): ToolError {
  return new ToolError(exists, `${name} exists already`, {
    hint: wayOut ?? 'Choose another name, or pass --overwrite.',
  });
}

/**
 * The file that an output may take the place of, or become: where the name's links lead. Asked before the work begins,
 * and again by `openOutput` and before the file gets its name.
 * @throws ToolError `config/output-in-use`, whatever `overwrite` says, for a file that the run works with and for every
 *   SQLite database; `config/output-not-a-file` for a folder, device, pipe or socket; the request's `exists` code for a
 *   name that is taken and may not be replaced
 */
export async function outputTarget(request: OutputRequest): Promise<string> {
  const { file, name, overwrite } = request;
  const target = await followed(file);
  await assertNotInUse(target, request);
  const facts = await stat(target).catch(() => undefined);
  if (facts && !facts.isFile()) {
    throw new ToolError('config/output-not-a-file', `${name} is no regular file, and is not replaced`, {
      hint: facts.isDirectory() ? 'Name a file in it.' : 'Name a file, or send standard output there with >.',
    });
  }
  // A link that leads nowhere is a name that is taken, too.
  const isTaken = facts !== undefined || (await lstat(file).catch(() => undefined)) !== undefined;
  if (isTaken && !overwrite) throw taken(request);
  return target;
}

/** A file that is being written under another name, beside the place where it will lie. */
export interface Output {
  /** Where it will lie. */
  readonly target: string;
  /** Where it lies meanwhile: a hidden file whose name ends in `.tmi-dbtool.tmp`. */
  readonly staged: string;
  /** To write to it. Whoever makes a stream of it closes it. */
  readonly handle: FileHandle;
  /** Gives the complete file its name; old file or new file, never a part. @throws as `outputTarget` */
  place(): Promise<void>;
  /** Takes it away again; harmless after `place`. */
  discard(): Promise<void>;
}

/** Puts the staged file in its place. A name that was taken meanwhile is left alone. */
async function place(staged: string, target: string, request: OutputRequest): Promise<void> {
  if ((await outputTarget(request)) !== target) throw taken(request); // its links lead elsewhere now
  if (!request.overwrite) {
    try {
      await link(staged, target); // unlike rename, link never replaces a file
      await rm(staged);
      return;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw taken(request);
      if (!withoutLinks.has(codeOf(error))) throw error;
      // A file system without hard links.
      if (await lstat(target).catch(() => undefined)) throw taken(request);
    }
  }
  await rename(staged, target);
}

/**
 * Opens a file to write. Every output of the tool comes from here; what it replaces in place, such as the configuration
 * that it rewrites and its own receipts, from `stageFile` beside it.
 * @throws ToolError as `outputTarget`; the file system's errors
 */
export async function openOutput(request: OutputRequest): Promise<Output> {
  const target = await outputTarget(request);
  const staged = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(4).toString('hex')}.tmi-dbtool.tmp`,
  );
  const handle = await openNew(staged);
  return {
    target,
    staged,
    handle,
    async place() {
      await place(staged, target, request);
      await syncFolder(path.dirname(target));
    },
    async discard() {
      await handle.close().catch(() => undefined); // a stream may have closed it
      await rm(staged, { force: true }).catch(() => undefined);
    },
  };
}

/**
 * Writes a whole output: complete, synced, and for its owner only unless `ownership` says otherwise.
 * @returns the path of the file that was written, behind all links
 * @throws ToolError as `outputTarget`; `config/cannot-write-file`
 */
export async function writeOutput(
  request: OutputRequest,
  bytes: Uint8Array,
  ownership: FileOwnership = { mode: 0o600 },
): Promise<string> {
  let output: Output | undefined;
  try {
    output = await openOutput(request);
    await output.handle.writeFile(bytes);
    await finishFile({ handle: output.handle, path: output.staged }, ownership);
    await output.place();
    return output.target;
  } catch (error) {
    throw error instanceof ToolError ? error : cannotWrite(request.name, error);
  } finally {
    await output?.discard();
  }
}
