import { reportOn } from '../configuration.js';
import { stricterInProduction, type Rule } from '../rule.js';

export const trustedProxyEveryone: Rule = {
  id: 'trusted-proxy-everyone',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'Every client is trusted as a proxy',
  why: 'With `0.0.0.0/0` anybody can claim any address in `X-Forwarded-For`, past rate limits and into the audit log.',
  fix: 'List the addresses of your proxies only.',
  *check(configuration) {
    const value = configuration.written('server.trusted_proxies');
    if (!value) return;
    for (const item of JSON.parse(value.text) as string[]) {
      if (!/\/0+$/.test(item)) continue;
      yield reportOn(value, {
        message: 'server.trusted_proxies holds every address there is',
        found: item,
        expected: 'the addresses of your proxies',
      });
    }
  },
};
