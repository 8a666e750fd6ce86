import { Option } from 'commander';
import { serverChoices, type ServerChoice } from '../src/config/precedence.js';
import type { YamlText } from '../src/config/yaml/parse.js';
import { isGuess, serverOfDatabase, serverReasons, type WhichServer } from '../src/settings/which-server.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { statedServer } from './stated-server.js';

/** `--server`, for every command that takes a model. */
export function serverOption(what: string): Option {
  return new Option('--server <model>', `${what} (default: auto, which asks the database)`).choices(
    serverChoices,
  );
}

/** The server that somebody named, else the one whose database it is. */
export async function whichServer(
  options: { readonly server?: ServerChoice },
  io: Pick<Io, 'env'>,
  file: Pick<YamlText, 'text' | 'file'> | undefined,
  ...[session, table]: Parameters<typeof serverOfDatabase>
): Promise<WhichServer> {
  return statedServer(options, io, file) ?? (await serverOfDatabase(session, table));
}

/** Says whose winner is shown, where that is known and not what everybody expects. */
export function noteServer(server: WhichServer, io: Io, { quiet }: Pick<GlobalOptions, 'quiet'>): void {
  if (quiet || isGuess(server) || server.reason === 'option') return;
  io.stderr.write(`note: by the rules of server ${server.model}, since ${serverReasons[server.reason]}\n`);
}
