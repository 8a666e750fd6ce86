import { always, type Rule } from '../rule.js';

export const invalidVariable: Rule = {
  id: 'invalid-variable',
  tier: 'schema',
  severity: always('error'),
  summary: 'A variable is not what its setting takes',
  why: 'A variable overrides the file, so a broken one breaks a good file.',
  fix: 'Write what the finding expects, or unset the variable. Lists are separated by commas.',
  check: ({ environmentLayer }) =>
    environmentLayer.diagnostics
      .filter(({ key }) => key !== 'auth.build_mode')
      .map(({ message, variable, key }) => ({
        message,
        ...(variable === undefined ? {} : { variable }),
        ...(key === undefined ? {} : { key }),
      })),
};
