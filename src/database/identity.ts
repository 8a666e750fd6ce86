import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { DatabaseTarget } from './contract.js';
import { describeTarget } from './target.js';

/** The file itself, whatever folder the command was started in and whatever link led to it. */
export function realFile(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  const folder = dirname(absolute);
  return existsSync(folder) ? join(realpathSync(folder), basename(absolute)) : absolute;
}

/**
 * Says which database a target is, so that two targets can be compared: `postgres://user@host:5432/name`, or for a
 * file its real path, since a relative one means another file in another folder. Safe to print and to keep.
 */
export function identifyTarget(target: DatabaseTarget): string {
  if (target.engine !== 'sqlite' || target.database === ':memory:') return describeTarget(target);
  return `sqlite://${realFile(target.database)}`;
}
