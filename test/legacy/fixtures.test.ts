import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer, readLeafValue } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { keyOfLookup } from '../../src/config/setting-key.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { findLegacyPath, providerFamilies, settings } from '../../src/registry/index.js';

const folder = path.join(import.meta.dirname, '../../fixtures/legacy');
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
const invalid = 'unknown-and-invalid.yml';
const bytesOf = (name: string) => new Uint8Array(readFileSync(path.join(folder, name)));
const leavesOf = (name: string) => readLeaves(parseYaml(bytesOf(name), name).root);
const layerOf = (name: string) => readFileLayer(leavesOf(name), name);

/** Names of leaves that are neither settings nor names of earlier releases. */
function unknownIn(name: string): string[] {
  return leavesOf(name)
    .filter(
      ({ path: segments, lookup }) => lookup.kind === 'unknown' && !findLegacyPath(segments.map(String)),
    )
    .map((leaf) => leaf.name);
}

describe.each(files.filter((name) => name !== invalid))('%s', (name) => {
  it('holds values that a server takes', () => {
    expect(layerOf(name).diagnostics).toEqual([]);
    expect(layerOf(name).values.size).toBeGreaterThan(10);
  });

  it('holds no key that no release ever knew, but for shared pieces under x-', () => {
    expect(unknownIn(name).filter((key) => !key.startsWith('x-'))).toEqual([]);
  });
});

describe('1.3-production.yml', () => {
  const { values, providers } = layerOf('1.3-production.yml');

  it('holds every setting that a file can hold', () => {
    const missing = settings
      .filter(({ path: written }) => written !== null)
      .map(({ databaseKey, path: written }) => databaseKey ?? (written as string))
      .filter((key) => !values.has(key));
    expect(missing).toEqual([]);
  });

  it('holds every field of every kind of provider', () => {
    for (const family of providerFamilies) {
      const fields = new Set(
        [...values.values()]
          .map(({ key }) => key.provider)
          .filter((p) => p?.family === family)
          .map((p) => p?.field.name),
      );
      expect([...fields].sort(), family.path).toEqual(family.fields.map(({ name }) => name).sort());
    }
  });

  it('holds the providers that people use, some of them off', () => {
    expect([...providers].sort()).toEqual([
      'auth.oauth.providers.github',
      'auth.oauth.providers.gitlab',
      'auth.oauth.providers.google',
      'auth.oauth.providers.microsoft',
      'auth.oauth.providers.okta',
      'auth.saml.providers.corporate',
      'auth.saml.providers.keycloak-test',
      'content_oauth.providers.confluence',
      'content_oauth.providers.google_drive',
      'content_oauth.providers.google_workspace',
      'content_oauth.providers.microsoft',
    ]);
    expect(values.get('auth.oauth.providers.gitlab.enabled')?.text).toBe('false');
  });

  it('reads what is written in unusual ways', () => {
    const texts = [
      'auth.jwt.expiration_seconds',
      'auth.cookie.secure',
      'content_extractors.part_size_bytes',
      'content_extractors.wall_clock_budget',
      'observability.sampling_rate',
      'auth.oauth.providers.microsoft.scopes',
      'auth.oauth.providers.okta.userinfo',
      'content_oauth.providers.google_workspace.extra_authorize_params',
      'content_oauth.providers.confluence.client_secret',
      'timmy.operator_system_prompt',
    ].map((key) => values.get(key)?.text);
    expect(texts).toEqual([
      '1800',
      'true',
      '20971520',
      '1m0s',
      '0.1',
      '["openid","profile","email"]',
      '[{"url":"https://prod.okta.example.com/oauth2/default/v1/userinfo","claims":{"email_claim":"email","groups_claim":"groups","name_claim":"name","subject_claim":"sub"}}]',
      '{"access_type":"offline","prompt":"consent"}',
      "CANARY-content-confluence-'quoted'-c5c5",
      'You help engineers at Example to find threats in their designs.\n# Not a comment: cite the STRIDE category of every threat.\n\nAnswer in the language of the question: Deutsch, français, 日本語.\n  - Indented lines stay indented.\n',
    ]);
  });
});

