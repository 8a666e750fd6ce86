import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import { realFile } from '../../identity.js';
import { nothingWritable, type MissingRight } from '../../rights.js';

function mayWrite(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** The file, and the folder, where the journal and the lock of a run are made. */
export function missingRights(_: Knex, { database }: DatabaseTarget): Promise<readonly MissingRight[]> {
  if (database === ':memory:') return Promise.resolve([]);
  const file = realFile(database);
  const folder = dirname(file);
  const fix = (path: string): string =>
    `Run the command as the owner, or give this user the right: chmod u+w ${path}`;
  const mayMake = mayWrite(folder, constants.W_OK | constants.X_OK);
  const mayChange = !existsSync(file) || mayWrite(file, constants.W_OK);
  const what = `The folder ${folder} of the database file may not be written by this user`;
  return Promise.resolve([
    // The lock is the first that a run makes there, and opening its file fails.
    ...(mayMake ? [] : [{ ...nothingWritable(what, fix(folder)), code: 'database/unreachable' as const }]),
    ...(mayChange
      ? []
      : [nothingWritable(`The database file ${file} may not be written by this user`, fix(file))]),
  ]);
}
