import { isInlineSecret } from '../../secrets/inline.js';
import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const inlineSecret: Rule = {
  id: 'inline-secret',
  tier: 'rules',
  severity: inProduction('error'),
  summary: 'A secret stands in the file itself',
  why: 'Files are copied, mailed and committed. A secret in one is a secret of everybody who ever had the file.',
  fix: 'Put the secret into the secrets provider and write `vault://PATH`, or use `env://NAME` or `file://PATH`. Change a secret that was committed.',
  *check(configuration) {
    for (const { key } of configuration.fileLayer.values.values()) {
      const value = configuration.inFile(key.path);
      if (value?.layer !== 'file' || !isInlineSecret(value.key, value.text)) continue;
      yield reportOn(value, {
        message: `${key.path} is written into the file`,
        expected: 'a reference: vault://PATH, env://NAME or file://PATH',
        hint: `For example: vault://tmi/${key.path.replace(/[^a-z0-9]+/g, '_')}`,
      });
    }
  },
};
