import { isReference } from '../../config/reference.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const referenceNotResolved: Rule = {
  id: 'reference-not-resolved',
  tier: 'rules',
  severity: always('error'),
  summary: 'A reference stands where the server resolves none',
  why: 'References are resolved in secrets and in the `secrets` block. Anywhere else the server takes the text `env://…` as it is.',
  fix: 'Write the value itself, or set it through its variable.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      const { key, text } = value;
      if (!isReference(text) || key.secret || key.path.startsWith('secrets.')) continue;
      const variable = key.setting?.env;
      yield reportOn(value, {
        message: `${key.path} is no secret, so the server does not resolve references in it`,
        expected: 'the value itself',
        ...(variable ? { hint: `Write the value, or set it through ${variable}.` } : {}),
      });
    }
  },
};
