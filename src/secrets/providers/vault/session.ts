import { isRecord } from '../../exact-json.js';
import type { SecretFault } from '../../fault.js';
import type { VaultAnswer, VaultClient } from './client.js';
import { faultOfAnswer, isUnknownToken, unknownTokenFault, type VaultAsked } from './faults.js';
import type { Health, TokenSource } from './login.js';

/** Requests with a token, which is got when the first one needs it and renewed once when it has run out. */
export class VaultSession {
  readonly #client: VaultClient;
  readonly #tokens: TokenSource;
  readonly #health: Health;
  readonly #namespace: string | undefined;

  constructor(client: VaultClient, tokens: TokenSource, health: Health, namespace: string | undefined) {
    this.#client = client;
    this.#tokens = tokens;
    this.#health = health;
    this.#namespace = namespace;
  }

  get(path: string, signal: AbortSignal): Promise<VaultAnswer> {
    return this.#ask({ method: 'GET', path }, signal);
  }

  /** @param body the text of a JSON object */
  post(path: string, body: string, signal: AbortSignal): Promise<VaultAnswer> {
    return this.#ask({ method: 'POST', path, body }, signal);
  }

  /** @throws SecretFault when there is no token that the server knows */
  async #ask(
    request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string },
    signal: AbortSignal,
  ): Promise<VaultAnswer> {
    const token = await this.#tokens.get(signal);
    const answer = await this.#client.send({ ...request, token, signal });
    if (!isUnknownToken(answer)) return answer;
    const next = await this.#tokens.renew(token, signal);
    if (next === undefined) throw unknownTokenFault(this.#tokens.name);
    const again = await this.#client.send({ ...request, token: next, signal });
    if (isUnknownToken(again)) throw unknownTokenFault(this.#tokens.name);
    return again;
  }

  /** The fault for an answer that is no success; a server that is not there for requests is asked why. */
  async faultOf(answer: VaultAnswer, asked: VaultAsked, signal: AbortSignal): Promise<SecretFault> {
    const health = answer.status === 503 ? await this.#health(signal) : undefined;
    return faultOfAnswer(answer, { ...asked, namespace: this.#namespace, health });
  }
}

/** Why the server is not there for requests; undefined when it does not say. It is asked once. */
export function healthOnce(client: VaultClient): Health {
  let asked: Promise<string | undefined> | undefined;
  return (signal) => (asked ??= healthOf(client, signal));
}

/** The first thing that an operator would have to do comes first: a server that is not initialised is sealed too. */
async function healthOf(client: VaultClient, signal: AbortSignal): Promise<string | undefined> {
  let answer: VaultAnswer;
  try {
    answer = await client.send({ method: 'GET', path: 'sys/health', signal });
  } catch {
    return undefined;
  }
  if (!isRecord(answer.body)) return undefined;
  const { initialized, sealed, standby } = answer.body;
  if (initialized === false) return 'is not initialised';
  if (sealed === true) return 'is sealed';
  if (standby === true) return 'is a standby node that cannot reach the active one';
  return undefined;
}
