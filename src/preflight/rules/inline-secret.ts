import { isInlineSecret, isOfOtherProvider } from '../../secrets/inline.js';
import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

/** What leads to the provider cannot come from it; and what the chosen provider has no use for need not be there. */
function hintFor(path: string, provider: string): string {
  const [block, name = ''] = path.split('.');
  if (block !== 'secrets') return `For example: vault://tmi/${path.replace(/[^a-z0-9]+/g, '_')}`;
  return isOfOtherProvider(path, provider)
    ? `Delete the line: secrets.provider is ${provider}, which does not read it.`
    : `For example: env://${name.toUpperCase()}`;
}

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
        expected: key.path.startsWith('secrets.')
          ? 'a reference: env://NAME or file://PATH'
          : 'a reference: vault://PATH, env://NAME or file://PATH',
        hint: hintFor(key.path, configuration.text('secrets.provider')),
      });
    }
  },
};
