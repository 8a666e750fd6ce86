import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const tlsNameMissing: Rule = {
  id: 'tls-name-missing',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'TLS is on, and the name of the certificate is not set',
  why: 'Without `server.tls_subject_name` the server expects the certificate to carry the host name of the machine, which in containers and clouds is hardly ever the name that users type.',
  fix: 'Set `server.tls_subject_name` to the name that users type.',
  *check(configuration) {
    const enabled = configuration.value('server.tls_enabled');
    if (enabled?.text !== 'true' || configuration.text('server.tls_subject_name') !== '') return;
    yield reportOn(enabled, {
      message: 'TLS is on and server.tls_subject_name is empty',
      expected: 'the name that users type, such as tmi.example.com',
      hint: 'Set server.tls_subject_name.',
    });
  },
};
