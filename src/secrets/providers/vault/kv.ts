import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { faultOfNonsense } from '../../service-fault.js';
import { faultOfAnswer, isRecord, SERVICE, type VaultAnswer, type VaultRequest } from './client.js';
import { encodePath, type KvPath } from './mounts.js';

export interface Asking {
  readonly request: VaultRequest;
  readonly token: string;
  readonly signal: AbortSignal;
}

export interface KvSecret {
  readonly document: SecretDocument;
  /** Version of the KV engine, and of the secret where the engine keeps versions. */
  readonly engine: 1 | 2;
  readonly version: number | undefined;
}

/** Reads a secret from the engine version that the path has, or from both in turn when the server did not say. */
export async function readKv(kv: KvPath, version: string | undefined, asking: Asking): Promise<KvSecret> {
  if (kv.version !== undefined) return (kv.version === 2 ? readV2 : readV1)(kv, version, asking);
  try {
    return await readV2(kv, version, asking);
  } catch (second) {
    if (!mayBeOtherEngine(second)) throw second;
    try {
      return await readV1(kv, undefined, asking);
    } catch (first) {
      // Both were tried: a refusal says more than "not there", which the wrong engine says of everything.
      throw first instanceof SecretFault && first.code === 'secrets/refused' && second.code === first.code
        ? first
        : second;
    }
  }
}

function mayBeOtherEngine(error: unknown): error is SecretFault {
  return (
    error instanceof SecretFault &&
    (error.code === 'secrets/refused' || error.code === 'secrets/no-such-secret')
  );
}

async function readV1(kv: KvPath, version: string | undefined, asking: Asking): Promise<KvSecret> {
  const name = nameOf(kv);
  if (version !== undefined) {
    throw new SecretFault(
      'secrets/no-such-version',
      `${name} is kept by KV version 1, which has no versions`,
    );
  }
  const answer = await get(`${encodePath(kv.mount)}/${encodePath(kv.rest)}`, asking);
  if (answer.status !== 200) throw faultOfAnswer(answer, name);
  const data = isRecord(answer.body) ? answer.body['data'] : undefined;
  if (!isRecord(data)) throw faultOfNonsense(SERVICE);
  return { document: SecretDocument.fromFields(name, data), engine: 1, version: undefined };
}

async function readV2(kv: KvPath, version: string | undefined, asking: Asking): Promise<KvSecret> {
  const name = nameOf(kv);
  if (version !== undefined && !/^[1-9]\d{0,9}$/.test(version)) {
    throw new SecretFault('secrets/no-such-version', `versions of ${name} are whole numbers from 1`);
  }
  const answer = await get(dataPath(kv) + (version === undefined ? '' : `?version=${version}`), asking);
  const { data, metadata } = innerOf(answer);
  if (answer.status === 200 && isRecord(data)) {
    const number = metadata?.['version'];
    return {
      document: SecretDocument.fromFields(name, data),
      engine: 2,
      version: typeof number === 'number' ? number : undefined,
    };
  }
  if (answer.status === 404) throw await missing(kv, version, metadata !== undefined, asking);
  throw faultOfAnswer(answer, name);
}

/** The server says 404 for a version that is not there, for one that was deleted and for a path that never was. */
async function missing(
  kv: KvPath,
  version: string | undefined,
  deleted: boolean,
  asking: Asking,
): Promise<SecretFault> {
  const name = nameOf(kv);
  const which = version === undefined ? 'the current version' : `version ${version}`;
  if (deleted) return new SecretFault('secrets/no-such-version', `${which} of ${name} was deleted`);
  if (version !== undefined) {
    const current = await get(dataPath(kv), asking);
    if (current.status === 200 || innerOf(current).metadata !== undefined) {
      return new SecretFault('secrets/no-such-version', `${name} has no version ${version}`);
    }
  }
  return new SecretFault('secrets/no-such-secret', `${SERVICE} has no ${name}`);
}

/** Writes all fields of a secret, refused by the server when another version than `over` is current by then. */
export async function writeKv(
  kv: KvPath,
  fields: object,
  over: KvSecret | undefined,
  asking: Asking,
): Promise<void> {
  const engine = over?.engine ?? kv.version ?? 2;
  const path = engine === 2 ? dataPath(kv) : `${encodePath(kv.mount)}/${encodePath(kv.rest)}`;
  const body = engine === 2 ? { data: fields, options: { cas: over?.version ?? 0 } } : fields;
  const answer = await asking.request('POST', path, { body, token: asking.token, signal: asking.signal });
  if (answer.status === 200) return;
  if (answer.status === 400 && engine === 2) {
    throw new SecretFault('secrets/refused', `${nameOf(kv)} was changed by somebody else meanwhile`, {
      hint: 'Run the command again.',
    });
  }
  throw faultOfAnswer(answer, nameOf(kv));
}

function get(path: string, { request, token, signal }: Asking): Promise<VaultAnswer> {
  return request('GET', path, { token, signal });
}

function innerOf(answer: VaultAnswer): { data: unknown; metadata: Record<string, unknown> | undefined } {
  const outer = isRecord(answer.body) ? answer.body['data'] : undefined;
  if (!isRecord(outer)) return { data: undefined, metadata: undefined };
  return { data: outer['data'], metadata: isRecord(outer['metadata']) ? outer['metadata'] : undefined };
}

function nameOf(kv: KvPath): string {
  return `secret ${kv.mount}/${restOf(kv)}`;
}

function dataPath(kv: KvPath): string {
  return `${encodePath(kv.mount)}/data/${encodePath(restOf(kv))}`;
}

/** Paths are often copied from the API, where `data/` follows the mount of version 2. */
function restOf(kv: KvPath): string {
  return kv.version !== 1 && kv.rest.startsWith('data/') ? kv.rest.slice('data/'.length) : kv.rest;
}
