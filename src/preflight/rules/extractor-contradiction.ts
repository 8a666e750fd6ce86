import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

const block = 'content_extractors';

export const extractorContradiction: Rule = {
  id: 'extractor-contradiction',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A document may be larger packed than unpacked',
  why: 'The smaller limit always wins, so the larger one has no effect.',
  fix: 'Keep `compressed_size_bytes` and `part_size_bytes` at or below `decompressed_size_bytes`.',
  *check(configuration) {
    const most = configuration.written(`${block}.decompressed_size_bytes`);
    for (const name of ['compressed_size_bytes', 'part_size_bytes']) {
      const part = configuration.written(`${block}.${name}`);
      if (!most || !part || Number(part.text) <= Number(most.text)) continue;
      yield reportOn(part, {
        message: `${part.key.path} is larger than ${most.key.path}`,
        expected: `at most ${most.text}`,
      });
    }
  },
};
