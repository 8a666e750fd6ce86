import { reportOn } from '../configuration.js';
import { severityForGoServer } from '../go-server.js';
import { always, type Rule } from '../rule.js';

const inGo: readonly string[] = ['env', 'aws', 'oci'];

export const secretsProviderUnsupported: Rule = {
  id: 'secrets-provider-unsupported',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A Go server 1.8 does not have the secrets provider',
  why: 'A Go server 1.8 has the providers `env`, `aws` and `oci`, and does not start with another one. Servers made with the library have all six. With `--server 1.8` this is an error, with `--server documented` it is not looked for.',
  fix: 'For a Go server, let an agent write the secrets into variables and choose `env`, or use `aws` or `oci`.',
  *check(configuration) {
    const severity = severityForGoServer(configuration);
    const provider = configuration.value('secrets.provider');
    if (!severity || !provider || provider.text === '' || inGo.includes(provider.text)) return;
    // What no server knows is a fault of its own.
    if (!provider.key.limits?.enum?.includes(provider.text)) return;
    yield reportOn(provider, {
      message: `A Go server 1.8 has no secrets provider ${provider.text} and does not start with it`,
      expected: `one of ${inGo.join(', ')}`,
      hint: 'For such a server give the secrets as variables (TMI_SECRET_*) with provider: env.',
      severity,
    });
  },
};
