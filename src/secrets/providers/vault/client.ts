import { parseExact } from '../../exact-json.js';
import { StoreHttp, type StoreHttpOptions, type StoreTls } from '../../http/store-http.js';
import { loadPackage } from '../../load-package.js';
import { faultOfNetwork, faultOfNonsense, type TlsHints } from '../../service-fault.js';
import { SecretFault } from '../../fault.js';

export const SERVICE = 'HashiCorp Vault';

export interface VaultAnswer {
  readonly status: number;
  /** The parsed body, read by `parseExact`; undefined when there is none or it is not JSON. */
  readonly body: unknown;
  /** False for a body that no Vault sends, such as the page of a proxy. */
  readonly isJson: boolean;
  /** The header of that name. */
  readonly retryAfter: string | undefined;
}

export interface VaultConnection {
  readonly address: string;
  readonly namespace: string | undefined;
  readonly tls: StoreTls;
}

export interface VaultRequest {
  readonly method: 'GET' | 'POST';
  /** After `/v1/`. */
  readonly path: string;
  readonly token?: string;
  /** The text of a JSON object. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface VaultClient {
  /** One request: any HTTP status is an answer; only the network fails. @throws SecretFault */
  send(request: VaultRequest): Promise<VaultAnswer>;
  close(): void;
}

/** What node-vault hands to its request function. */
interface Handed {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText?: string;
  readonly signal: AbortSignal;
}

const hints: TlsHints = {
  authority: 'Name the authority that signed its certificate in VAULT_CACERT or VAULT_CAPATH.',
  name: 'Use the name that stands in its certificate as the address, or set VAULT_TLS_SERVER_NAME to it.',
  client: 'Name a certificate that it takes in VAULT_CLIENT_CERT, and its key in VAULT_CLIENT_KEY.',
};

/**
 * node-vault over our own HTTP function: its own drops headers, follows redirects to any server, and prints headers
 * under the variable DEBUG.
 * @throws SecretFault `secrets/provider-not-installed`
 */
export async function connect(
  { address, namespace, tls }: VaultConnection,
  options: Pick<StoreHttpOptions, 'environment' | 'allowPlainHttp'>,
): Promise<VaultClient> {
  const { default: nodeVault } = await loadPackage(['node-vault'], () => import('node-vault'));
  const http = new StoreHttp({ ...options, service: SERVICE, tls });
  const send = async ({ method, uri, headers, bodyText, signal }: Handed): Promise<VaultAnswer> => {
    const type = bodyText === undefined ? {} : { 'Content-Type': 'application/json' };
    const answer = await http.send({
      method,
      url: uri,
      headers: { ...headers, ...type },
      body: bodyText,
      signal,
    });
    return {
      status: answer.status,
      isJson: answer.isJson,
      body: answer.isJson ? parsed(answer.body.toString('utf8')) : undefined,
      retryAfter: answer.headers['retry-after'],
    };
  };
  // The client fills what is missing from the process' environment; all of it is set here instead. Its debug
  // output, which the variable DEBUG turns on, would print what is written.
  const client = nodeVault({
    apiVersion: 'v1',
    endpoint: address,
    debug: () => undefined,
    'request-promise': { defaults: () => send },
  });
  client.token = '';
  Object.assign(client, {
    namespace: namespace ?? '',
    pathPrefix: '',
    handleVaultResponse: (answer: VaultAnswer) => answer,
  });

  return {
    async send({ method, path, token, body, signal }) {
      try {
        const headers = {
          'X-Vault-Request': 'true',
          ...(token === undefined ? {} : { 'X-Vault-Token': token }),
        };
        const bodyText = body === undefined ? {} : { bodyText: body };
        return (await client.request({
          method,
          path: `/${path}`,
          headers,
          signal,
          ...bodyText,
        })) as VaultAnswer;
      } catch (error) {
        if (error instanceof SecretFault) throw error;
        signal.throwIfAborted();
        throw faultOfNetwork(SERVICE, error, hints) ?? faultOfNonsense(SERVICE);
      }
    },
    close: () => http.close(),
  };
}

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return parseExact(text);
  } catch {
    // The parser's message quotes the text, so it goes no further.
    throw faultOfNonsense(SERVICE);
  }
}
