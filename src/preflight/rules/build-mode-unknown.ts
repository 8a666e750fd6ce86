import { nearestOf, settingByPath } from '../../registry/index.js';
import { readTypedValue } from '../../config/typed-value.js';
import type { Configuration } from '../configuration.js';
import type { Place } from '../finding.js';
import { always, type Rule } from '../rule.js';

const PATH = 'auth.build_mode';

/** What stands for the build mode, valid or not: only valid values are in the layers. */
function writtenModes({ leaves, file, environment }: Configuration): { text: string; place: Place }[] {
  const variable = settingByPath(PATH)?.env ?? '';
  const fromVariable = environment[variable] ?? '';
  const leaf = leaves.find(({ name }) => name === PATH);
  const value = leaf && readTypedValue('string', leaf.node);
  return [
    ...(fromVariable === '' ? [] : [{ text: fromVariable, place: { variable } }]),
    ...(leaf && file !== undefined && value?.kind === 'value'
      ? [{ text: value.text, place: { file, position: leaf.position } }]
      : []),
  ];
}

export const buildModeUnknown: Rule = {
  id: 'build-mode-unknown',
  tier: 'rules',
  severity: always('error'),
  summary: 'The build mode is misspelt',
  why: 'Everything that protects a production server hangs on `auth.build_mode` being exactly `production`. A Go server starts with `prod` or `Production`, and is then not in production: secrets may be stored in plain text, and test logins work.',
  fix: 'Write `dev`, `test` or `production`.',
  *check(configuration) {
    const modes = settingByPath(PATH)?.limits?.enum ?? [];
    for (const { text, place } of writtenModes(configuration)) {
      if (text === '' || modes.includes(text)) continue;
      const near =
        modes.find((mode) => mode.startsWith(text.toLowerCase().slice(0, 3))) ?? nearestOf(text, modes);
      yield {
        message: `${PATH} is none of the modes that the server knows`,
        ...place,
        key: PATH,
        found: text,
        expected: `one of ${modes.join(', ')}`,
        ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
      };
    }
  },
};
