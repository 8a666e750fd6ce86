import { providerFamilies } from '../../registry/index.js';
import { parseBool } from '../../values/index.js';
import { always, type Rule } from '../rule.js';

const on = /^(y|yes|on|enabled)$/i;

export const providerVariableInexact: Rule = {
  id: 'provider-variable-inexact',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A variable enables a provider in other words than `true`',
  why: 'Providers are found by variables that end in `_ENABLED` and hold exactly `true`. With `1`, `True` or `yes` the provider is not there, and nothing says so.',
  fix: 'Write `true`.',
  *check({ environment }) {
    for (const { envPrefix, path } of providerFamilies) {
      for (const [name, text = ''] of Object.entries(environment)) {
        if (!name.startsWith(envPrefix) || !name.endsWith('_ENABLED') || text === 'true') continue;
        if (!on.test(text) && parseBool(text) !== true && text.toLowerCase() !== 'true') continue;
        yield {
          message: `${name} is not exactly true, so the provider stays off`,
          variable: name,
          key: path,
          found: text,
          expected: 'true',
        };
      }
    }
  },
};