describe(invalid, () => {
  const judged = leavesOf(invalid).flatMap((leaf) => {
    const key = keyOfLookup(leaf.lookup);
    return key ? [readLeafValue(leaf, key, invalid)] : [];
  });
  const diagnostics = judged.flatMap((value) =>
    'diagnostic' in value ? [value.diagnostic] : 'doubt' in value && value.doubt ? [value.doubt] : [],
  );

  it('holds every wrong value that it says, each reported at its place', () => {
    expect(diagnostics.map(({ key }) => key)).toEqual([
      'server.port',
      'server.read_timeout',
      'server.write_timeout',
      'server.tls_enabled',
      'server.ratelimit_public_rpm',
      'server.require_if_match',
      'server.cors.allowed_origins',
      'database.connection_pool.max_open_conns',
      'database.redis.port',
      'auth.build_mode',
      'auth.jwt.secret',
      'auth.jwt.expiration_seconds',
      'auth.jwt.signing_method',
      'auth.jwt.refresh_token_days',
      'auth.oauth.client_callback_allowlist',
      'auth.oauth.providers.github.enabled',
      'auth.oauth.providers.github.scopes',
      'auth.oauth.providers.github.userinfo',
      'auth.oauth.providers.github.additional_params',
      'auth.saml.enabled',
      'auth.saml.providers.okta.sign_requests',
      'auth.saml.providers.okta.metadata_xml',
      'auth.cookie.secure',
      'auth.step_up_window_seconds',
      'auth.everyone_is_a_reviewer',
      'websocket.inactivity_timeout_seconds',
      'logging.level',
      'logging.max_age_days',
      'secrets.provider',
      'administrators',
      'timmy.llm_provider',
      'timmy.llm_max_tokens',
      'timmy.chunk_size',
      'timmy.operator_system_prompt',
      'observability.sampling_rate',
      'observability.prometheus_port',
      'content_extractors.compressed_size_bytes',
      'content_extractors.pptx_slides',
      'content_extractors.wall_clock_budget',
      'content_extractors.per_user_concurrency_default',
      'content_oauth.allowed_client_callbacks',
      'ssrf.webhook.allowlist',
    ]);
    expect(layerOf(invalid).diagnostics.every(({ code }) => code === 'config/invalid-value')).toBe(true);
    // Servers start with these and those; the latter no row can hold.
    expect(judged.flatMap((value) => ('doubt' in value && value.doubt ? [value.doubt.key] : []))).toEqual([
      'auth.build_mode',
      'auth.jwt.refresh_token_days',
      'auth.step_up_window_seconds',
      'websocket.inactivity_timeout_seconds',
      'logging.level',
      'timmy.llm_provider',
      'observability.sampling_rate',
    ]);
    expect(judged.flatMap((value) => (value.kind === 'unfit' ? [value.diagnostic.key] : []))).toEqual([
      'auth.oauth.client_callback_allowlist',
      'auth.oauth.providers.github.userinfo',
      'administrators',
    ]);
    const lines = diagnostics.map(({ position }) => position?.line ?? 0);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(new Set(lines).size).toBe(diagnostics.length);
  });

  it('holds ids that no provider can have', () => {
    const impossible = leavesOf(invalid).flatMap(({ lookup }) =>
      lookup.kind === 'invalid-provider-id' ? [lookup.id] : [],
    );
    expect([...new Set(impossible)]).toEqual(['Google', 'my_company', '-leading', 'google-drive']);
  });

  it('never says a value of a secret in what is wrong with it', () => {
    expect(JSON.stringify(diagnostics)).not.toContain('CANARY');
  });

  it('holds every misspelt key that it says', () => {
    expect(unknownIn(invalid)).toEqual([
      'server.http_redirect',
      'database.redis.prot',
      'auth.oauth.providers.github.client_secrte',
      'websocket.inactivity_timeout',
      'timmy.llm_api_kye',
      'tymmy.enabled',
      'server.base_url',
    ]);
  });
});

describe('heroku.env.json', () => {
  const env = JSON.parse(readFileSync(path.join(folder, 'heroku.env.json'), 'utf8')) as Record<
    string,
    string
  >;

  it('holds variables that a server takes', () => {
    const { values, providers, administrator, diagnostics } = readEnvironment(env);
    expect(diagnostics).toEqual([]);
    expect([...providers.keys()].sort()).toEqual([
      'auth.oauth.providers.google',
      'auth.oauth.providers.my-github',
      'auth.saml.providers.entra',
      'content_oauth.providers.google_drive',
    ]);
    expect(administrator).toContain('ops@heroku.example.com');
    expect(values.get('server.port')?.text).toBe('41795');
    expect(values.has('operator.jurisdiction')).toBe(false);
  });
});

it('has the endings that its name says in crlf-bom.yml', () => {
  const text = readFileSync(path.join(folder, 'crlf-bom.yml'), 'utf8');
  expect(text.startsWith('\ufeff')).toBe(true);
  expect(text.endsWith('\n')).toBe(false);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

it('has no two secrets alike, so that a leak says where it comes from', () => {
  const seen = new Map<string, string>();
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    for (const [canary] of readFileSync(path.join(folder, name), 'utf8').matchAll(/CANARY[-/:\w]+/g)) {
      expect(seen.get(canary), `${canary} in ${name}`).toBeUndefined();
      seen.set(canary, name);
    }
  }
  expect(seen.size).toBeGreaterThan(50);
});
