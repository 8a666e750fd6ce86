import { SecretDocument, type Fields } from '../../document.js';
import { isRecord, numberText, stringifyExact } from '../../exact-json.js';
import { SecretFault } from '../../fault.js';
import { faultOfNonsense, noSuchSecret, noSuchVersion } from '../../service-fault.js';
import { SERVICE, type VaultAnswer } from './client.js';
import { errorsOf, isAbsence } from './faults.js';
import { encodePath, type KvPath } from './mounts.js';
import type { VaultSession } from './session.js';

/** Whose session a request belongs to, and what ends it. */
export interface VaultCall {
  readonly session: VaultSession;
  readonly signal: AbortSignal;
}

/** What stands under a path. `version`: that of the secret, where the engine keeps versions; 0 for none yet. */
export type KvState =
  | { readonly state: 'present'; readonly document: SecretDocument; readonly version: number }
  | { readonly state: 'deleted' | 'destroyed'; readonly version: number }
  | { readonly state: 'absent'; readonly version: 0 };

/** How messages call the secret of a path. */
export function nameOf(kv: KvPath): string {
  return `secret ${kv.mount}/${restOf(kv)}`;
}

/** @throws SecretFault, absence included */
export async function readKv(
  kv: KvPath,
  version: string | undefined,
  call: VaultCall,
): Promise<SecretDocument> {
  const name = nameOf(kv);
  if (version !== undefined && kv.version === 1) {
    throw new SecretFault(
      'secrets/no-such-version',
      `${name} is kept by KV version 1, which has no versions`,
    );
  }
  if (version !== undefined && !/^[1-9]\d{0,9}$/.test(version)) {
    throw new SecretFault('secrets/no-such-version', `versions of ${name} are whole numbers from 1`);
  }
  const found = await stateOf(kv, version, call);
  if (found.state === 'present') return found.document;
  if (found.state !== 'absent') throw noSuchVersion(name, version, found.state, true);
  // The server says the same of a version that is not there and of a path that never was.
  if (version !== undefined && (await stateOf(kv, undefined, call)).state !== 'absent') {
    throw noSuchVersion(name, version);
  }
  throw noSuchSecret({ service: SERVICE, what: name });
}

/** @throws SecretFault for everything but a document and the server's own word that there is none */
export async function stateOf(kv: KvPath, version: string | undefined, call: VaultCall): Promise<KvState> {
  const path =
    kv.version === 2 ? dataPath(kv) + (version === undefined ? '' : `?version=${version}`) : v1Path(kv);
  const answer = await call.session.get(path, call.signal);
  const found = kv.version === 2 ? readV2(answer, nameOf(kv)) : readV1(answer, nameOf(kv));
  if (found) return found;
  if (answer.status === 200) throw faultOfNonsense(SERVICE);
  throw await call.session.faultOf(answer, { what: nameOf(kv) }, call.signal);
}

function readV1(answer: VaultAnswer, name: string): KvState | undefined {
  if (isAbsence(answer)) return { state: 'absent', version: 0 };
  const data = isRecord(answer.body) ? answer.body['data'] : undefined;
  if (answer.status !== 200 || !isRecord(data)) return undefined;
  return { state: 'present', document: SecretDocument.fromFields(name, data), version: 0 };
}

function readV2(answer: VaultAnswer, name: string): KvState | undefined {
  if (isAbsence(answer)) return { state: 'absent', version: 0 };
  const outer = isRecord(answer.body) ? answer.body['data'] : undefined;
  const { data, metadata } = isRecord(outer) ? outer : {};
  if (!isRecord(metadata)) return undefined;
  const version = numberOf(metadata['version']);
  if (version === undefined) return undefined;
  if (answer.status === 200 && isRecord(data)) {
    // This version of the engine rounds numbers when it answers.
    return { state: 'present', document: SecretDocument.fromFields(name, data, true), version };
  }
  if (answer.status !== 404 || (data !== null && data !== undefined)) return undefined;
  return { state: metadata['destroyed'] === true ? 'destroyed' : 'deleted', version };
}

function numberOf(value: unknown): number | undefined {
  const text = numberText(value);
  return text === undefined ? undefined : Number(text);
}

/**
 * Writes all fields of a secret over the state that was read. KV version 2 refuses it when another version is current
 * by then; version 1 cannot.
 */
export async function writeKv(kv: KvPath, fields: Fields, over: KvState, call: VaultCall): Promise<void> {
  const { session, signal } = call;
  const what = nameOf(kv);
  const body = kv.version === 2 ? { data: fields, options: { cas: over.version } } : fields;
  const answer = await session.post(
    kv.version === 2 ? dataPath(kv) : v1Path(kv),
    stringifyExact(body),
    signal,
  );
  if (isWritten(answer, kv.version)) return;
  // A success in other words is none of this version of the engine.
  if (answer.status < 300) throw faultOfNonsense(SERVICE);
  if (answer.status === 400 && errorsOf(answer)?.some((e) => /check-and-set/.test(e))) {
    throw changedMeanwhile(what);
  }
  throw await session.faultOf(answer, { what, action: 'write' }, signal);
}

function isWritten(answer: VaultAnswer, engine: 1 | 2): boolean {
  if (engine === 1) return answer.status === 204 || answer.status === 200;
  const data = isRecord(answer.body) ? answer.body['data'] : undefined;
  return answer.status === 200 && isRecord(data) && numberOf(data['version']) !== undefined;
}

export function changedMeanwhile(what: string): SecretFault {
  return new SecretFault('secrets/refused', `${what} was changed by somebody else meanwhile`, {
    hint: 'Run the command again.',
  });
}

function v1Path(kv: KvPath): string {
  return `${encodePath(kv.mount)}/${encodePath(kv.rest)}`;
}

function dataPath(kv: KvPath): string {
  return `${encodePath(kv.mount)}/data/${encodePath(restOf(kv))}`;
}

/** Paths are often copied from the API, where `data/` follows the mount of version 2. */
function restOf(kv: KvPath): string {
  return kv.version === 2 && kv.rest.startsWith('data/') ? kv.rest.slice('data/'.length) : kv.rest;
}
