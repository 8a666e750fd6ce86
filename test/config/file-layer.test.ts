import { describe, expect, it } from 'vitest';
import { providerEntryOf, readFileLayer } from '../../src/config/file-layer.js';
import { leavesOf } from './support.js';

const layer = (yaml: string) => readFileLayer(leavesOf(yaml), 'config.yml');
const texts = (yaml: string) =>
  Object.fromEntries([...layer(yaml).values].map(([key, { text }]) => [key, text]));

describe('readFileLayer', () => {
  it('names values by their database key where they have one, else by their path', () => {
    expect(
      texts(
        'auth:\n  oauth: {callback_url: "https://a.example.com/cb"}\n  saml: {enabled: yes}\n  build_mode: test\ncontent_extractors: {async_enabled: true}\nserver: {base_url: "https://a.example.com"}\n',
      ),
    ).toEqual({
      'auth.oauth_callback_url': 'https://a.example.com/cb',
      'features.saml_enabled': 'true',
      'auth.build_mode': 'test',
      'extraction.async_enabled': 'true',
      'server.base_url': 'https://a.example.com',
    });
  });

  it('remembers where each value was written', () => {
    const { values } = layer('timmy:\n  # on since March\n  enabled: true\n');
    expect(values.get('timmy.enabled')?.written).toEqual({
      layer: 'file',
      file: 'config.yml',
      position: { line: 3, column: 3 },
    });
  });

  it('holds the empty text, and nothing where there is no value', () => {
    expect(texts('operator: {name: "", contact: ~, jurisdiction: }\n')).toEqual({ 'operator.name': '' });
  });

  it('takes ports with quotes and without, and the empty text of a setting with limits', () => {
    expect(
      texts('server: {port: 8080}\ndatabase: {redis: {port: "6379"}}\ntimmy: {llm_provider: ""}\n'),
    ).toEqual({
      'server.port': '8080',
      'database.redis.port': '6379',
      'timmy.llm_provider': '',
    });
  });

  it('reports every value that the server would not take, each at its place', () => {
    const yaml = [
      'server:',
      '  port: "70000"',
      '  read_timeout: 5',
      'auth:',
      '  jwt: {expiration_seconds: 0, signing_method: HS512}',
      '  step_up_window_seconds: 59',
      'websocket: {inactivity_timeout_seconds: "300"}',
      'observability: {sampling_rate: 1.01}',
      'content_extractors: {wall_clock_budget: 0s, pptx_slides: 251}',
      'timmy: {llm_provider: mistral}',
      '',
    ].join('\n');
    const { diagnostics, values } = layer(yaml);
    expect(diagnostics.map(({ code, key, position }) => [code, key, position?.line])).toEqual([
      ['config/invalid-value', 'server.port', 2],
      ['config/invalid-value', 'server.read_timeout', 3],
      ['config/invalid-value', 'auth.jwt.expiration_seconds', 5],
      ['config/invalid-value', 'auth.jwt.signing_method', 5],
      ['config/invalid-value', 'websocket.inactivity_timeout_seconds', 7],
      ['config/invalid-value', 'content_extractors.wall_clock_budget', 9],
      ['config/invalid-value', 'content_extractors.pptx_slides', 9],
    ]);
    expect(diagnostics.every(({ severity, file }) => severity === 'error' && file === 'config.yml')).toBe(
      true,
    );
    // Servers start with these as they are, so they count.
    expect([...values].map(([key, { text }]) => [key, text])).toEqual([
      ['auth.step_up_window_seconds', '59'],
      ['observability.sampling_rate', '1.01'],
      ['timmy.llm_provider', 'mistral'],
    ]);
  });

  it('knows the entries of providers, whatever they hold', () => {
    const { providers } = layer(
      'auth:\n  oauth: {providers: {google: {enabled: true}, github: , okta: {}, gitlab: {colour: red}}}\n  saml: {providers: {}}\ncontent_oauth: {providers: {google_drive: {enabled: false}}}\n',
    );
    expect([...providers]).toEqual([
      'auth.oauth.providers.google',
      'auth.oauth.providers.github',
      'auth.oauth.providers.okta',
      'auth.oauth.providers.gitlab',
      'content_oauth.providers.google_drive',
    ]);
  });

  it('does not take a key with dots for the block of that name', () => {
    expect(layer('auth.oauth:\n  providers: {x: {google: {enabled: true}}}\n').providers.size).toBe(0);
    expect(providerEntryOf({ path: ['auth.oauth', 'providers', 'google', 'enabled'] })).toBeUndefined();
  });

  it('never says the value of a secret, not even of one that is wrong', () => {
    const { diagnostics } = layer('auth:\n  jwt: {secret: [CANARY-jwt]}\n');
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).not.toContain('CANARY-jwt');
  });
});
