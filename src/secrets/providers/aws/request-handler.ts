import type { StoreHttp } from '../../http/store-http.js';
import { faultOfForeign } from '../../service-fault.js';
import { SERVICE } from './faults.js';
import type { CommandSignals } from './signals.js';

/** A request of the SDK, as far as it concerns us. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function urlOf({ protocol, hostname, port, path, query }: SdkRequest): string {
  const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `${protocol}//${host}${port === undefined ? '' : `:${port}`}${path}${search}`;
}

/** What the SDK sends its requests with, over our own HTTP function. */
export function requestHandler(http: StoreHttp, signals: CommandSignals) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest, { abortSignal }: { abortSignal?: unknown } = {}) {
      const { method, headers, body } = request;
      const answer = await http.send({
        method,
        url: urlOf(request),
        headers,
        body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
        signal: signals.of(request) ?? (abortSignal instanceof AbortSignal ? abortSignal : undefined),
      });
      // Logins, which the SDK sends here too, are answered in XML.
      const isForSecrets = headers['x-amz-target'] !== undefined;
      if (isForSecrets && !answer.isJson) {
        throw faultOfForeign(answer.status, { service: SERVICE, what: 'the request' });
      }
      return {
        response: {
          statusCode: answer.status,
          headers: answer.headers,
          body: new Uint8Array(answer.body),
        },
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => http.close(),
  };
}
