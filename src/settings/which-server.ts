import type { ServerModel } from '../config/precedence.js';
import type { DatabaseSession } from '../database/contract.js';
import { hasGoServerRun } from './go-server.js';
import { markedServer } from './stamp.js';
import type { SettingsTable } from './store.js';

/** How it is known which server reads a configuration. The code is part of the JSON contract; the text is for people. */
export const serverReasons = {
  option: '--server says so',
  answer: 'the answer at the terminal says so',
  variable: 'TMI_DBTOOL_SERVER says so',
  file: 'a comment in the head of the file says so',
  'go-server': 'a Go server has run in this database',
  library: "a server made with this tool's library has marked this database",
  unmarked: 'the database has settings and no mark of the server that reads them',
  empty: 'the database is empty, so that nobody can tell',
} as const;
export type ServerReason = keyof typeof serverReasons;

export interface WhichServer {
  readonly model: ServerModel;
  readonly reason: ServerReason;
}

/** True where the model is the documented one for want of a sign. */
export function isGuess({ reason }: WhichServer): boolean {
  return reason === 'unmarked' || reason === 'empty';
}

/**
 * The server whose database it is. A Go server's tables outweigh the library's mark: what stays in the file for such a
 * server is read by the other one too.
 * @throws ToolError when the database does not answer: nothing follows from that
 */
export async function serverOfDatabase(
  session: Pick<DatabaseSession, 'readTable'>,
  table: Pick<SettingsTable, 'exists' | 'rows'>,
): Promise<WhichServer> {
  if (await hasGoServerRun(session)) return { model: '1.8', reason: 'go-server' };
  const marked = await markedServer(session);
  if (marked !== undefined) return { model: marked, reason: 'library' };
  const isEmpty = !table.exists || table.rows.size === 0;
  return { model: 'documented', reason: isEmpty ? 'empty' : 'unmarked' };
}
