import { describe, expect, it } from 'vitest';
import { readEnvironmentProviders } from '../../src/config/environment-providers.js';

function read(env: Record<string, string>) {
  const { values, entries, diagnostics } = readEnvironmentProviders(env);
  return {
    texts: Object.fromEntries(values.map(({ key, text }) => [key.key, text])),
    entries: Object.fromEntries(entries),
    faults: diagnostics.map(({ code, variable, key }) => [code, variable, key]),
  };
}

describe('readEnvironmentProviders', () => {
  it('discovers a provider by exactly true, and reads nothing of any other', () => {
    for (const enabled of ['TRUE', '1', 't', 'yes', 'false', '', ' true']) {
      expect(
        read({ OAUTH_PROVIDERS_GOOGLE_ENABLED: enabled, OAUTH_PROVIDERS_GOOGLE_CLIENT_ID: 'x' }),
        enabled,
      ).toEqual({ texts: {}, entries: {}, faults: [] });
    }
    expect(read({ OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true', OAUTH_PROVIDERS_GOOGLE_CLIENT_ID: 'x' })).toEqual({
      texts: {
        'auth.oauth.providers.google.enabled': 'true',
        'auth.oauth.providers.google.client_id': 'x',
      },
      entries: { 'auth.oauth.providers.google': 'OAUTH_PROVIDERS_GOOGLE_ENABLED' },
      faults: [],
    });
  });

  it('lower-cases ids and turns underscores into dashes, but for content providers', () => {
    expect(
      read({
        OAUTH_PROVIDERS_MY_COMPANY_ENABLED: 'true',
        SAML_PROVIDERS_ENTRA_ID_ENABLED: 'true',
        TMI_CONTENT_OAUTH_PROVIDERS_GOOGLE_DRIVE_ENABLED: 'true',
      }).entries,
    ).toEqual({
      'auth.oauth.providers.my-company': 'OAUTH_PROVIDERS_MY_COMPANY_ENABLED',
      'auth.saml.providers.entra-id': 'SAML_PROVIDERS_ENTRA_ID_ENABLED',
      'content_oauth.providers.google_drive': 'TMI_CONTENT_OAUTH_PROVIDERS_GOOGLE_DRIVE_ENABLED',
    });
  });

  it('refuses an id that cannot be', () => {
    expect(read({ SAML_PROVIDERS_Ü_ENABLED: 'true', OAUTH_PROVIDERS__X_ENABLED: 'true' })).toMatchObject({
      entries: {},
      faults: [
        ['config/invalid-variable', 'OAUTH_PROVIDERS__X_ENABLED', 'auth.oauth.providers'],
        ['config/invalid-variable', 'SAML_PROVIDERS_Ü_ENABLED', 'auth.saml.providers'],
      ],
    });
  });

  it('puts the userinfo list together in its order', () => {
    const p = 'OAUTH_PROVIDERS_GITHUB_';
    expect(
      read({
        [`${p}ENABLED`]: 'true',
        [`${p}USERINFO_SECONDARY_URL`]: 'https://api.github.com/user/emails',
        [`${p}USERINFO_SECONDARY_CLAIMS_EMAIL_CLAIM`]: '[0].email',
        [`${p}USERINFO_URL`]: 'https://api.github.com/user',
        [`${p}USERINFO_CLAIMS_SUBJECT_CLAIM`]: 'id',
        [`${p}USERINFO_CLAIMS_NAME_CLAIM`]: 'name',
        [`${p}USERINFO_CLAIMS_EMPTY`]: '',
        [`${p}USERINFO_ADDITIONAL_URL`]: 'https://api.github.com/user/orgs',
      }).texts['auth.oauth.providers.github.userinfo'],
    ).toBe(
      '[{"url":"https://api.github.com/user","claims":{"name_claim":"name","subject_claim":"id"}},' +
        '{"url":"https://api.github.com/user/emails","claims":{"email_claim":"[0].email"}},' +
        '{"url":"https://api.github.com/user/orgs"}]',
    );
  });

  it('separates OAuth scopes by commas and content scopes by spaces', () => {
    expect(
      read({
        OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true',
        OAUTH_PROVIDERS_GOOGLE_SCOPES: 'openid, profile,,email',
        TMI_CONTENT_OAUTH_PROVIDERS_MICROSOFT_ENABLED: 'true',
        TMI_CONTENT_OAUTH_PROVIDERS_MICROSOFT_REQUIRED_SCOPES: ' Files.Read  offline_access,x ',
      }).texts,
    ).toMatchObject({
      'auth.oauth.providers.google.scopes': '["openid","profile","email"]',
      'content_oauth.providers.microsoft.required_scopes': '["Files.Read","offline_access,x"]',
    });
  });

  it('makes parameters of the names that follow ADDITIONAL_PARAMS', () => {
    expect(
      read({
        OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true',
        OAUTH_PROVIDERS_GOOGLE_ADDITIONAL_PARAMS_PROMPT: 'consent',
        OAUTH_PROVIDERS_GOOGLE_ADDITIONAL_PARAMS_ACCESS_TYPE: 'offline',
      }).texts['auth.oauth.providers.google.additional_params'],
    ).toBe('{"access_type":"offline","prompt":"consent"}');
  });

  it('has a SAML flag on at exactly true, and refuses what looks on and is not', () => {
    const flag = (text: string) =>
      read({ SAML_PROVIDERS_OKTA_ENABLED: 'true', SAML_PROVIDERS_OKTA_SIGN_REQUESTS: text });
    const key = 'auth.saml.providers.okta.sign_requests';
    expect(flag('true').texts[key]).toBe('true');
    expect(flag('false').texts[key]).toBe('false');
    expect(flag('0').texts[key]).toBe('false');
    for (const text of ['1', 'TRUE', 'yes']) {
      expect(flag(text).faults, text).toEqual([
        ['config/invalid-variable', 'SAML_PROVIDERS_OKTA_SIGN_REQUESTS', key],
      ]);
    }
  });

  it('keeps apart providers whose ids begin alike', () => {
    expect(
      read({
        OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true',
        OAUTH_PROVIDERS_GOOGLE_WORK_ENABLED: 'true',
        OAUTH_PROVIDERS_GOOGLE_WORK_CLIENT_ID: 'work',
      }).texts,
    ).toEqual({
      'auth.oauth.providers.google.enabled': 'true',
      'auth.oauth.providers.google-work.enabled': 'true',
      'auth.oauth.providers.google-work.client_id': 'work',
    });
  });
});
