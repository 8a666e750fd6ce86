import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const tlsRedirectOff: Rule = {
  id: 'tls-redirect-off',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Plain HTTP is not redirected to HTTPS',
  why: 'A user who types the address without `https://` stays on plain HTTP, tokens included.',
  fix: 'Set `server.http_to_https_redirect: true`.',
  *check(configuration) {
    const redirect = configuration.value('server.http_to_https_redirect');
    if (configuration.text('server.tls_enabled') !== 'true' || redirect?.text !== 'false') return;
    yield reportOn(redirect, {
      message: 'TLS is on, and requests over plain HTTP are not redirected',
      expected: 'true',
      hint: 'Set server.http_to_https_redirect: true.',
    });
  },
};
