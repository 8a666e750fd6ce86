import { entryOverriddenBy } from '../../config/written.js';
import { always, type Rule } from '../rule.js';

export const providerOverridden: Rule = {
  id: 'provider-overridden',
  tier: 'rules',
  severity: always('info'),
  summary: 'Variables define a provider that the file defines too',
  why: 'Variables replace the whole entry of the file. Fields that only the file has are lost.',
  fix: 'Define the provider in one place.',
  *check(configuration) {
    const { layers } = configuration;
    for (const entry of layers.file.providers) {
      const variable = entryOverriddenBy(entry, layers);
      if (variable === undefined) continue;
      yield {
        message: `${entry} has no effect: ${variable} defines the whole provider anew`,
        ...configuration.placeOf(entry),
        key: entry,
        hint: 'Define the provider in one place.',
      };
    }
  },
};
