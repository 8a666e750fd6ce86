import { providerFamilies, settings, type Limits, type Setting } from '../../registry/index.js';

const typeNames: Readonly<Record<Setting['type'], string>> = {
  string: 'text',
  int: 'whole number',
  float: 'number',
  bool: 'true or false',
  duration: 'duration, such as 30s',
  string_list: 'list of texts',
  string_map: 'map of texts',
  userinfo_list: 'list of endpoints',
  administrator_list: 'list of administrators',
};

function limitsText({ min, max, minExclusive, enum: words }: Limits): string {
  if (words) return `one of ${words.map((word) => `\`${word}\``).join(', ')}`;
  const low = min === undefined ? '' : minExclusive ? `above ${min}` : `at least ${min}`;
  return [low, max === undefined ? '' : `at most ${max}`].filter((text) => text !== '').join(', ');
}

function settingLines(setting: Setting): string[] {
  const { path, databaseKey, type, env, limits, secret, required, example, defaultNote } = setting;
  const preset = defaultNote ?? (setting.default ? `\`${setting.default}\`` : undefined);
  return [
    `- Type: ${typeNames[type]}${limits ? `, ${limitsText(limits)}` : ''}${secret ? ', secret' : ''}${required ? ', required' : ''}`,
    ...(preset === undefined ? [] : [`- Default: ${preset}`]),
    ...(env === null ? [] : [`- Variable: \`${env}\``]),
    ...(databaseKey === null ? [] : [`- Key in the database: \`${databaseKey}\``]),
    ...(path === null ? ['- In the database only'] : []),
    ...(example === '' ? [] : [`- Example: \`${example}\``]),
  ];
}

function settingMarkdown(setting: Setting): string {
  return [
    `### ${setting.path ?? setting.databaseKey}`,
    setting.description,
    settingLines(setting).join('\n'),
  ].join('\n\n');
}

function providerMarkdown(): string[] {
  return providerFamilies.map(({ path, envPrefix, description, fields }) =>
    [
      `### ${path}.<id>`,
      `${description} Variables: \`${envPrefix}<ID>_<FIELD>\`; \`${envPrefix}<ID>_ENABLED=true\` defines the provider.`,
      fields
        .map(
          ({ name, type, description: text, secret }) =>
            `- \`${name}\` (${typeNames[type]}${secret ? ', secret' : ''}): ${text}`,
        )
        .join('\n'),
    ].join('\n\n'),
  );
}

/** The reference documentation of every setting, made from the registry. Markdown. */
export function settingsReference(): string {
  const of = (category: Setting['category']) =>
    settings.filter((setting) => setting.category === category).map(settingMarkdown);
  return `${[
    '# Settings of a TMI server',
    '## Bootstrap settings',
    'Read once at start, from the file or from variables. A variable outranks the file.',
    ...of('bootstrap'),
    '## Operational settings',
    'They live in the database and change while the server runs. In a file they are drift: `tmi-dbtool import-legacy` moves them.',
    ...of('operational'),
    '## Providers',
    ...providerMarkdown(),
  ].join('\n\n')}\n`;
}
