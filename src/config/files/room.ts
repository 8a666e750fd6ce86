import { statfs } from 'node:fs/promises';

/**
 * Bytes that this process may still write on the file system of a folder; undefined where the system does not say.
 * @param uid effective user: room that is kept for root counts for root alone
 */
export async function roomIn(folder: string, uid: number | undefined): Promise<number | undefined> {
  const facts = await statfs(folder).catch(() => undefined);
  if (!facts || facts.blocks === 0) return undefined;
  // A file system without places for files left takes none, whatever its room. Some do not count them.
  if (facts.files > 0 && facts.ffree === 0) return 0;
  return (uid === 0 ? facts.bfree : facts.bavail) * facts.bsize;
}

/** Files take whole blocks. */
export function roomFor(sizes: readonly number[]): number {
  const BLOCK = 4096;
  return sizes.reduce((sum, size) => sum + Math.ceil(size / BLOCK) * BLOCK, 0);
}
