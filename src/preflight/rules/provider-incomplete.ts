import type { Configuration } from '../configuration.js';
import { softerForGoServer } from '../go-server.js';
import { missingFields } from '../providers.js';
import { always, type Rule } from '../rule.js';

function standsInFile({ leaves }: Configuration, path: string): boolean {
  return leaves.some(({ name, node }) => name === path && node.kind === 'sequence' && node.items.length > 0);
}

export const providerIncomplete: Rule = {
  id: 'provider-incomplete',
  tier: 'rules',
  severity: always('error'),
  summary: 'An enabled provider lacks a field',
  why: 'An OAuth provider needs `client_id`, `authorization_url`, `token_url` and a userinfo endpoint; a SAML provider `entity_id` and metadata; a content provider `client_id`, `auth_url` and `token_url`. The server refuses to start otherwise. A Go server 1.8 refuses only an OAuth provider without userinfo; with the rest missing it starts, and nobody can log in there: with `--server 1.8` a warning.',
  fix: 'Fill in the field, or set `enabled: false`.',
  *check(configuration) {
    for (const provider of configuration.providers) {
      if (!provider.enabled) continue;
      const missing = missingFields(provider.family, (name) => provider.field(name) !== undefined);
      for (const name of missing) {
        yield {
          message: `The provider ${provider.id} is enabled and has no ${name}`,
          ...provider.place,
          key: `${provider.entry}.${name.split(' or ')[0]}`,
          expected: name,
          hint: `Set ${name}, or enabled: false.`,
          // A list that is there, whatever is wrong with its entries, is a list to a Go server.
          ...(name === 'userinfo' && !standsInFile(configuration, `${provider.entry}.userinfo`)
            ? {}
            : softerForGoServer(configuration)),
        };
      }
    }
  },
};
