import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const loggingTokens: Rule = {
  id: 'logging-tokens',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Access tokens are not masked in logs',
  why: 'Masking is off unless it is turned on. Whoever reads the logs can then act as the users in them.',
  fix: 'Set `logging.redact_auth_tokens: true`.',
  *check(configuration) {
    const value = configuration.value('logging.redact_auth_tokens');
    if (!value || value.text === 'true') return;
    const byDefault = value.layer === 'default' ? ' by default' : '';
    yield reportOn(value, {
      message: `logging.redact_auth_tokens is off${byDefault}`,
      expected: 'true',
      hint: 'Set logging.redact_auth_tokens: true.',
    });
  },
};
