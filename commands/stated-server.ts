import type { ServerChoice } from '../src/config/precedence.js';
import { readServerWord, serverOfComment } from '../src/config/server-comment.js';
import { variable } from '../src/config/variable.js';
import type { YamlText } from '../src/config/yaml/parse.js';
import type { WhichServer } from '../src/settings/which-server.js';
import type { Io } from './io.js';

/** Says once for a pipeline which server reads the configuration. */
const SERVER_VARIABLE = 'TMI_DBTOOL_SERVER';

/**
 * The server that somebody named: by the option, the variable, or a comment in the head of the file, in this order.
 * @throws ToolError `usage/bad-argument` for a word that names no server
 */
export function statedServer(
  { server }: { readonly server?: ServerChoice },
  io: Pick<Io, 'env'>,
  file?: Pick<YamlText, 'text' | 'file'>,
): WhichServer | undefined {
  if (server !== undefined && server !== 'auto') return { model: server, reason: 'option' };
  const word = variable(io.env, SERVER_VARIABLE);
  const ofVariable = word === undefined ? undefined : readServerWord(word, SERVER_VARIABLE);
  if (ofVariable !== undefined) return { model: ofVariable, reason: 'variable' };
  const ofFile = file && serverOfComment(file);
  return ofFile === undefined ? undefined : { model: ofFile, reason: 'file' };
}
