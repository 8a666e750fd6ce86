import { SecretFault } from '../fault.js';

/** The variable that lets requests to stores go over plain http, for containers that have no command line. */
const ALLOW_PLAIN_HTTP = 'TMI_DBTOOL_ALLOW_PLAIN_HTTP';

/** The URL, or undefined when the text is none. (`URL.parse` does not exist before Node 22.) */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** True for an address of this machine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/** Services of the platform that give a machine its identity have these addresses, which no router passes on. */
function isLinkLocal(url: URL): boolean {
  return /^(169\.254(\.\d+){2}|\[fe80:[0-9a-f:]*\]|\[fd00:ec2:[0-9a-f:]*\])$/.test(url.hostname);
}

/** True when what is sent to the address can be read by others on its way. */
export function isReadableOnTheWay(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url) && !isLinkLocal(url);
}

/** True when the environment allows plain http: the variable is `1`, `true` or `yes`. */
export function allowsPlainHttp(environment: Readonly<Record<string, string | undefined>>): boolean {
  return /^(1|t|true|yes)$/i.test(environment[ALLOW_PLAIN_HTTP]?.trim() ?? '');
}

/** @throws SecretFault `secrets/provider-not-configured` for plain http beyond this machine, unless it is allowed. */
export function refusePlainHttp(url: URL, service: string, allowed: boolean): void {
  if (allowed || !isReadableOnTheWay(url)) return;
  throw new SecretFault(
    'secrets/provider-not-configured',
    `${service} at ${url.origin} would get the credentials, and send the secrets, over plain http, where anybody on the way reads them`,
    { hint: `Use https, or say that the network is safe: --allow-plain-http, or ${ALLOW_PLAIN_HTTP}=1.` },
  );
}
