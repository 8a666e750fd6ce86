import type { Environment } from './config/variable.js';
import {
  readWorkerEnvironment,
  type SecretMount,
  type WorkerFault,
  type WorkerLogLevel,
} from './config/worker-environment.js';
import { assertEnvironment, assertObject, assertText } from './errors/arguments.js';
import { ToolError, type Diagnostic } from './errors/index.js';
import { SecretFault } from './secrets/fault.js';
import { readRegularFile, readSecretFile } from './secrets/local.js';
import { SecretValue } from './values/index.js';

export type { WorkerLogLevel } from './config/worker-environment.js';

/** What a worker works with, frozen. */
export interface WorkerConfig {
  /** Address of the broker, or several separated by commas. May hold a password. */
  readonly natsUrl: SecretValue;
  /** Where the worker says that it lives; undefined when nobody listens. */
  readonly heartbeatSubject: string | undefined;
  readonly logLevel: WorkerLogLevel;
  /** Names of the mounted secrets. */
  readonly secretNames: readonly string[];
  /**
   * A mounted secret, read from its file at each call, so that a rotated one is seen.
   * @throws ToolError `worker/no-such-secret`, or `secrets/unresolved` when the file cannot be read or is empty
   */
  secret(name: string): Promise<SecretValue>;
  /** Variables that contradict each other, and which one counts. */
  readonly warnings: readonly Diagnostic[];
}

export interface WorkerOptions {
  /** The environment, usually `process.env`. */
  readonly env: Environment;
}

function diagnosticOf({ kind, variable, message, expected }: WorkerFault): Diagnostic {
  return {
    code: 'worker/invalid-environment',
    severity: kind === 'name-clash' ? 'warning' : 'error',
    message,
    variable,
    ...(expected === undefined ? {} : { hint: `Expected ${expected}.` }),
  };
}

async function readMount({ name, path, variable }: SecretMount): Promise<SecretValue> {
  const fail = (reason: string, hint?: string): ToolError => {
    const fault: Diagnostic = {
      code: 'secrets/unresolved',
      severity: 'error',
      message: `The secret ${name} has no value: ${reason}`,
      variable,
      ...(hint === undefined ? {} : { hint }),
    };
    return new ToolError('secrets/unresolved', fault.message, { diagnostics: [fault] });
  };
  let value: SecretValue;
  try {
    value = await readSecretFile({ kind: 'file', path }, '/', readRegularFile);
  } catch (error) {
    throw error instanceof SecretFault ? fail(error.reason, error.hint) : error;
  }
  if (value.isEmpty) throw fail(`the file ${path} is empty`);
  return value;
}

/** Every mounted secret must be there at the start, so that a worker does not take a job that it cannot do. */
async function mountFaults(mounts: readonly SecretMount[]): Promise<Diagnostic[]> {
  const found = await Promise.all(
    mounts.map((mount) =>
      readMount(mount).then(
        () => [],
        (error: unknown) => {
          if (!(error instanceof ToolError)) throw error;
          return error.diagnostics;
        },
      ),
    ),
  );
  return found.flat();
}

/**
 * Does what a worker does at its start: reads its environment, which is all that it has, and makes sure that every
 * mounted secret can be read.
 * @throws ToolError `usage/bad-argument` without an environment; `worker/invalid-environment` with every fault at once; `secrets/unresolved` when secrets alone fail
 */
export async function loadWorker(options: WorkerOptions): Promise<WorkerConfig> {
  assertObject('loadWorker()', 'an object of options', options);
  const { env } = options;
  assertEnvironment('loadWorker()', env);
  const { natsUrl, heartbeatSubject, logLevel, mounts, faults } = readWorkerEnvironment(env);
  const said = faults.map(diagnosticOf);
  const missing = await mountFaults(mounts);
  const errors = said.filter(({ severity }) => severity === 'error');
  if (natsUrl === undefined || errors.length + missing.length > 0) {
    const code = errors.length > 0 ? 'worker/invalid-environment' : 'secrets/unresolved';
    throw new ToolError(code, 'The worker cannot start with this environment', {
      hint: 'See it checked: tmi-dbtool validate-config --worker',
      diagnostics: [...errors, ...missing],
    });
  }
  const byName = new Map(mounts.map((mount) => [mount.name, mount]));
  return Object.freeze({
    natsUrl: new SecretValue(natsUrl),
    heartbeatSubject,
    logLevel,
    secretNames: Object.freeze([...byName.keys()]),
    async secret(name: string): Promise<SecretValue> {
      assertText('secret()', 'the name of a mounted secret', name);
      const mount = byName.get(name);
      if (mount) return readMount(mount);
      throw new ToolError('worker/no-such-secret', `No secret is mounted under the name ${name}`, {
        hint: `Add ${name}=/path/to/file to SECRET_MOUNTS.`,
      });
    },
    warnings: Object.freeze(said.filter(({ severity }) => severity === 'warning')),
  });
}
