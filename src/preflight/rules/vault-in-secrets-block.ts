import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const vaultInSecretsBlock: Rule = {
  id: 'vault-in-secrets-block',
  tier: 'rules',
  severity: always('error'),
  summary: 'The secrets block asks the provider that it configures',
  why: 'The `secrets` block says how to reach the secrets provider, so nothing in it can be read from that provider. The server ends at once.',
  fix: 'Use `env://NAME` or `file://PATH` in this block.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      if (!value.key.path.startsWith('secrets.') || !value.text.startsWith('vault://')) continue;
      yield reportOn(value, {
        message: `${value.key.path} is a vault:// reference, and this block says how to reach the vault`,
        expected: 'env://NAME, file://PATH or the value itself',
        hint: 'Use env://NAME or file://PATH here.',
      });
    }
  },
};
