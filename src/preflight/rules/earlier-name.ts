import { findLegacyBlock, findLegacyPath, lookupPath } from '../../registry/index.js';
import { keyOfLookup } from '../../config/setting-key.js';
import { isEmptyBlock } from '../../config/empty-block.js';
import { importCommand } from '../import-command.js';
import { always, type Rule } from '../rule.js';

export const earlierName: Rule = {
  id: 'earlier-name',
  tier: 'schema',
  severity: always('warning'),
  summary: 'A key under the name of an earlier release',
  why: 'The server no longer reads the old name, so the setting has no effect until it is renamed.',
  fix: 'Use the name of today. `tmi-dbtool import-legacy` moves operational settings into the database and renames the others in the file.',
  *check({ leaves, file }) {
    for (const { lookup, path, position, name, node } of leaves) {
      const block =
        lookup.kind === 'unknown' && isEmptyBlock(node) ? findLegacyBlock(path.map(String)) : undefined;
      if (block !== undefined) {
        yield {
          message: `${name} is called ${block} now`,
          ...(file === undefined ? {} : { file }),
          position,
          key: name,
          expected: block,
          hint: 'Delete the line: it holds nothing.',
        };
        continue;
      }
      const earlier = lookup.kind === 'unknown' ? findLegacyPath(path.map(String)) : undefined;
      if (!earlier || earlier.now === null) continue;
      const { now, entry } = earlier;
      const operational = keyOfLookup(lookupPath(now.split('.')))?.operational ?? false;
      const note = entry.kind === 'composed' && entry.note !== undefined ? ` (${entry.note})` : '';
      yield {
        message: entry.kind === 'composed' ? `${name} is part of ${now} now` : `${name} is called ${now} now`,
        ...(file === undefined ? {} : { file }),
        position,
        key: name,
        expected: now,
        hint: operational ? importCommand(file) : `Write it as ${now}${note}.`,
      };
    }
  },
};
