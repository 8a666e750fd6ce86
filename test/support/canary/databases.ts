import { basename, join } from 'node:path';
import { freshDatabase, type TestEngine } from '../database.js';

/** The database of a world. */
export interface WorldDatabase {
  readonly url: string;
  /** What `--confirm` asks for. */
  readonly name: string;
  dispose(): Promise<void>;
}

/** @param folder of the world, which a database in a file belongs to */
export async function openDatabase(engine: TestEngine, folder: string): Promise<WorldDatabase> {
  if (engine === 'sqlite') {
    const file = join(folder, 'tmi.db');
    return { url: `sqlite://${file}`, name: basename(file), dispose: () => Promise.resolve() };
  }
  const { url, dispose } = await freshDatabase(engine);
  const { pathname, searchParams, username } = new URL(url);
  // A schema is a user there.
  const name = engine === 'oracle' ? username : (searchParams.get('database') ?? pathname.slice(1));
  return { url, name, dispose };
}
