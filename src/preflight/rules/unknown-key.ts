import { findLegacyBlock, findLegacyPath } from '../../registry/index.js';
import { shownName } from '../key-names.js';
import { isEmptyBlock } from '../../config/empty-block.js';
import { always, type Rule } from '../rule.js';

export const unknownKey: Rule = {
  id: 'unknown-key',
  tier: 'schema',
  severity: always('error'),
  summary: 'A key that no server knows',
  why: 'The server passes over keys that it does not know. A mistyped key leaves its setting at the default, and nobody notices.',
  fix: 'Correct the name, or remove the key. `tmi-dbtool config reference` lists every setting.',
  *check({ leaves, file, document }) {
    for (const leaf of leaves) {
      const { lookup, position } = leaf;
      const path = leaf.path.map(String);
      if (lookup.kind !== 'unknown' || findLegacyPath(path)) continue;
      if (isEmptyBlock(leaf.node) && findLegacyBlock(path) !== undefined) continue;
      const name = shownName(document, leaf);
      yield {
        message: `${name} is no setting`,
        ...(file === undefined ? {} : { file }),
        position,
        key: name,
        ...(lookup.nearest === undefined
          ? { hint: 'All settings: tmi-dbtool config reference' }
          : { expected: lookup.nearest, hint: `Did you mean ${lookup.nearest}?` }),
      };
    }
  },
};
