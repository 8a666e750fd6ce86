import { isReference } from '../config/reference.js';

/** An http or https URL with a host, or undefined for everything else. */
export function webAddress(text: string): URL | undefined {
  if (!/^https?:\/\/[^/]/i.test(text) || /\s/.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text);
}

/** True for a host that leads back to the machine itself. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    name === '0.0.0.0' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/** Why an address is not fit for users of a production server; undefined when it is. */
export function unfitForProduction(text: string): string | undefined {
  const url = webAddress(text.endsWith('*') ? text.slice(0, -1) : text);
  if (!url) return undefined;
  if (isLoopback(url.hostname)) return 'leads to the machine of whoever opens it';
  return url.protocol === 'http:' ? 'is plain HTTP, which anybody on the way can read and change' : undefined;
}

/** True for a value that says something and is no reference, so that its form can be checked. */
export function isLiteral(text: string): boolean {
  return text !== '' && !isReference(text);
}

const byte = '(?:25[0-5]|2[0-4]\\d|1?\\d{1,2})';
const ipv4 = new RegExp(`^(?!.*(?:^|\\.)0\\d)(?:${byte}\\.){3}${byte}$`);

/**
 * The version of an IP address; undefined for other texts, and for an address with a zone, which the server does not
 * take. Node's own function comes with its network streams, which take longer to load than a file takes to validate.
 */
export function ipVersion(text: string): 4 | 6 | undefined {
  if (ipv4.test(text)) return 4;
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`) ? 6 : undefined;
}
