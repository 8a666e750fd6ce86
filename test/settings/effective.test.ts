import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import { keyOfLookup } from '../../src/config/setting-key.js';
import { settingByDatabaseKey, settings } from '../../src/registry/index.js';
import {
  derive,
  effectiveConfig,
  isSameUse,
  type EffectiveInputs,
  type RowValue,
} from '../../src/settings/effective.js';
import type { ServerModel } from '../../src/config/precedence.js';
import { leavesOf } from '../config/support.js';

interface Given {
  readonly file?: string;
  readonly env?: Record<string, string>;
  readonly rows?: Record<string, string | RowValue>;
  readonly model?: ServerModel;
}

/** Rows given as plain text are explicit. */
function inputs({ file = '', env = {}, rows = {}, model = 'documented' }: Given): EffectiveInputs {
  const byKey = Object.entries(rows).map(
    ([key, row]) =>
      [key, typeof row === 'string' ? { text: row, origin: 'explicit' as const } : row] as const,
  );
  return {
    model,
    file: readFileLayer(leavesOf(file), 'config.yml'),
    environment: readEnvironment(env),
    rows: new Map(byKey),
  };
}

function effective(key: string, given: Given) {
  const found = effectiveConfig(inputs(given)).get(key);
  return found && [found.winner, found.text];
}

const seeded = (text: string): RowValue => ({ text, origin: 'seeded' });

describe('effectiveConfig', () => {
  it('has an entry for every setting, from its default where nobody said anything', () => {
    const all = effectiveConfig(inputs({}));
    expect(all.size).toBe(settings.length);
    for (const { key, winner, text } of all.values()) {
      if (key.setting?.derivedFrom) continue;
      expect([winner, text]).toEqual(['default', key.setting?.default]);
    }
  });

  it('finds a setting in every layer under its one key, where path and database key differ', () => {
    const rows = { 'features.saml_enabled': seeded('false') };
    const file = 'auth: {saml: {enabled: true}}\n';
    expect(effective('features.saml_enabled', { rows })).toEqual(['row', 'false']);
    expect(effective('features.saml_enabled', { rows, file })).toEqual(['file', 'true']);
    expect(effective('features.saml_enabled', { rows, file, env: { TMI_SAML_ENABLED: '0' } })).toEqual([
      'environment',
      'false',
    ]);
    expect(effectiveConfig(inputs({ rows, file })).has('auth.saml.enabled')).toBe(false);
  });

  it('remembers what each layer holds', () => {
    const found = effectiveConfig(
      inputs({
        file: 'timmy:\n  enabled: true\n',
        env: { TMI_TIMMY_ENABLED: 'false' },
        rows: { 'timmy.enabled': 'true' },
      }),
    ).get('timmy.enabled');
    expect(found).toMatchObject({
      winner: 'row',
      file: { text: 'true', written: { position: { line: 2, column: 3 } } },
      environment: { text: 'false', written: { variable: 'TMI_TIMMY_ENABLED' } },
      row: { text: 'true', origin: 'explicit' },
    });
  });

  it('never reads a bootstrap setting from a row', () => {
    expect(effective('logging.level', { rows: { 'logging.level': 'debug' } })).toEqual(['default', 'info']);
  });

  it('reads server.base_url from the database when documented, and in 1.8 from file and environment only', () => {
    const given = {
      file: 'server: {base_url: "https://file.example.com"}\n',
      rows: { 'server.base_url': 'https://row.example.com' },
    };
    expect(effective('server.base_url', given)).toEqual(['row', 'https://row.example.com']);
    expect(effective('server.base_url', { ...given, model: '1.8' })).toEqual([
      'file',
      'https://file.example.com',
    ]);
  });

  it('leaves rows of keys that no server knows out', () => {
    expect(effective('no.such.key', { rows: { 'no.such.key': 'x' } })).toBeUndefined();
  });
});

