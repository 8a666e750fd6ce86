import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const extractedTextKept: Rule = {
  id: 'extracted-text-kept',
  tier: 'rules',
  severity: inProduction('error'),
  summary: 'Extracted text of documents is kept as notes',
  why: 'A setting for development: a production server refuses to start with it.',
  fix: 'Remove `timmy.dump_extracted_text_to_note`.',
  *check(configuration) {
    const value = configuration.written('timmy.dump_extracted_text_to_note');
    if (value?.text !== 'true') return;
    yield reportOn(value, { message: 'timmy.dump_extracted_text_to_note is on', expected: 'false' });
  },
};
