import { SecretFault } from './fault.js';

/** What was asked of a service, for messages. */
export interface Asked {
  /** How messages call the service. */
  readonly service: string;
  /** What it was asked for: `secret a/b`. */
  readonly what: string;
  readonly action?: 'read' | 'write';
  /** The header of that name: seconds or a date. */
  readonly retryAfter?: string | null | undefined;
}

/**
 * Faults that every service means in the same way by an HTTP status. No status alone says that there is no such
 * secret: a proxy, another server at the address and an unknown mount answer 404 too, so the providers look for the
 * service's own words first.
 */
export function faultOfStatus(status: number, asked: Asked): SecretFault {
  const { service } = asked;
  switch (status) {
    case 401:
      return new SecretFault('secrets/refused', `${service} does not accept the credentials`);
    case 403:
      return refusedFault(asked);
    case 408:
      return busyFault(asked, 'did not get the request in time');
    case 429:
      return busyFault(asked, 'is throttling requests', true);
    default:
      // 501: the service does not know the request at all, which does not pass with time.
      if (status >= 500 && status !== 501) return busyFault(asked, `answers with status ${status}`);
      return new SecretFault('secrets/unreachable', `${service} answers with status ${status}`, {
        hint: 'Check the address, and proxies between.',
      });
  }
}

/**
 * The credentials are accepted, and do not suffice for this one secret.
 * @param denied true when the service says the same of a secret that does not exist to a role that may read few
 */
export function refusedFault({ service, what, action = 'read' }: Asked, denied = true): SecretFault {
  return new SecretFault(
    'secrets/refused',
    `${service} refuses to ${action} ${what} with these credentials`,
    {
      hint: `Grant the identity the right to ${action} this secret.`,
      denied,
    },
  );
}

/** The service has a moment in which it cannot answer. `how` is the end of a sentence that begins with the service. */
export function busyFault({ service, retryAfter }: Asked, how: string, throttled = false): SecretFault {
  const wait = retryAfterMs(retryAfter);
  return new SecretFault('secrets/unreachable', `${service} ${how}`, {
    retryable: true,
    throttled,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function retryAfterMs(header: string | null | undefined): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The service's own word that there is no such secret, at a place that it knows. */
export function noSuchSecret({ service, what }: Asked): SecretFault {
  return new SecretFault('secrets/no-such-secret', `${service} has no ${what}`);
}

/**
 * The secret is there and its version is not. Only a version that the reference names may be missing: that the current
 * one is deleted, disabled or without a value is somebody's doing, and no option forgives it.
 * @param state how the version is, for messages: `deleted`, `disabled or destroyed`; `vacant`: it can be written over
 */
export function noSuchVersion(
  what: string,
  version: string | undefined,
  state?: string,
  vacant = false,
): SecretFault {
  const which = version === undefined ? 'the current version' : `version ${version}`;
  const missing = version === undefined ? 'no current version' : `no version ${version}`;
  return new SecretFault(
    'secrets/no-such-version',
    state === undefined ? `${what} has ${missing}` : `${which} of ${what} is ${state}`,
    { forgivable: version !== undefined, ...(version === undefined ? { vacant } : {}) },
  );
}

/** The service does not take such a name, so nobody knows what was meant by it. */
export function impossibleName({ service, what }: Asked): SecretFault {
  return new SecretFault('secrets/no-such-secret', `${service} takes no such name as that of ${what}`, {
    forgivable: false,
  });
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

/** An answer in other words than the service's own, such as the page of a proxy: only its status can be believed. */
export function faultOfForeign(status: number, asked: Asked): SecretFault {
  if (status === 408 || status === 429 || status >= 500) return faultOfStatus(status, asked);
  if (status < 400) return faultOfNonsense(asked.service);
  return new SecretFault(
    'secrets/unreachable',
    `${asked.service} answers with status ${status}, and not in the words of this service`,
    { hint: 'Check the address, and proxies between.', retryable: true },
  );
}

const permanentNetworkCodes =
  /^(ENOTFOUND|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|ERR_INVALID|EPROTO)/;

/** Where a service's certificates and names are set, for hints. */
export interface TlsHints {
  readonly authority: string;
  readonly name: string;
  /** How the tool is given a certificate to show, where it can be. */
  readonly client?: string;
}

const usualHints: TlsHints = {
  authority: 'Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.',
  name: 'Use the name that stands in its certificate as the address.',
};

/**
 * The fault for an error of the network, searched in the error, its causes and its parts; undefined when none of
 * them carries a code that node's sockets use.
 */
export function faultOfNetwork(
  service: string,
  error: unknown,
  hints: TlsHints = usualHints,
): SecretFault | undefined {
  const code = networkCode(error);
  if (code === undefined) return undefined;
  const hint = tlsHint(code, hints);
  return new SecretFault('secrets/unreachable', `${service} cannot be reached (${code})`, {
    retryable: !permanentNetworkCodes.test(code),
    ...(hint === undefined ? {} : { hint }),
  });
}

function tlsHint(code: string, hints: TlsHints): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `Its certificate is for another name. ${hints.name}`;
  if (code === 'CERT_HAS_EXPIRED') return 'Its certificate has run out.';
  if (code === 'EPROTO') return 'It does not speak TLS there, or not a version of today.';
  // A server of TLS 1.2 says only that the handshake failed when it gets no certificate of the client.
  if (/_ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code)) {
    return `It refuses the certificate of the client, or demands one. ${hints.client ?? ''}`.trimEnd();
  }
  return /CERT|SIGN|TLS|UNABLE_TO/.test(code) ? hints.authority : undefined;
}

/** The fault itself, or one of its causes and parts, where a client wrapped what our own HTTP function threw. */
export function wrappedFault(error: unknown): SecretFault | undefined {
  return search(error, (part) => (part instanceof SecretFault ? part : undefined));
}

const networkCodes =
  /^(E(CONN|NOTFOUND|AI_AGAIN|PIPE|HOST|NET|TIMEDOUT|PROTO)[A-Z]*|UND_ERR_[A-Z_]+|HPE_[A-Z_]+|CERT_[A-Z_]+|DEPTH_ZERO[A-Z_]+|SELF_SIGNED[A-Z_]+|UNABLE_TO[A-Z_]+|ERR_TLS[A-Z_]*|ERR_SSL[A-Z0-9_]*|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET[A-Z_]*)$/;

function networkCode(error: unknown): string | undefined {
  return search(error, ({ code }) =>
    typeof code === 'string' && networkCodes.test(code) ? code : undefined,
  );
}

function search<T>(
  error: unknown,
  find: (part: Record<string, unknown>) => T | undefined,
  depth = 0,
): T | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const found = find(error as Record<string, unknown>);
  if (found !== undefined) return found;
  const { cause, errors, error: inner } = error as Record<string, unknown>;
  for (const part of [cause, inner, ...(Array.isArray(errors) ? (errors as unknown[]) : [])]) {
    const deeper = search(part, find, depth + 1);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}
