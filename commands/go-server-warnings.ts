import type { Database } from '../src/database/index.js';
import { goServerDifferences } from '../src/database/go-server-url.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';

/**
 * Says, before anything is written, what a Go server 1.8 makes of the URL, when the database is that of such a server.
 * Where it would open another database, that is said in any case: its own tables are not in this one then.
 * @param url of the database, in the clear
 */
export async function warnOfGoServer(database: Database, url: string, io: Io): Promise<void> {
  const found = goServerDifferences(url);
  if (found.length === 0) return;
  const { hasGoServerRun } = await import('../src/settings/go-server.js');
  // It is a warning beside the work, which says itself when the database cannot be read.
  const isGo = await hasGoServerRun(database).catch(() => false);
  for (const { kind, message, hint } of found) {
    if (!isGo && kind !== 'go-url-other-database') continue;
    io.stderr.write(escapeControls(`warning: ${message}. ${hint}`) + '\n');
  }
}
