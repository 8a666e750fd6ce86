import { settings } from '../../registry/index.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';
import { shownText } from '../shown.js';

export const variableOverridesFile: Rule = {
  id: 'variable-overrides-file',
  tier: 'rules',
  severity: always('info'),
  summary: 'A variable overrides a key of the file with another value',
  why: 'The file says one thing and the server does another. Often that is meant; when it is not, it costs hours.',
  fix: 'Remove the key from the file, or unset the variable.',
  *check(configuration) {
    for (const { path } of settings) {
      const fromFile = path === null ? undefined : configuration.inFile(path);
      const taken = path === null ? undefined : configuration.written(path);
      if (!fromFile || !taken || taken.layer !== 'environment' || taken.text === fromFile.text) continue;
      yield reportOn(fromFile, {
        message: `${fromFile.key.path} is overridden by the variable ${taken.place.variable}`,
        expected: shownText(taken.key, taken.text),
        hint: `Remove the key, or unset ${taken.place.variable}.`,
      });
    }
  },
};
