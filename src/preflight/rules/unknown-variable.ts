import { findLegacyVariable, composedUrlVariables, nearestOf, settings } from '../../registry/index.js';
import { always, type Rule } from '../rule.js';

/** Variables with our prefix that are no settings: secrets of the env provider, workers, providers, the tool itself. */
const others = /^TMI_(SECRET|WORKER|TEST|DBTOOL|CONTENT_OAUTH_PROVIDERS|ADMIN)_/;

export const unknownVariable: Rule = {
  id: 'unknown-variable',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A variable that begins with `TMI_` and means nothing',
  why: 'The server passes over variables that it does not know. A mistyped one leaves its setting as it is, and nobody notices.',
  fix: 'Correct the name, or unset the variable.',
  *check({ environment }) {
    const known = settings.flatMap(({ env }) => (env === null ? [] : [env]));
    const composed = Object.values(composedUrlVariables).flatMap((engine) => Object.values(engine).flat());
    for (const [name, text = ''] of Object.entries(environment)) {
      if (!name.startsWith('TMI_') || text === '' || others.test(name) || known.includes(name)) continue;
      if (findLegacyVariable(name) || composed.includes(name)) continue;
      const nearest = nearestOf(name, known);
      yield {
        message: `${name} is no variable of the server`,
        variable: name,
        ...(nearest === undefined ? {} : { expected: nearest, hint: `Did you mean ${nearest}?` }),
      };
    }
  },
};
