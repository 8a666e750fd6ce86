import { ipVersion } from '../addresses.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = ipVersion(address);
  if (version === undefined || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export const trustedProxyInvalid: Rule = {
  id: 'trusted-proxy-invalid',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A trusted proxy is no address and no range',
  why: 'The server compares the address of a connection with this list. A host name in it never matches, so that every user seems to come from the proxy.',
  fix: 'Write IP addresses, or ranges such as `10.0.0.0/8`.',
  *check(configuration) {
    const value = configuration.written('server.trusted_proxies');
    if (!value) return;
    for (const item of JSON.parse(value.text) as string[]) {
      if (isAddressOrRange(item)) continue;
      yield reportOn(value, {
        message: 'server.trusted_proxies holds something that is no address and no range',
        found: item,
        expected: 'an IP address, or a range such as 10.0.0.0/8',
      });
    }
  },
};
