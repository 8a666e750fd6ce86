import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const tlsFilesMissing: Rule = {
  id: 'tls-files-missing',
  tier: 'rules',
  severity: always('error'),
  summary: 'TLS is on without certificate or key',
  why: 'With TLS on the server loads both files at start and ends when one is not named.',
  fix: 'Set `server.tls_cert_file` and `server.tls_key_file`, or turn TLS off behind a proxy that ends it.',
  *check(configuration) {
    const enabled = configuration.value('server.tls_enabled');
    if (enabled?.text !== 'true') return;
    for (const path of ['server.tls_cert_file', 'server.tls_key_file']) {
      if (configuration.text(path) !== '') continue;
      yield reportOn(enabled, {
        message: `TLS is on and ${path} is empty`,
        expected: `the path of a PEM file in ${path}`,
        hint: `Set ${path}, or server.tls_enabled: false behind a proxy that ends TLS.`,
      });
    }
  },
};
