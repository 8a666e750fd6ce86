import { describe, expect, it } from 'vitest';
import {
  databaseKeyType,
  isSecretKey,
  lookupPath,
  nearestDatabaseKey,
  settingByDatabaseKey,
  settingByEnv,
  settingByPath,
  settings,
} from '../../src/registry/index.js';

const at = (path: string) => lookupPath(path.split('.'));

describe('settings by name', () => {
  it('finds every setting under each of its names', () => {
    for (const setting of settings) {
      if (setting.path !== null) {
        expect(settingByPath(setting.path)).toBe(setting);
        expect(at(setting.path)).toEqual({ kind: 'setting', setting });
      }
      if (setting.env !== null) expect(settingByEnv(setting.env)).toBe(setting);
      if (setting.databaseKey !== null) {
        expect(settingByDatabaseKey(setting.databaseKey)).toEqual({ kind: 'setting', setting });
        expect(databaseKeyType(setting.databaseKey)).toBe(setting.databaseType);
        expect(isSecretKey(setting.databaseKey)).toBe(setting.secret);
      }
    }
  });

  it('finds nothing under other names', () => {
    for (const name of ['', 'server', 'constructor', '__proto__', 'TMI_NOPE']) {
      expect(settingByPath(name)).toBeUndefined();
      expect(settingByEnv(name)).toBeUndefined();
      expect(settingByDatabaseKey(name)).toBeUndefined();
      expect(databaseKeyType(name)).toBeUndefined();
    }
  });

  it('finds the settings that change their name on the way into the database', () => {
    expect(settingByPath('auth.saml.enabled')?.databaseKey).toBe('features.saml_enabled');
    expect(settingByPath('auth.oauth.callback_url')?.databaseKey).toBe('auth.oauth_callback_url');
    expect(settingByPath('content_extractors.async_enabled')?.databaseKey).toBe('extraction.async_enabled');
    expect(settingByPath('server.base_url')).toMatchObject({
      category: 'bootstrap',
      databaseKey: 'server.base_url',
    });
  });
});

describe('provider keys', () => {
  it('are resolved to family, id and field', () => {
    expect(settingByDatabaseKey('auth.oauth.providers.google.client_id')).toMatchObject({
      kind: 'provider-field',
      family: { kind: 'oauth' },
      id: 'google',
      field: { name: 'client_id' },
    });
    expect(settingByDatabaseKey('content_oauth.providers.google_drive.required_scopes')).toMatchObject({
      family: { kind: 'content_oauth' },
      id: 'google_drive',
    });
    expect(databaseKeyType('auth.saml.providers.corp.sign_requests')).toBe('bool');
    expect(databaseKeyType('auth.oauth.providers.google.scopes')).toBe('json');
  });

  it.each([
    'auth.oauth.providers.google',
    'auth.oauth.providers.Google.client_id',
    'auth.oauth.providers.google.nope',
    'auth.oauth.providers.google.client_id.x',
    'auth.saml.providers.google.client_id',
  ])('does not resolve %s', (key) => {
    expect(settingByDatabaseKey(key)).toBeUndefined();
  });

  it.each([
    'auth.oauth.providers.google.client_secret',
    'auth.saml.providers.corp.sp_private_key',
    'auth.saml.providers.corp.sp_certificate',
    'auth.saml.providers.corp.idp_metadata_b64xml',
    'content_oauth.providers.confluence.client_secret',
    'AUTH.OAUTH.PROVIDERS.Google.Client_Secret',
    'auth.oauth.providers.odd id.client_secret',
    'timmy.llm_api_key',
    'timmy.embedding_api_key',
  ])('%s is secret', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each([
    'auth.oauth.providers.google.client_id',
    'auth.saml.providers.corp.acs_url',
    'x.client_secret',
    'nope',
  ])('%s is not secret', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
});

describe('lookupPath', () => {
  it.each([
    'server',
    'server.cors',
    'auth.jwt',
    'auth.oauth',
    'auth.oauth.providers',
    'auth.oauth.providers.google',
  ])('knows the block %s', (path) => {
    expect(at(path)).toEqual({ kind: 'block' });
  });

  it('takes the root for a block', () => {
    expect(lookupPath([])).toEqual({ kind: 'block' });
  });

  it('finds provider fields', () => {
    expect(at('auth.saml.providers.corp.entity_id')).toMatchObject({ kind: 'provider-field', id: 'corp' });
  });

  it.each([
    'auth.oauth.providers.Google',
    'auth.oauth.providers.google_x.client_id',
    'content_oauth.providers.a-b',
  ])('refuses the id of %s', (path) => {
    expect(at(path)).toMatchObject({ kind: 'invalid-provider-id' });
  });

  it.each([
    ['server.prot', 'server.port'],
    ['sever.port', 'server.port'],
    ['jwt.secret', 'auth.jwt.secret'],
    ['loging', 'logging'],
    ['server.read_timeouts', 'server.read_timeout'],
    ['auth.oauth.providers.google.clientid', 'auth.oauth.providers.google.client_id'],
  ])('guesses that %s was meant to be %s', (path, nearest) => {
    expect(at(path)).toEqual({ kind: 'unknown', nearest });
  });

  it.each(['completely.different', 'server.xyzzy', 'x', 'auth.oauth.providers.google.qqqqqq'])(
    'does not guess at %s',
    (path) => {
      expect(at(path)).toEqual({ kind: 'unknown' });
    },
  );

  it('does not take a key with a dot for a path', () => {
    expect(lookupPath(['server.port'])).toEqual({ kind: 'unknown' });
    expect(lookupPath(['auth', 'oauth.providers', 'google'])).toEqual({ kind: 'unknown' });
  });

  it('does not know names that every object has', () => {
    expect(at('constructor').kind).toBe('unknown');
    expect(at('server.__proto__').kind).toBe('unknown');
  });
});

describe('nearestDatabaseKey', () => {
  it('knows settings, renamed keys and provider fields', () => {
    expect(nearestDatabaseKey('feature.saml_enabled')).toBe('features.saml_enabled');
    expect(nearestDatabaseKey('ui.default_them')).toBe('ui.default_theme');
    expect(nearestDatabaseKey('auth.oauth.providers.google.client_secert')).toBe(
      'auth.oauth.providers.google.client_secret',
    );
    expect(nearestDatabaseKey('qqqq')).toBeUndefined();
  });
});
