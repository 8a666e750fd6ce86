import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { isReference } from '../../config/reference.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import type { Report } from '../finding.js';
import type { OnlineInputs } from './inputs.js';

type MachineRule = 'interface-unusable' | 'log-directory-unusable';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** Listens for a moment on a port that the system chooses. Resolves with the error's code, or undefined. */
function bindFault(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(codeOf(error)));
    server.listen({ host, port: 0, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Whether this machine has the address that the server would listen on. A port in use is none of its faults. */
async function checkInterface(value: Value): Promise<Report[]> {
  const code = await bindFault(value.text.replace(/^\[(.*)\]$/, '$1'));
  if (code === undefined || code === 'EADDRINUSE') return [];
  const why =
    code === 'EADDRNOTAVAIL'
      ? 'is no address of this machine'
      : 'is no address or name that this machine knows';
  return [
    reportOn(value, {
      message: `server.interface ${why}`,
      expected: 'an address of the machine, such as 0.0.0.0',
      hint: 'Run the check on the machine, or in the container, of the server; else leave this out: --ignore interface-unusable',
    }),
  ];
}

/** File systems of the kernel, in which nobody makes a folder. */
const kernelFileSystems: ReadonlySet<number> = new Set([0x9fa0, 0x62656572]);

/** What keeps a folder from being made or written to, judged at the nearest folder that is there. */
async function folderFault(folder: string): Promise<string | undefined> {
  try {
    const found = await stat(folder);
    if (!found.isDirectory()) return `${folder} is no folder`;
    if (kernelFileSystems.has((await statfs(folder)).type)) return `nobody can make a folder in ${folder}`;
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const parent = path.dirname(folder);
    if (codeOf(error) === 'ENOENT' && parent !== folder) return folderFault(parent);
    if (codeOf(error) === 'ENOTDIR') return folderFault(parent);
    return `this user may not write in ${folder}`;
  }
}

async function checkLogDirectory(value: Value, baseDirectory: string): Promise<Report[]> {
  const why = await folderFault(path.resolve(baseDirectory, value.text));
  if (why === undefined) return [];
  return [
    reportOn(value, {
      message: `The server cannot write its log to logging.log_dir: ${why}`,
      hint: 'Run the check where the server runs, as its user.',
    }),
  ];
}

/** What the server needs of the machine that it runs on: its address, and a folder for its log. */
export async function checkMachine(
  configuration: Configuration,
  { baseDirectory }: OnlineInputs,
): Promise<Partial<Record<MachineRule, Report[]>>> {
  const usable = (path: string): Value | undefined => {
    const value = configuration.value(path);
    return value && value.text !== '' && !isReference(value.text) ? value : undefined;
  };
  const address = usable('server.interface');
  const folder = usable('logging.log_dir');
  return {
    'interface-unusable': address ? await checkInterface(address) : [],
    'log-directory-unusable': folder ? await checkLogDirectory(folder, baseDirectory) : [],
  };
}
