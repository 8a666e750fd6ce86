import { webAddress } from '../addresses.js';
import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const tlsOff: Rule = {
  id: 'tls-off',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'TLS is off, and nothing says that a proxy ends it',
  why: 'Without TLS, tokens and threat models cross the network in the clear. That is fine behind a proxy that ends TLS, which an `https://` base URL tells.',
  fix: 'Turn TLS on, or set `server.base_url` to the https address of the proxy.',
  *check(configuration) {
    const enabled = configuration.value('server.tls_enabled');
    const behindProxy = webAddress(configuration.text('server.base_url'))?.protocol === 'https:';
    if (!enabled || enabled.text === 'true' || behindProxy) return;
    yield reportOn(enabled, {
      message: 'The server speaks plain HTTP, and no https:// base URL says that a proxy stands in front',
      expected: 'server.tls_enabled: true, or an https:// address in server.base_url',
      hint: 'Turn TLS on, or set server.base_url to the address of the proxy.',
    });
  },
};