describe('providers', () => {
  const file = 'auth: {oauth: {providers: {google: {enabled: true, client_id: file, name: Google}}}}\n';
  const env = { OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true', OAUTH_PROVIDERS_GOOGLE_CLIENT_ID: 'env' };
  const key = (field: string) => `auth.oauth.providers.google.${field}`;

  it('of the environment replace the whole entry of the file', () => {
    for (const model of ['documented', '1.8'] as const) {
      expect(effective(key('client_id'), { file, env, model })).toEqual(['environment', 'env']);
      // What variables do not name is called by its id, and never by the file's name.
      expect(effective(key('name'), { file, env, model })).toEqual(['default', 'google']);
      expect(effective(key('name'), { file, model })).toEqual(['file', 'Google']);
    }
  });

  it('of the database are hidden by an entry of the same id, and by no other', () => {
    const rows = { [key('issuer')]: 'row', 'auth.oauth.providers.okta.issuer': 'okta' };
    expect(effective(key('issuer'), { file, rows, model: '1.8' })).toEqual(['default', undefined]);
    expect(effective(key('issuer'), { file, rows })).toEqual(['default', undefined]);
    expect(effective(key('issuer'), { rows, model: '1.8' })).toEqual(['row', 'row']);
    expect(effective('auth.oauth.providers.okta.issuer', { file, rows, model: '1.8' })).toEqual([
      'row',
      'okta',
    ]);
  });

  it('of the database are hidden in 1.8 by an entry that holds nothing, too', () => {
    const rows = { [key('issuer')]: 'row' };
    const empty = 'auth: {oauth: {providers: {google: {}}}}\n';
    expect(effective(key('issuer'), { file: empty, rows, model: '1.8' })).toEqual(['default', undefined]);
  });

  it('for content are read from file and environment only in 1.8', () => {
    const rows = { 'content_oauth.providers.google_drive.client_id': 'row' };
    const name = 'content_oauth.providers.google_drive.client_id';
    expect(effective(name, { rows, model: '1.8' })).toEqual(['default', undefined]);
    expect(effective(name, { rows })).toEqual(['row', 'row']);
  });
});

describe('the administrator of TMI_ADMIN_*', () => {
  const env = { TMI_ADMIN_PROVIDER: 'google', TMI_ADMIN_EMAIL: 'ann@example.com' };
  const ann = '{"provider":"google","email":"ann@example.com","subject_type":"user"}';
  const bob = '{"provider":"okta","provider_id":"42","subject_type":"user"}';

  it('is added to whichever list wins', () => {
    expect(effective('administrators', { env })?.[1]).toBe(`[${ann}]`);
    expect(effective('administrators', { env, rows: { administrators: `[${bob}]` } })).toEqual([
      'row',
      `[${bob},${ann}]`,
    ]);
    const file = 'administrators: [{provider: okta, provider_id: 42, subject_type: user}]\n';
    expect(effective('administrators', { env, file })).toEqual(['file', `[${bob},${ann}]`]);
  });

  it('is not added twice', () => {
    const rows = { administrators: `[${ann},${bob}]` };
    expect(effective('administrators', { env, rows })?.[1]).toBe(rows.administrators);
  });

  it('is added to a list in any spelling, and to none that cannot be read', () => {
    const spaced = '[ {"subject_type": "user", "provider": "okta", "provider_id": "42"} ]';
    expect(effective('administrators', { env, rows: { administrators: spaced } })?.[1]).toBe(
      `[${bob},${ann}]`,
    );
    expect(effective('administrators', { env, rows: { administrators: '[ ]' } })?.[1]).toBe(`[${ann}]`);
    expect(effective('administrators', { env, rows: { administrators: '{broken' } })?.[1]).toBe('{broken');
  });
});

describe('session.timeout_minutes', () => {
  const key = 'session.timeout_minutes';

  it('follows the lifetime of tokens, wherever that comes from', () => {
    expect(effective(key, {})).toEqual(['default', '60']);
    expect(effective(key, { env: { TMI_JWT_EXPIRATION_SECONDS: '119' } })).toEqual(['environment', '1']);
    expect(effective(key, { file: 'auth: {jwt: {expiration_seconds: 7200}}\n' })).toEqual(['file', '120']);
    expect(effective(key, { rows: { 'auth.jwt.expiration_seconds': '900' } })).toEqual(['row', '15']);
  });

  it('is not what was seeded for it, but what somebody stated', () => {
    const lifetime = { 'auth.jwt.expiration_seconds': '900' };
    expect(effective(key, { rows: { ...lifetime, [key]: seeded('60') } })).toEqual(['row', '15']);
    expect(effective(key, { rows: { ...lifetime, [key]: '45' } })).toEqual(['row', '45']);
  });

  it('survives a row that is no number', () => {
    const rows = { 'auth.jwt.expiration_seconds': 'an hour', [key]: seeded('60') };
    expect(effective(key, { rows })).toEqual(['row', '60']);
  });

  it('is cut off, never rounded', () => {
    expect(derive('59', 60)).toBe('0');
    expect(derive('3659', 60)).toBe('60');
    expect(derive('-61', 60)).toBe('-1');
  });
});

const typed = (key: string) => {
  const found = settingByDatabaseKey(key);
  const known = found && keyOfLookup(found);
  if (!known) throw new Error(key);
  return known;
};

it.each<[name: string, key: string, a: string | undefined, b: string | undefined, same: boolean]>([
  ['a flag of a provider that is off, and none', 'auth.oauth.providers.q.enabled', 'false', undefined, true],
  ['a flag of a provider that is on, and none', 'auth.oauth.providers.q.enabled', 'true', undefined, false],
  ['a flag of a setting that is off, and none', 'features.saml_enabled', 'false', undefined, false],
  [
    'a text of a provider that is called false, and none',
    'auth.oauth.providers.q.name',
    'false',
    undefined,
    false,
  ],
  ['an empty list, and none', 'auth.oauth.providers.q.scopes', '[]', undefined, true],
  ['an empty map, and none', 'auth.oauth.providers.q.additional_params', '{}', undefined, true],
  ['an empty map, and an empty list', 'auth.oauth.providers.q.additional_params', '{}', '[]', true],
  ['a list, and none', 'auth.oauth.providers.q.scopes', '["a"]', undefined, false],
  ['a text of two brackets, and none', 'operator.name', '[]', undefined, false],
  ['an empty text, and none', 'operator.name', '', undefined, true],
])('tells whether a server uses otherwise: %s', (_, key, a, b, same) => {
  expect([isSameUse(typed(key), a, b), isSameUse(typed(key), b, a)]).toEqual([same, same]);
});

it.each(['off: {}', 'Corp_X: {enabled: true}'])(
  'has no entry of a provider that no row can carry, by %s',
  (entry) => {
    const file = `auth: {oauth: {providers: {${entry}}}}\n`;
    const keys = [...effectiveConfig(inputs({ file })).keys()].filter((key) => key.includes('providers.'));
    expect(keys).toEqual(entry.startsWith('off') ? ['auth.oauth.providers.off.id'] : []);
  },
);
