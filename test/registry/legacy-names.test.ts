import { describe, expect, it } from 'vitest';
import {
  composedUrlVariables,
  findLegacyPath,
  findLegacyVariable,
  formerVariables,
  herokuVariables,
  legacyPaths,
  lookupPath,
  settingByEnv,
  settingByPath,
} from '../../src/registry/index.js';

const find = (path: string) => findLegacyPath(path.split('.'));

describe('legacy paths', () => {
  it.each(legacyPaths.map((entry) => [entry.old, entry] as const))(
    '%s leads to a name of today',
    (_, entry) => {
      const concrete = (path: string) => path.replace('<id>', 'google').replace('*', 'name').split('.');
      expect(['setting', 'provider-field', 'block']).not.toContain(lookupPath(concrete(entry.old)).kind);
      expect(entry.now === null).toBe(entry.kind === 'obsolete');
      if (entry.now !== null)
        expect(['setting', 'provider-field']).toContain(lookupPath(concrete(entry.now)).kind);
    },
  );

  it('fill in the provider’s id and what follows', () => {
    expect(find('saml.providers.corp.entity_id')).toMatchObject({
      now: 'auth.saml.providers.corp.entity_id',
      id: 'corp',
    });
    expect(find('auth.oauth.providers.google.email_claim')).toMatchObject({
      now: 'auth.oauth.providers.google.userinfo',
      id: 'google',
      entry: { kind: 'composed' },
    });
    expect(find('saml.providers.$&.entity_id')?.now).toBe('auth.saml.providers.$&.entity_id');
  });

  it('prefer a specific name to the wildcard of its block', () => {
    expect(find('telemetry.enabled')?.now).toBe('observability.enabled');
    expect(find('telemetry.tracing.sample_rate')?.now).toBe('observability.sampling_rate');
    expect(find('telemetry.tracing.endpoint')).toMatchObject({ now: null, entry: { old: 'telemetry.*' } });
    expect(find('admin.session.timeout_minutes')?.entry.old).toBe('admin.session.timeout_minutes');
    expect(find('admin.users.other')).toMatchObject({ now: null, entry: { old: 'admin.*' } });
  });

  it.each(['telemetry', 'saml', 'saml.providers.corp', 'server.port', 'database.postgres.other', ''])(
    'do not hold %j',
    (path) => {
      expect(find(path)).toBeUndefined();
    },
  );
});

describe('legacy variables', () => {
  const all = Object.values(formerVariables).flat();

  it('belong to settings, are listed once and are not names of today', () => {
    expect(Object.keys(formerVariables).filter((path) => !settingByPath(path))).toEqual([]);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
    expect(all.filter((name) => settingByEnv(name))).toEqual([]);
  });

  it('lead to the variable of today', () => {
    expect(findLegacyVariable('JWT_SECRET')).toEqual({
      name: 'JWT_SECRET',
      path: 'auth.jwt.secret',
      env: 'TMI_JWT_SECRET',
    });
    expect(findLegacyVariable('TMI_TIMMY_SSRF_ALLOWLIST')).toMatchObject({
      path: 'ssrf.timmy.allowlist',
      env: null,
    });
    expect(findLegacyVariable('TMI_JWT_SECRET')).toBeUndefined();
    expect(findLegacyVariable('constructor')).toBeUndefined();
  });

  it('compose the URL of each engine from variables that mean nothing else', () => {
    const parts = Object.values(composedUrlVariables).flatMap((engine) => Object.values(engine).flat());
    expect(parts.filter((name, index) => parts.indexOf(name) !== index)).toEqual([]);
    expect(parts.filter((name) => settingByEnv(name) ?? findLegacyVariable(name))).toEqual([]);
    expect(composedUrlVariables['mysql']?.['host']).toEqual(['MYSQL_HOST']);
    expect(composedUrlVariables['oracle']?.['connect_string']).toEqual(['ORACLE_CONNECT_STRING']);
  });

  it('of Heroku belong to settings', () => {
    expect(Object.values(herokuVariables).filter(({ path }) => !settingByPath(path))).toEqual([]);
  });
});
