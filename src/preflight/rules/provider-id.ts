import { shownName } from '../key-names.js';
import { always, type Rule } from '../rule.js';

export const providerId: Rule = {
  id: 'provider-id',
  tier: 'schema',
  severity: always('warning'),
  summary: 'A provider id that rows of the database cannot carry',
  why: 'The id is part of callback addresses and of keys in the database, where only some characters are allowed. A server takes the entry from the file, and never one of that id from the database, so an import leaves it where it is.',
  fix: 'Rename the entry: lower-case letters and digits, with dashes between them (content providers: underscores).',
  *check({ leaves, file, document }) {
    const seen = new Set<string>();
    for (const leaf of leaves) {
      const { lookup, position, path } = leaf;
      if (lookup.kind !== 'invalid-provider-id') continue;
      const { family } = lookup;
      const depth = family.path.split('.').length + 1;
      const whole = path.length === depth ? document : undefined;
      const entry = shownName(whole, { ...leaf, path: path.slice(0, depth) });
      const id = entry.slice(family.path.length + 1);
      if (seen.has(entry)) continue;
      seen.add(entry);
      yield {
        message: `"${id}" cannot be the id of a provider in the database`,
        ...(file === undefined ? {} : { file }),
        position,
        key: entry,
        found: id,
        expected: `an id that matches ${family.idPattern.source}`,
      };
    }
  },
};
