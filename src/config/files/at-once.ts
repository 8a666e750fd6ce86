import fs from 'node:fs';

/**
 * What `node:fs/promises` has, done at once. There each call takes a way through the thread pool and back that lasts longer
 * than the call itself, and an import makes some seventy. It is for configurations and receipts, which are small; what
 * waits for a disk, `sync`, is left to the pool.
 */

/** Answers by a promise, and fails by one. */
const atOnce =
  <A extends readonly unknown[], R>(act: (...args: A) => R) =>
  (...args: A): Promise<R> =>
    new Promise((resolve) => resolve(act(...args)));

export const access = atOnce((file: string, mode?: number) => fs.accessSync(file, mode));
export const link = atOnce((file: string, name: string) => fs.linkSync(file, name));
export const lstat = atOnce((file: string) => fs.lstatSync(file));
/** Times to the nanosecond. */
export const lstatExact = atOnce((file: string) => fs.lstatSync(file, { bigint: true }));
export const readdir = atOnce((folder: string) => fs.readdirSync(folder));
export const realpath = atOnce((file: string) => fs.realpathSync.native(file));
export const rename = atOnce((from: string, to: string) => fs.renameSync(from, to));
export const stat = atOnce((file: string) => fs.statSync(file));

/** Takes a file away; one that is not there is gone already. */
export const remove = atOnce((file: string): void => {
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
});

/** An open file, as far as giving it an owner, a mode and a place on the disk goes; a `FileHandle` is one too. */
export interface OpenFile {
  readonly fd: number;
  stat(): Promise<fs.Stats>;
  chown(uid: number, gid: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
}

/** An open small file. */
export interface SmallFile extends OpenFile {
  writeFile(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** @param mode of a file that is made by it */
export const open = atOnce((file: string, flags: string | number, mode?: number): SmallFile => {
  const fd = fs.openSync(file, flags, mode);
  return {
    fd,
    stat: atOnce(() => fs.fstatSync(fd)),
    chown: atOnce((uid: number, gid: number) => fs.fchownSync(fd, uid, gid)),
    chmod: atOnce((mode: number) => fs.fchmodSync(fd, mode)),
    sync: () =>
      new Promise((resolve, reject) => fs.fsync(fd, (error) => (error ? reject(error) : resolve()))),
    writeFile: atOnce((bytes: Uint8Array) => fs.writeFileSync(fd, bytes)),
    close: atOnce(() => fs.closeSync(fd)),
  };
});
