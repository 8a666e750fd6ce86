import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.js';
import { providerFamilies, settings } from '../../../src/registry/index.js';
import { writeEnvironmentExport } from '../../../src/settings/export/environment.js';
import type { ExportEntry } from '../../../src/settings/export/format.js';
import { fromText } from '../../../src/values/index.js';
import { execa } from 'execa';
import { entry } from './entry.js';

const write = (...entries: ExportEntry[]) =>
  writeEnvironmentExport({ exportedAt: '', secrets: 'reveal', salt: '', entries });

/** The variables as a shell reads them. */
async function sourced(text: string): Promise<Record<string, string>> {
  const { stdout } = await execa(
    '/bin/sh',
    ['-c', `set -a\n${text}\nexec ${process.execPath} -p 'JSON.stringify(process.env)'`],
    {
      extendEnv: false,
      env: { PATH: process.env['PATH'] ?? '' },
    },
  );
  return JSON.parse(stdout) as Record<string, string>;
}

describe('an export as variables', () => {
  it('is read by the server as the same values, for every setting that has a variable', async () => {
    const stored = settings.flatMap(({ databaseKey, env, example, type }) => {
      const normal = fromText(type, example);
      return databaseKey !== null && env !== null && normal.ok && normal.text !== ''
        ? [entry(databaseKey, normal.text)]
        : [];
    });
    const fields = providerFamilies.flatMap((family) =>
      family.fields.flatMap(({ name, type, example }) => {
        const normal = fromText(type, name === 'enabled' ? 'true' : example);
        return normal.ok ? [entry(`${family.path}.google.${name}`, normal.text)] : [];
      }),
    );
    const text = write(...stored, ...fields);
    expect(text).not.toContain('no variable can carry it');
    const read = readEnvironment(await sourced(text)).values;
    for (const { key, value } of [...stored, ...fields]) {
      expect(read.get(key)?.text, key).toBe(value.kind === 'plain' ? value.text : '');
    }
  });

  it('survives a shell, whatever the value holds', async () => {
    const name = 'it\'s "$HOME" `x` \\ #!';
    const env = await sourced(write(entry('operator.name', name)));
    expect(readEnvironment(env).values.get('operator.name')?.text).toBe(name);
  });

  it('says of what it cannot carry that it is not there', () => {
    const lines = write(
      entry('ui.default_theme', 'dark'),
      entry('custom.row', '1'),
      entry('auth.oauth.providers.x.scopes', '["a,b"]'),
      {
        ...entry('auth.oauth.providers.x.client_secret', ''),
        value: { kind: 'masked', fingerprint: 'unverified' },
      },
    ).split('\n');
    expect(lines.slice(1, -1).every((line) => line.startsWith('# '))).toBe(true);
    expect(lines).toHaveLength(6);
  });

  it('writes a provider that is off as off', () => {
    expect(write(entry('auth.oauth.providers.my-idp.enabled', 'false'))).toContain(
      'OAUTH_PROVIDERS_MY_IDP_ENABLED=false',
    );
  });
});

const corp = 'auth.oauth.providers.corp';
const drive = 'content_oauth.providers.google_drive';

it.each<[name: string, key: string, text: string, lines: readonly string[]]>([
  [
    'a list with commas',
    'auth.oauth.client_callback_allowlist',
    '["https://a","https://b"]',
    ['TMI_OAUTH_CLIENT_CALLBACK_ALLOWLIST=https://a,https://b'],
  ],
  ['scopes with commas', `${corp}.scopes`, '["a","b"]', ['OAUTH_PROVIDERS_CORP_SCOPES=a,b']],
  [
    'scopes of content with spaces',
    `${drive}.required_scopes`,
    '["a","b"]',
    ["TMI_CONTENT_OAUTH_PROVIDERS_GOOGLE_DRIVE_REQUIRED_SCOPES='a b'"],
  ],
  ['a text with commas as it is', 'operator.name', '["a","b"]', [`TMI_OPERATOR_NAME='["a","b"]'`]],
  [
    'a map by its names',
    `${corp}.additional_params`,
    '{"access_type":"offline","p":"x"}',
    [
      'OAUTH_PROVIDERS_CORP_ADDITIONAL_PARAMS_ACCESS_TYPE=offline',
      'OAUTH_PROVIDERS_CORP_ADDITIONAL_PARAMS_P=x',
    ],
  ],
  [
    'endpoints by their place',
    `${corp}.userinfo`,
    '[{"url":"https://a"},{"url":"https://b","claims":{"subject_claim":"s"}},{"url":"https://c"}]',
    [
      'OAUTH_PROVIDERS_CORP_USERINFO_URL=https://a',
      'OAUTH_PROVIDERS_CORP_USERINFO_SECONDARY_URL=https://b',
      'OAUTH_PROVIDERS_CORP_USERINFO_SECONDARY_CLAIMS_SUBJECT_CLAIM=s',
      'OAUTH_PROVIDERS_CORP_USERINFO_ADDITIONAL_URL=https://c',
    ],
  ],
  [
    'not a fourth endpoint',
    `${corp}.userinfo`,
    '[{"url":"https://a"},{"url":"https://b"},{"url":"https://c"},{"url":"https://d"}]',
    [`# ${corp}.userinfo: no variable can carry it`],
  ],
  [
    'not endpoints that are no list',
    `${corp}.userinfo`,
    '{"url":"https://a"}',
    [`# ${corp}.userinfo: no variable can carry it`],
  ],
  [
    'not a map that is none',
    `${corp}.additional_params`,
    '"text"',
    [`# ${corp}.additional_params: no variable can carry it`],
  ],
  [
    'not a map that is null',
    `${corp}.additional_params`,
    'null',
    [`# ${corp}.additional_params: no variable can carry it`],
  ],
  [
    'not what is no JSON',
    `${corp}.additional_params`,
    '{',
    [`# ${corp}.additional_params: no variable can carry it`],
  ],
])('carries %s', (_, key, text, lines) => {
  expect(write(entry(key, text)).split('\n').slice(1, -1)).toEqual(lines);
});
