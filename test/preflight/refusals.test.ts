import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/preflight/rule.js';
import { offlineTiers } from '../../src/preflight/selection.js';
import { validate } from '../../src/preflight/validate.js';

type Block = { [key: string]: unknown };

const secret = 'q8vN2xLpR7tKzW4mYc9HsB3dGfJ6aQeU';
const oauth = {
  enabled: true,
  client_id: 'client',
  authorization_url: 'https://id.example.com/authorize',
  token_url: 'https://id.example.com/token',
  userinfo: [{ url: 'https://id.example.com/userinfo', claims: { subject_claim: 'sub' } }],
};
const saml = {
  enabled: true,
  entity_id: 'https://tmi.example.com/saml',
  metadata_url: 'https://id.example.com/saml',
};
const content = {
  enabled: true,
  client_id: 'client',
  auth_url: 'https://id.example.com/authorize',
  token_url: 'https://id.example.com/token',
};
const microsoft = { enabled: true, tenant_id: 'a', client_id: 'b', application_object_id: 'c' };

/** A configuration with something of everything that the server looks at when it starts. */
const good: Block = {
  server: {
    port: '8443',
    interface: '0.0.0.0',
    tls_enabled: true,
    tls_cert_file: 'tls.crt',
    tls_key_file: 'tls.key',
    cors: { allowed_origins: ['https://tmi.example.com'] },
  },
  database: {
    url: 'vault://tmi/url',
    redis: { url: '', host: 'redis', port: '6379', password: 'vault://tmi/r' },
  },
  auth: {
    build_mode: 'dev',
    jwt: { secret, signing_method: 'HS256' },
    oauth: { providers: { google: oauth } },
    saml: { providers: { corporate: saml } },
  },
  content_oauth: { providers: { confluence: content } },
  content_token_encryption_key: 'vault://tmi/key',
  content_sources: { microsoft },
  content_extractors: { wall_clock_budget: '30s' },
};

/** The configuration with another value at a path, or without one. */
function changed(path: string, value: unknown): Block {
  const copy = structuredClone(good);
  const keys = path.split('.');
  const last = keys.pop() as string;
  const block = keys.reduce((inner, key) => inner[key] as Block, copy);
  if (value === undefined) delete block[last];
  else block[last] = value;
  return copy;
}

const google = 'auth.oauth.providers.google';

/** What a server refuses at start, each with the rule that says so before. */
const refusals: readonly (readonly [path: string, value: unknown, rule: string])[] = [
  ['server.port', '', 'required-setting'],
  ['server.interface', '', 'required-setting'],
  ['database.url', undefined, 'required-setting'],
  ['auth.build_mode', undefined, 'required-setting'],
  ['auth.build_mode', 'prod', 'build-mode-unknown'],
  ['auth.jwt.secret', '', 'required-setting'],
  ['server.cors.allowed_origins', ['tmi.example.com'], 'cors-origin-invalid'],
  ['server.cors.allowed_origins', ['https://'], 'cors-origin-invalid'],
  ['server.cors.allowed_origins', ['*'], 'cors-wildcard'],
  ['database.redis.host', '', 'redis-incomplete'],
  ['database.redis.port', '', 'redis-incomplete'],
  ['auth.jwt.secret', 'your-secret-key', 'jwt-secret-default'],
  ['database.redis.password', secret, 'jwt-secret-reused'],
  ['database.redis.url', `redis://:${secret}@redis:6379`, 'jwt-secret-reused'],
  [`${google}.client_secret`, secret, 'jwt-secret-reused'],
  ['auth.jwt.signing_method', 'RS256', 'jwt-key-files'],
  ['auth.jwt.signing_method', 'ES256', 'jwt-key-files'],
  [`${google}.client_id`, undefined, 'provider-incomplete'],
  [`${google}.authorization_url`, undefined, 'provider-incomplete'],
  [`${google}.token_url`, undefined, 'provider-incomplete'],
  [google, { ...oauth, userinfo: undefined, issuer: 'https://id.example.com' }, 'provider-incomplete'],
  [`${google}.userinfo`, [{ url: 'https://id.example.com/userinfo' }], 'provider-subject-claim'],
  ['auth.saml.providers.corporate.entity_id', undefined, 'provider-incomplete'],
  ['auth.saml.providers.corporate.metadata_url', undefined, 'provider-incomplete'],
  ['content_oauth.providers.confluence.client_id', undefined, 'provider-incomplete'],
  ['content_oauth.providers.confluence.auth_url', undefined, 'provider-incomplete'],
  ['content_oauth.providers.confluence.token_url', undefined, 'provider-incomplete'],
  ['content_token_encryption_key', undefined, 'content-token-key'],
  ['content_token_encryption_key', 'ab'.repeat(31), 'content-token-key'],
  ['content_sources.microsoft.tenant_id', undefined, 'content-source-incomplete'],
  ['content_sources.microsoft.client_id', undefined, 'content-source-incomplete'],
  ['content_sources.microsoft.application_object_id', undefined, 'content-source-incomplete'],
  ['content_extractors.wall_clock_budget', '2m', 'invalid-value'],
  ['server.tls_cert_file', '', 'tls-files-missing'],
  ['server.tls_key_file', '', 'tls-files-missing'],
];

async function found(configuration: Block, profile: (typeof profiles)[number]) {
  const bytes = Buffer.from(dump(configuration, { skipInvalid: true }));
  const { findings } = await validate({ name: 'config.yml', bytes }, {}, { tiers: offlineTiers, profile });
  return findings;
}

const offending = refusals.map(([, , rule]) => rule);

describe.each(profiles)('what a server refuses at start, for %s', (profile) => {
  it('is not found in a configuration that it takes', async () => {
    const findings = await found(good, profile);
    expect(findings.filter(({ rule }) => offending.includes(rule))).toEqual([]);
  });

  it.each(refusals)('%s: %j is found', async (path, value, rule) => {
    const findings = (await found(changed(path, value), profile)).filter((finding) => finding.rule === rule);
    // The files of a key pair are no settings, so that nobody can know here whether they are missing.
    const severity = rule === 'jwt-key-files' ? 'warning' : 'error';
    expect(findings.map((finding) => finding.severity)).toEqual([severity]);
  });
});
