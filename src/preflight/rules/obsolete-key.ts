import { findLegacyPath } from '../../registry/index.js';
import { always, type Rule } from '../rule.js';

export const obsoleteKey: Rule = {
  id: 'obsolete-key',
  tier: 'schema',
  severity: always('warning'),
  summary: 'A key that was given up in an earlier release',
  why: 'No server reads it any more. It misleads whoever reads the file.',
  fix: 'Remove it.',
  *check({ leaves, file }) {
    for (const { lookup, path, position, name } of leaves) {
      const earlier = lookup.kind === 'unknown' ? findLegacyPath(path.map(String)) : undefined;
      if (earlier?.now !== null) continue;
      yield {
        message: `${name} is obsolete: no server reads it any more`,
        ...(file === undefined ? {} : { file }),
        position,
        key: name,
        hint: 'Remove it.',
      };
    }
  },
};
