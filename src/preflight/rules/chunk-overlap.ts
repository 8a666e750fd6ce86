import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const chunkOverlap: Rule = {
  id: 'chunk-overlap',
  tier: 'rules',
  severity: always('warning'),
  summary: 'Pieces of a text overlap by their whole length',
  why: 'With an overlap as large as the piece, cutting a text never comes to its end.',
  fix: 'Keep `timmy.chunk_overlap` well below `timmy.chunk_size`.',
  *check(configuration) {
    const size = configuration.written('timmy.chunk_size');
    const overlap = configuration.written('timmy.chunk_overlap');
    const sizeText = size?.text ?? '512';
    const written = overlap ?? size;
    if (!written || Number(overlap?.text ?? '50') < Number(sizeText)) return;
    yield reportOn(written, {
      message: 'timmy.chunk_overlap is not smaller than timmy.chunk_size',
      expected: `less than ${sizeText}`,
    });
  },
};
