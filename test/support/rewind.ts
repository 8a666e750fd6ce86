import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../commands/main.js';
import type { ChildRun } from './cli.js';
import type { ChildRequest } from './cli-child.js';
import { FakeIo } from './io.js';

/** The folder of the run, and that of the SQLite database which its environment or its configuration names. */
function foldersOf({ cwd, env }: ChildRequest): string[] {
  const config = join(cwd, 'config.yml');
  const named = [...Object.values(env), existsSync(config) ? readFileSync(config, 'utf8') : ''].join('\n');
  const [, database] = /sqlite:\/\/(\/[^"?\s]+)/.exec(named) ?? [];
  return database === undefined ? [cwd] : [cwd, dirname(database)];
}

/** The operating system frees the lock of a process that has ended; its file says nothing. */
const isKept = (name: string): boolean => !name.endsWith('-lock');

const copy = (from: string, to: string): void => cpSync(from, to, { recursive: true, filter: isKept });

/** Copies of folders as they are at one moment, and the way back to it. */
function remember(folders: readonly string[]): () => void {
  const copies = folders.map((folder) => {
    const kept = mkdtempSync(join(tmpdir(), 'tmi-dbtool-rewind-'));
    copy(folder, kept);
    return { folder, kept };
  });
  return () => {
    for (const { folder, kept } of copies) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      copy(kept, folder);
      rmSync(kept, { recursive: true });
    }
  };
}

/**
 * Runs the tool in the test's own process. Where it was to be killed, the disk gets back what it held just before that
 * step, once the run is over: a mutant that only shows after a kill is seen this way, on SQLite.
 */
export async function runHere(request: ChildRequest): Promise<ChildRun> {
  const { args, cwd, env, now, killAt } = request;
  let rewind: (() => void) | undefined;
  const io = new FakeIo({
    cwd,
    env,
    now: new Date(now),
    onWrite: (stream, text) => {
      if (stream === 'stderr' && killAt !== undefined && text === `· ${killAt}\n`)
        rewind ??= remember(foldersOf(request));
    },
  });
  const code = await main(args, io);
  if (!rewind) return { code, signal: null, out: io.out, err: io.err };
  rewind();
  return { code: null, signal: 'SIGKILL', out: io.out, err: io.err };
}
