import { SecretFault } from './fault.js';

/** Faults that every service answers in the same way, by its HTTP status. `service` is how messages call it. */
export function faultOfStatus(
  service: string,
  what: string,
  status: number,
  retryAfter?: string | null,
): SecretFault {
  switch (status) {
    case 401:
      return new SecretFault('secrets/refused', `${service} does not accept the credentials`);
    case 403:
      return new SecretFault('secrets/refused', `${service} refuses to read ${what} with these credentials`, {
        hint: 'Grant the identity the right to read this secret.',
      });
    case 404:
      return new SecretFault('secrets/no-such-secret', `${service} has no ${what}`);
    case 408:
    case 429:
      return busy(service, retryAfter);
    default:
      if (status >= 500) return busy(service, retryAfter, `answers with status ${status}`);
      return new SecretFault('secrets/unreachable', `${service} answers with status ${status}`);
  }
}

/** @param retryAfter the header of that name: seconds or a date. */
function busy(service: string, retryAfter?: string | null, what = 'is throttling requests'): SecretFault {
  const wait = retryAfterMs(retryAfter);
  return new SecretFault('secrets/unreachable', `${service} ${what}`, {
    retryable: true,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function retryAfterMs(header: string | null | undefined): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** What came back is not what the service sends: cut short, a proxy's page, another service at this address. */
export function faultOfNonsense(service: string): SecretFault {
  return new SecretFault(
    'secrets/unreachable',
    `${service} answers with something that is not an answer of this service`,
    {
      hint: 'Check the address, and proxies between.',
      // An answer that was cut in its middle looks like this too.
      retryable: true,
    },
  );
}

const permanentNetworkCodes =
  /^(ENOTFOUND|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_INVALID|EPROTO)/;

/**
 * The fault for an error of the network, searched in the error, its causes and its parts; undefined when none of
 * them carries a code that node's sockets use.
 */
export function faultOfNetwork(service: string, error: unknown): SecretFault | undefined {
  const code = networkCode(error, 0);
  if (code === undefined) return undefined;
  return new SecretFault('secrets/unreachable', `${service} cannot be reached (${code})`, {
    retryable: !permanentNetworkCodes.test(code),
    ...(/CERT|SIGNED|TLS/.test(code)
      ? { hint: 'Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.' }
      : {}),
  });
}

const networkCodes =
  /^(E(CONN|NOTFOUND|AI_AGAIN|PIPE|HOST|NET|TIMEDOUT|PROTO)[A-Z]*|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|DEPTH_ZERO[A-Z_]+|SELF_SIGNED[A-Z_]+|UNABLE_TO[A-Z_]+|ERR_TLS[A-Z_]*|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET[A-Z_]*)$/;

function networkCode(error: unknown, depth: number): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { code, cause, errors, error: inner } = error as Record<string, unknown>;
  if (typeof code === 'string' && networkCodes.test(code)) return code;
  for (const part of [cause, inner, ...(Array.isArray(errors) ? (errors as unknown[]) : [])]) {
    const found = networkCode(part, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
