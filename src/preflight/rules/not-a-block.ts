import { isEmptyBlock } from '../../config/empty-block.js';
import { always, type Rule } from '../rule.js';

export const notABlock: Rule = {
  id: 'not-a-block',
  tier: 'schema',
  severity: always('error'),
  summary: 'A value or a list stands where settings should stand',
  why: 'The server refuses a file in which a block such as `server:` holds a single value. Usually the lines below it are not indented.',
  fix: 'Indent the settings below their block.',
  *check({ leaves, file }) {
    for (const { lookup, node, position, name } of leaves) {
      if (lookup.kind !== 'block' || isEmptyBlock(node)) continue;
      yield {
        message: `${name} holds a ${node.kind === 'sequence' ? 'list' : 'single value'}, and settings belong there`,
        ...(file === undefined ? {} : { file }),
        position,
        key: name,
        expected: 'a map of settings, indented below it',
      };
    }
  },
};
