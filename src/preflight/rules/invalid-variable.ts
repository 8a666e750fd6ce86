import { always, type Rule } from '../rule.js';

export const invalidVariable: Rule = {
  id: 'invalid-variable',
  tier: 'schema',
  severity: always('error'),
  summary: 'A variable is not what its setting takes',
  why: 'A variable overrides the file, so a broken one breaks a good file.',
  fix: 'Write what the finding expects, or unset the variable. Lists are separated by commas.',
  check: ({ environmentLayer: { diagnostics, doubts }, options }) =>
    [...diagnostics, ...doubts]
      .filter(({ key }) => key !== 'auth.build_mode')
      .map(({ code, message, variable, key, severity }) => ({
        message,
        // A documented server keeps it out of its settings, so it does not start without a word.
        severity: code === 'config/invalid-variable' && options.server === 'documented' ? 'error' : severity,
        ...(variable === undefined ? {} : { variable }),
        ...(key === undefined ? {} : { key }),
      })),
};
