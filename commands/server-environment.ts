import type { EnvironmentOptions } from './environment-options.js';
import {
  environmentFileForms,
  readEnvironmentFile,
  type EnvironmentFileForm,
  type ReadingDifference,
} from '../src/config/environment-file/index.js';
import { readConfigFile } from '../src/config/files/read.js';
import {
  countServerVariables,
  environmentOfServer,
  isServerVariable,
} from '../src/config/server-variable.js';
import { ToolError } from '../src/errors/index.js';
import { olderVariablesOf } from '../src/legacy/older-variables.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';

/** Whose environment a run has seen. Holds no value. */
export interface SeenEnvironment {
  readonly from: 'process' | 'files' | 'pid';
  /** The files as they were named, or the number of the process; undefined for the tool's own environment. */
  readonly name: string | undefined;
  /** How many variables of it a server takes settings from. */
  readonly variables: number;
  /** How many names of earlier releases are set in it, which no server of today reads. */
  readonly older: number;
  /** What the readers of such files do not agree on. */
  readonly notes: readonly string[];
}

function formOf(written: string): { form: EnvironmentFileForm | undefined; name: string } {
  const form = environmentFileForms.find((candidate) => written.startsWith(`${candidate}:`));
  return { form, name: form === undefined ? written : written.slice(form.length + 1) };
}

/** `prod.env: docker reads TMI_A (line 1) and TMI_B (line 2) otherwise than systemd and dotenv, whose reading is taken` */
function differenceNotes(name: string, differences: readonly ReadingDifference[]): string[] {
  const groups = new Map<string, ReadingDifference[]>();
  for (const difference of differences.filter((one) => isServerVariable(one.name))) {
    const group = `${difference.others.join(' and ')}|${difference.taken.join(' and ')}`;
    groups.set(group, [...(groups.get(group) ?? []), difference]);
  }
  return [...groups].map(([group, found]) => {
    const [others = '', taken = ''] = group.split('|');
    const variables = found.map((one) => `${one.name} (line ${one.line})`).join(', ');
    const verb = others.includes(' and ') ? 'read' : 'reads';
    const first = found[0]?.others[0] ?? 'docker';
    return `${name}: ${others} ${verb} ${variables} otherwise than ${taken}, whose reading is taken. Say who reads the file, as in --env-file ${first}:${name}`;
  });
}

async function readFiles(names: readonly string[], io: Io) {
  const variables = new Map<string, string>();
  const notes: string[] = [];
  for (const written of names) {
    const { form, name } = formOf(written);
    const { bytes } = await readConfigFile(name, io.cwd);
    const file = readEnvironmentFile(Buffer.from(bytes).toString('utf8'), form);
    for (const [variable, text] of file.variables) variables.set(variable, text);
    notes.push(...differenceNotes(name, file.differences));
  }
  return { variables, notes };
}

function countVariables(env: Io['env']): Pick<SeenEnvironment, 'variables' | 'older'> {
  return { variables: countServerVariables(env), older: olderVariablesOf(env).size };
}

/** The environment that a process was started with, as the kernel keeps it. */
async function readProcess(pid: string, io: Io): Promise<Map<string, string>> {
  if (!/^[1-9]\d*$/.test(pid)) {
    throw new ToolError('usage/bad-argument', '--env-of takes the number of a process', {
      hint: 'For example: --env-of "$(pidof tmi-server)"',
    });
  }
  let bytes: Uint8Array;
  try {
    ({ bytes } = await readConfigFile(`/proc/${pid}/environ`, io.cwd));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new ToolError(error.code, `The environment of process ${pid} cannot be read: ${error.message}`, {
      hint: 'It takes Linux, a process that runs, and its user or root: sudo -u USER tmi-dbtool …; else write the variables into a file for --env-file.',
    });
  }
  const pairs = Buffer.from(bytes).toString('utf8').split('\0');
  return new Map(
    pairs.flatMap((pair) => {
      const at = pair.indexOf('=');
      return at <= 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
    }),
  );
}

/**
 * The world of a command with the variables of the server in place of its own, as far as an option says where they are.
 * @throws ToolError `usage/conflicting-options`, `usage/bad-argument`, `config/cannot-read-file`
 */
export async function withServerEnvironment(
  { envFile = [], envOf }: EnvironmentOptions,
  io: Io,
): Promise<{ readonly io: Io; readonly seen: SeenEnvironment }> {
  if (envFile.length > 0 && envOf !== undefined) {
    throw new ToolError('usage/conflicting-options', '--env-file and --env-of exclude each other');
  }
  if (envFile.length === 0 && envOf === undefined) {
    return { io, seen: { from: 'process', name: undefined, ...countVariables(io.env), notes: [] } };
  }
  const { variables: server, notes } =
    envOf === undefined
      ? await readFiles(envFile, io)
      : { variables: await readProcess(envOf, io), notes: [] };
  const env = environmentOfServer(io.env, server);
  return {
    io: { ...io, env },
    seen: {
      from: envOf === undefined ? 'files' : 'pid',
      name: envOf ?? envFile.map((written) => formOf(written).name).join(', '),
      ...countVariables(env),
      notes,
    },
  };
}

const whose = ({ from, name = '' }: SeenEnvironment): string => {
  if (from === 'process') return "this shell's";
  return from === 'pid' ? `that of process ${name}` : `that of ${name}`;
};

/** Says which environment was seen, where an option named one. */
export function noteEnvironment(seen: SeenEnvironment, io: Io, options: { readonly quiet?: boolean }): void {
  if (seen.from === 'process' || options.quiet) return;
  for (const note of [...seen.notes, environmentLine(seen)])
    io.stderr.write(`note: ${escapeControls(note)}\n`);
}

/** `environment: this shell's, with 2 variables of a server`, or how to name another one where there is none. */
export function environmentLine(seen: SeenEnvironment): string {
  const { from, variables, older } = seen;
  const former =
    older === 0 ? '' : ` and ${older} under ${older === 1 ? 'a name' : 'names'} of earlier releases`;
  if (variables > 0) {
    return `environment: ${whose(seen)}, with ${variables} ${variables === 1 ? 'variable' : 'variables'} of a server${former}`;
  }
  const how =
    from === 'process'
      ? '; what the server has in its own is not seen: name it with --env-file FILE or --env-of PID'
      : '';
  return `environment: ${whose(seen)}, without any variable of a server${former.replace(' and', ' of today, and with')}${how}`;
}
