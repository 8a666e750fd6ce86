import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

const needed = [
  'timmy.llm_provider',
  'timmy.llm_model',
  'timmy.text_embedding_provider',
  'timmy.text_embedding_model',
];

export const timmyIncomplete: Rule = {
  id: 'timmy-incomplete',
  tier: 'rules',
  severity: always('warning'),
  summary: 'The assistant is on without its models',
  why: 'Timmy needs a language model and a text embedding model. Without them users see it and cannot use it. What is set in the database only is not seen here, so this is a warning.',
  fix: 'Set provider and model for both.',
  *check(configuration) {
    const enabled = configuration.written('timmy.enabled');
    if (enabled?.text !== 'true') return;
    const missing = needed.filter((path) => !configuration.written(path)?.text);
    if (missing.length === 0) return;
    yield reportOn(enabled, {
      message: `Timmy is on and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} empty`,
      expected: 'a language model and a text embedding model',
    });
  },
};
