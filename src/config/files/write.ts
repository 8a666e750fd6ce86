import { constants } from 'node:fs';
import { open as openLarge, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../../errors/index.js';
import { link, lstat, lstatExact, open, remove, rename, type OpenFile } from './at-once.js';
import { copyAttributes, type NewFile } from './attributes.js';
import { cannotWriteWords } from './fault-words.js';

/** Who may read the file, and whose it is; without `uid` and `gid` it belongs to the process. */
export interface FileOwnership {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** True when a file that the process may not give away is fine too: it then keeps the group alone, or neither. */
  readonly ownerIfPermitted?: boolean;
  /**
   * File whose access lists, extended attributes and label it gets, and what of mode and owner has changed until it takes
   * that file's place.
   */
  readonly attributesOf?: string;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

export function cannotWrite(file: string, error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  return new ToolError('config/cannot-write-file', `${file} cannot be written${cannotWriteWords(error)}`, {
    hint: 'Check the free space and the permissions of its folder, or write elsewhere with --output FILE.',
    cause: error,
  });
}

/**
 * Makes the entries of a folder durable. Some file systems refuse to sync a folder, and some folders may be written
 * but not opened; then there is no more to do, and what was written is in place already.
 */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Has the disk keep a file that is written and closed. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives the file its owner. File systems without owners refuse even to leave everything as it is, so that is not asked. */
async function own(handle: OpenFile, { uid, gid, ownerIfPermitted }: FileOwnership): Promise<void> {
  const facts = await handle.stat();
  const [toUid, toGid] = [uid ?? facts.uid, gid ?? facts.gid];
  if (toUid === facts.uid && toGid === facts.gid) return;
  const refused = (error: unknown): boolean => ownerIfPermitted === true && codeOf(error) === 'EPERM';
  try {
    await handle.chown(toUid, toGid);
  } catch (error) {
    if (!refused(error)) throw error;
    // Somebody who is not root may still choose among the groups that he belongs to.
    await handle.chown(facts.uid, toGid).catch((fault: unknown) => {
      if (!refused(fault)) throw fault;
    });
  }
}

/**
 * How a file is opened to write, here alone: always a new one, for its owner only. Nothing that exists is opened, be it a
 * file, a link or a device; a complete file takes a name by being renamed or linked to it.
 */
const NEW = ['wx+', 0o600] as const;

/** Opens a file of any size to write. */
export function openNew(file: string): Promise<FileHandle> {
  return openLarge(file, ...NEW);
}

/** Gives a file that is written its owner and mode, and has the disk keep it. */
export async function finishFile({ handle, path: file }: NewFile, ownership: FileOwnership): Promise<void> {
  await own(handle, ownership);
  await handle.chmod(ownership.mode);
  if (ownership.attributesOf !== undefined)
    await copyAttributes(ownership.attributesOf, { handle, path: file });
  await handle.sync();
}

/**
 * Writes a file that must not exist yet. Until it is complete and has its owner, nobody else may read it; when it
 * cannot be completed, it is taken away again.
 */
async function writeSynced(file: string, bytes: Uint8Array, ownership: FileOwnership): Promise<void> {
  const handle = await open(file, ...NEW);
  try {
    await handle.writeFile(bytes);
    await finishFile({ handle, path: file }, ownership);
  } catch (error) {
    await remove(file).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/** Long enough for a clock that stands still between two of its ticks. */
const TICK_NS = 100_000_000n;
const SECOND_NS = 1_000_000_000n;

/** The last change of a file's owner, mode, attributes or content. */
interface LastChange {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly at: bigint;
}

/**
 * When a file was changed last. Undefined where a change to come may not show by it: the last one was just now, or the
 * file system counts whole seconds.
 */
async function lastChange(file: string): Promise<LastChange | undefined> {
  const { dev, ino, ctimeNs } = await lstatExact(file);
  const isExact = ctimeNs % SECOND_NS !== 0n && BigInt(Date.now()) * 1_000_000n - ctimeNs > TICK_NS;
  return isExact ? { dev, ino, at: ctimeNs } : undefined;
}

function isSameChange(a: LastChange | undefined, b: LastChange | undefined): boolean {
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino && a.at === b.at;
}

/** What somebody has changed of the file's mode, owner and attributes while its new version waited counts. */
async function catchUp(
  staged: string,
  file: string,
  { mode, uid, gid }: FileOwnership,
  before: LastChange | undefined,
): Promise<void> {
  if (isSameChange(before, await lastChange(file))) return;
  const now = await lstat(file);
  const handle = await open(staged, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    if (now.uid !== uid || now.gid !== gid) await own(handle, { mode, uid: now.uid, gid: now.gid });
    await handle.chmod(now.mode & 0o7777);
    await copyAttributes(file, { handle, path: staged });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A complete new version of a file, waiting beside it. */
export interface StagedFile {
  /** Puts the new version in the file's place, durably. */
  commit(): Promise<void>;
  /** Takes the new version away again; the file itself is untouched. */
  discard(): Promise<void>;
}

/** The name of the file that waits beside `file` to take its place. A leftover of a killed run has this name too. */
export function stagedName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.tmi-dbtool.tmp`);
}

/**
 * Writes a complete, synced new version beside `file`, so that putting it in place is one rename.
 * A leftover of a killed run is replaced.
 * @throws ToolError `config/cannot-write-file`
 */
export async function stageFile(
  file: string,
  bytes: Uint8Array,
  ownership: FileOwnership,
): Promise<StagedFile> {
  const staged = stagedName(file);
  const { attributesOf } = ownership;
  let before: LastChange | undefined;
  try {
    await remove(staged);
    if (attributesOf !== undefined) before = await lastChange(attributesOf);
    await writeSynced(staged, bytes, ownership);
  } catch (error) {
    throw cannotWrite(file, error);
  }
  return {
    async commit() {
      try {
        if (attributesOf !== undefined) await catchUp(staged, attributesOf, ownership, before);
        await rename(staged, file);
        await syncFolder(path.dirname(file));
      } catch (error) {
        throw cannotWrite(file, error);
      }
    },
    discard: () => remove(staged),
  };
}

/** Replaces a file, or creates it: either the old version stands or the new one, never a part. */
export async function replaceFile(file: string, bytes: Uint8Array, ownership: FileOwnership): Promise<void> {
  const staged = await stageFile(file, bytes, ownership);
  try {
    await staged.commit();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** What file systems without hard links, such as FAT and some network shares, answer to `link`. */
export const withoutLinks: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
]);

/** The second best way to create a file: a kill can leave a part of it behind, but it never replaces a file. */
async function createInPlace(file: string, bytes: Uint8Array, ownership: FileOwnership): Promise<boolean> {
  try {
    await writeSynced(file, bytes, ownership);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw cannotWrite(file, error);
  }
}

/** A complete new file, waiting beside the name that it is to have. */
export interface StagedNew {
  /** Gives it its name, durably. @returns false when a file of that name exists already */
  place(): Promise<boolean>;
  /** Takes it away again. */
  discard(): Promise<void>;
}

/**
 * Writes a complete, synced file that is to have a name which no file has yet.
 * @throws ToolError `config/cannot-write-file`
 */
export async function stageNew(
  file: string,
  bytes: Uint8Array,
  ownership: FileOwnership,
): Promise<StagedNew> {
  const staged = await stageFile(file, bytes, ownership);
  const place = async (): Promise<boolean> => {
    try {
      await link(stagedName(file), file); // unlike rename, link never replaces a file
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      if (!withoutLinks.has(codeOf(error))) throw cannotWrite(file, error);
      if (!(await createInPlace(file, bytes, ownership))) return false;
    } finally {
      await staged.discard();
    }
    await syncFolder(path.dirname(file));
    return true;
  };
  return { place, discard: () => staged.discard() };
}

/**
 * Creates a file that must not exist yet; it appears complete and synced, or not at all.
 * @returns false when a file of that name exists already
 * @throws ToolError `config/cannot-write-file`
 */
export async function createFile(
  file: string,
  bytes: Uint8Array,
  ownership: FileOwnership,
): Promise<boolean> {
  const staged = await stageNew(file, bytes, ownership);
  return staged.place();
}
