import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import { faultOfNetwork, faultOfNonsense, faultOfStatus } from '../../service-fault.js';

export const SERVICE = 'HashiCorp Vault';

export interface VaultAnswer {
  readonly status: number;
  /** The parsed body, or text when it is not JSON, or undefined when there is none. */
  readonly body: unknown;
}

export interface VaultConnection {
  readonly address: string;
  readonly namespace: string | undefined;
  /** Certificates of the authority, PEM. */
  readonly ca: string | undefined;
  readonly skipVerify: boolean;
}

/** One request: any HTTP status is an answer; only the network fails. */
export type VaultRequest = (
  method: 'GET' | 'POST',
  path: string,
  options: { readonly token?: string; readonly body?: object; readonly signal: AbortSignal },
) => Promise<VaultAnswer>;

/** @throws SecretFault `secrets/provider-not-installed`. */
export async function connect(connection: VaultConnection): Promise<VaultRequest> {
  const { default: nodeVault } = await loadPackage(['node-vault'], () => import('node-vault'));
  const { address, namespace, ca, skipVerify } = connection;
  // The client fills what is missing from the process' environment; all of it is set here instead. Its debug
  // output, which the variable DEBUG turns on, would print what is written.
  const client = nodeVault({
    apiVersion: 'v1',
    endpoint: address,
    debug: () => undefined,
    ...(namespace === undefined ? {} : { namespace }),
  });
  client.token = '';

  return async (method, path, { token, body, signal }) => {
    // The client knows no abort signal. An agent of the request's own closes the socket in its place.
    const agent = address.startsWith('https:')
      ? {
          httpsAgent: new HttpsAgent({
            rejectUnauthorized: !skipVerify,
            ...(ca === undefined ? {} : { ca }),
          }),
        }
      : { httpAgent: new HttpAgent() };
    const close = () => Object.values(agent).forEach((a) => a.destroy());
    signal.addEventListener('abort', close, { once: true });
    try {
      const answer: unknown = await client.request({
        method,
        path: `/${path}`,
        ...(body === undefined ? {} : { json: body }),
        headers: { 'X-Vault-Request': 'true', ...(token === undefined ? {} : { 'X-Vault-Token': token }) },
        ...agent,
      });
      return { status: 200, body: answer };
    } catch (error) {
      return answerOf(error);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
}

/** The client rejects for every status but 200 and 204. */
function answerOf(error: unknown): VaultAnswer {
  const response = (error as { response?: { statusCode?: unknown; body?: unknown } }).response;
  if (typeof response?.statusCode === 'number') return { status: response.statusCode, body: response.body };
  throw faultOfNetwork(SERVICE, error) ?? faultOfNonsense(SERVICE);
}

/** The fault for an answer that is no success. `what` is how messages call the secret. */
export function faultOfAnswer(answer: VaultAnswer, what: string): SecretFault {
  // 412: a replica that has not caught up; 472 and 473 are standby nodes. All pass with time.
  const status = [412, 472, 473].includes(answer.status) ? 503 : answer.status;
  return status < 400 ? faultOfNonsense(SERVICE) : faultOfStatus(SERVICE, what, status);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
