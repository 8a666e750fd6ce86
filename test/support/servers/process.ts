import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  chownSync,
  constants,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statfsSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where server programs are: in the folders of `TMI_TEST_SERVER_PATH` first, then where Debian keeps them. */
function serverFolders(): string[] {
  const versions = '/usr/lib/postgresql';
  let postgres: string[] = [];
  try {
    postgres = readdirSync(versions)
      .sort((a, b) => Number(b) - Number(a))
      .map((v) => join(versions, v, 'bin'));
  } catch {
    // Not a Debian machine, or no PostgreSQL on it.
  }
  const chosen = (process.env.TMI_TEST_SERVER_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [
    ...chosen,
    ...postgres,
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
  ];
}

/** The full path of the first of `names` that is installed, or undefined. */
export function findBinary(...names: string[]): string | undefined {
  for (const folder of serverFolders()) {
    for (const name of names) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Look on.
      }
    }
  }
  return undefined;
}

/** The user and group that a server runs as: servers refuse to run as root. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

function accountOf(user: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((l) => l.startsWith(`${user}:`));
  if (!line) throw new Error(`Running as root, but there is no user "${user}" to run the test server as.`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Memory where there is plenty of it: creating databases is several times as fast there as on most disks. */
function scratchFolder(): string {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > 4 * 2 ** 30 ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A private folder with the right owner, and a way to run commands as that owner. */
export class Workspace {
  readonly folder: string;
  readonly #account: Account | undefined;

  constructor(user: string) {
    this.#account = accountOf(user);
    this.folder = mkdtempSync(join(scratchFolder(), `tmi-dbtool-${user}-`));
    this.own(this.folder);
  }

  /** Gives a file to the server's user. */
  own(path: string): void {
    if (this.#account) chownSync(path, this.#account.uid, this.#account.gid);
  }

  #asOwner(command: readonly string[]): [string, ...string[]] {
    const prefix = this.#account
      ? ['setpriv', `--reuid=${this.#account.uid}`, `--regid=${this.#account.gid}`, '--init-groups']
      : [];
    return [...prefix, ...command] as [string, ...string[]];
  }

  /** Runs a command to its end. */
  async run(...command: string[]): Promise<void> {
    const [file, ...args] = this.#asOwner(command);
    const child = spawn(file, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${command[0] ?? ''} failed (${String(code)}):\n${output}`);
  }

  /**
   * Starts a server that ends with this process, however this process ends: a shell holds the other end of
   * a pipe, and when the pipe closes it stops the server and removes the folder.
   */
  start(stopSignal: 'QUIT' | 'KILL', ...command: string[]): Supervised {
    const script = `
      folder=$1; shift
      "$@" >"$folder/server.log" 2>&1 </dev/null &
      server=$!
      read -r _
      kill -${stopSignal} "$server" 2>/dev/null
      wait "$server" 2>/dev/null
      rm -rf "$folder"`;
    const child = spawn('sh', ['-c', script, 'supervisor', this.folder, ...this.#asOwner(command)], {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      // Its own process group, so that Ctrl-C reaches it through the pipe and not as a signal.
      detached: true,
    });
    return new Supervised(child, join(this.folder, 'server.log'));
  }
}

export class Supervised {
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor(child: ChildProcess, log: string) {
    this.#child = child;
    this.#log = log;
  }

  /** Waits until `attempt` succeeds, at most half a minute. */
  async ready(attempt: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          const log = readFileSync(this.#log, 'utf8').slice(-2000);
          throw new Error(`The test server did not start.\n${log}`, { cause: error });
        }
        await sleep(50);
      }
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

/** Ports that systems give to nobody who asks for any port, nor to the near end of a connection. */
const UNCLAIMED_PORTS = { from: 20_000, to: 32_767 };

/**
 * A port that nobody listens on, and that no other test gets by chance before a server of this one listens there: with
 * hundreds of connections a second, a port that a system chose is in use again within moments.
 */
export async function freePort(): Promise<number> {
  const { from, to } = UNCLAIMED_PORTS;
  for (;;) {
    const port = randomInt(from, to);
    const server = createServer();
    const listening = once(server, 'listening');
    server.listen(port, '127.0.0.1');
    try {
      await listening;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** A file of the fixtures that hold the servers' certificates. */
export function tlsFixture(name: 'ca.crt' | 'server.crt' | 'server.key'): string {
  return join(import.meta.dirname, '../../../fixtures/database/tls', name);
}
