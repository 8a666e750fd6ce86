import path from 'node:path';
import { variable, type Environment } from './variable.js';

const workerLogLevels = ['debug', 'info', 'warn', 'error'] as const;
export type WorkerLogLevel = (typeof workerLogLevels)[number];

/** The two names of each variable. A worker reads either; the prefixed one counts when both are set. */
const workerVariables = {
  natsUrl: { plain: 'NATS_URL', prefixed: 'TMI_WORKER_NATS_URL' },
  heartbeatSubject: { plain: 'HEARTBEAT_SUBJECT', prefixed: 'TMI_WORKER_HEARTBEAT_SUBJECT' },
  logLevel: { plain: 'LOG_LEVEL', prefixed: 'TMI_WORKER_LOG_LEVEL' },
} as const;

const MOUNT_LIST = 'SECRET_MOUNTS';
const MOUNT_PREFIX = 'TMI_WORKER_SECRET_MOUNT_';

/** A secret that stands in a file, under the name that the worker knows it by. */
export interface SecretMount {
  readonly name: string;
  readonly path: string;
  readonly variable: string;
}

export type WorkerFaultKind = 'nats-url' | 'log-level' | 'secret-mounts' | 'name-clash';

/** Something that is wrong with a variable. Holds no value. */
export interface WorkerFault {
  readonly kind: WorkerFaultKind;
  readonly variable: string;
  readonly message: string;
  readonly expected?: string;
}

/** What a worker's environment says. A value that is missing or malformed is left out and listed in `faults`. */
export interface WorkerEnvironment {
  /** May hold a password. */
  readonly natsUrl: string | undefined;
  readonly heartbeatSubject: string | undefined;
  readonly logLevel: WorkerLogLevel;
  readonly mounts: readonly SecretMount[];
  readonly faults: readonly WorkerFault[];
}

type Names = (typeof workerVariables)[keyof typeof workerVariables];

function first(env: Environment, { plain, prefixed }: Names): { name: string; text: string } | undefined {
  for (const name of [prefixed, plain]) {
    const text = variable(env, name);
    if (text !== undefined) return { name, text };
  }
  return undefined;
}

/** `name=path` pairs separated by commas, or a JSON object of texts; undefined for anything else. */
function pairsOf(text: string): readonly (readonly [string, string])[] | undefined {
  if (text.trim().startsWith('{')) return objectPairs(text);
  const pairs = text.split(',').flatMap((pair) => (pair.trim() === '' ? [] : [pair.trim()]));
  if (pairs.some((pair) => !pair.includes('='))) return undefined;
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
}

function objectPairs(text: string): readonly (readonly [string, string])[] | undefined {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
      ? entries
      : undefined;
  } catch {
    return undefined;
  }
}

function writtenMounts(env: Environment, faults: WorkerFault[]): SecretMount[] {
  const list = variable(env, MOUNT_LIST);
  const pairs = list === undefined ? [] : pairsOf(list);
  if (!pairs) {
    faults.push({
      kind: 'secret-mounts',
      variable: MOUNT_LIST,
      message: `${MOUNT_LIST} is neither pairs nor a JSON object of texts`,
      expected: 'name=path pairs separated by commas, or {"name":"path"}',
    });
  }
  const listed = (pairs ?? []).map(([name, place]) => ({ name, path: place, variable: MOUNT_LIST }));
  const single = Object.keys(env)
    .filter((name) => name.startsWith(MOUNT_PREFIX))
    .sort()
    .flatMap((name): SecretMount[] => {
      const place = variable(env, name);
      if (place === undefined) return [];
      const logical = name.slice(MOUNT_PREFIX.length).toLowerCase().replaceAll('_', '-');
      return [{ name: logical, path: place, variable: name }];
    });
  return [...listed, ...single];
}

/** What is wrong with a mount, after the variable's name. */
function mountFault(mount: SecretMount, other: SecretMount | undefined): string | undefined {
  if (mount.name === '') return 'names a secret without a name';
  if (!path.posix.isAbsolute(mount.path)) return `gives ${mount.name} no absolute path`;
  return other && other.path !== mount.path ? `gives ${mount.name} a second path` : undefined;
}

function readMounts(env: Environment, faults: WorkerFault[]): SecretMount[] {
  const good = new Map<string, SecretMount>();
  for (const mount of writtenMounts(env, faults)) {
    const what = mountFault(mount, good.get(mount.name));
    if (what === undefined) good.set(mount.name, mount);
    else {
      faults.push({
        kind: 'secret-mounts',
        variable: mount.variable,
        message: `${mount.variable} ${what}`,
        expected: 'an absolute path for each name, such as /run/secrets/api-key',
      });
    }
  }
  return [...good.values()];
}

function readNatsUrl(env: Environment, faults: WorkerFault[]): string | undefined {
  const { plain, prefixed } = workerVariables.natsUrl;
  const expected = 'nats://host:4222, or several separated by commas';
  const found = first(env, workerVariables.natsUrl);
  if (!found) {
    faults.push({
      kind: 'nats-url',
      variable: plain,
      message: `FATAL required variable ${plain} is empty — set it, or ${prefixed}`,
      expected,
    });
    return undefined;
  }
  if (found.text.split(',').every((url) => /^(nats|tls|wss?):\/\/[^/\s]+/i.test(url.trim())))
    return found.text;
  faults.push({
    kind: 'nats-url',
    variable: found.name,
    message: `${found.name} is no address of NATS`,
    expected,
  });
  return undefined;
}

function readLogLevel(env: Environment, faults: WorkerFault[]): WorkerLogLevel {
  const found = first(env, workerVariables.logLevel);
  const level = workerLogLevels.find((known) => known === (found?.text.toLowerCase() ?? 'info'));
  if (level === undefined && found) {
    faults.push({
      kind: 'log-level',
      variable: found.name,
      message: `${found.name} is no log level`,
      expected: `one of ${workerLogLevels.join(', ')}`,
    });
  }
  return level ?? 'info';
}

function nameClashes(env: Environment): WorkerFault[] {
  return Object.values(workerVariables).flatMap(({ plain, prefixed }): WorkerFault[] => {
    const [a, b] = [variable(env, plain), variable(env, prefixed)];
    if (a === undefined || b === undefined || a === b) return [];
    const message = `${plain} and ${prefixed} differ, and ${prefixed} counts`;
    return [{ kind: 'name-clash', variable: plain, message, expected: 'one of the two' }];
  });
}

/** Reads all that a worker takes from its environment: workers have no file and no database. Reads nothing else. */
export function readWorkerEnvironment(env: Environment): WorkerEnvironment {
  const faults: WorkerFault[] = [];
  const natsUrl = readNatsUrl(env, faults);
  const logLevel = readLogLevel(env, faults);
  const mounts = readMounts(env, faults);
  const heartbeatSubject = first(env, workerVariables.heartbeatSubject)?.text;
  return { natsUrl, heartbeatSubject, logLevel, mounts, faults: [...faults, ...nameClashes(env)] };
}
