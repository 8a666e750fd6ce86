import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import { decodeRows } from '../../src/settings/decode.js';
import { explainSettings, unreadableRows, type Explanation } from '../../src/settings/explain.js';
import { leavesOf } from '../config/support.js';
import { capabilities, cipherOf, KEY, seal, seeded, storedRow, tableOf } from './support.js';

interface Given {
  readonly file?: string;
  readonly env?: Record<string, string>;
  readonly rows?: readonly ReturnType<typeof storedRow>[];
  readonly reveal?: boolean;
  readonly hasOrigin?: boolean;
}

function explained({
  file = '',
  env = {},
  rows = [],
  reveal = false,
  hasOrigin = true,
}: Given): ReadonlyMap<string, Explanation> {
  const table = tableOf(rows, { hasOrigin });
  const decoded = decodeRows(table, cipherOf(KEY), capabilities);
  return explainSettings({
    file: readFileLayer(leavesOf(file), 'config.yml'),
    environment: readEnvironment(env),
    rows: decoded.rows,
    unreadable: unreadableRows(table, decoded),
    reveal,
  });
}

function reasons(key: string, given: Given): (string | null | undefined)[] {
  const models = explained(given).get(key)?.models;
  return [models?.documented, models?.['1.8']].flatMap((model) => [
    model?.winner,
    model?.value,
    model?.reason,
  ]);
}

describe('explainSettings', () => {
  const file = 'websocket: {inactivity_timeout_seconds: 400}\n';
  const env = { TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: '500' };
  const key = 'websocket.inactivity_timeout_seconds';
  const row = (changes: object) => storedRow(key, '600', { type: 'int', ...changes });

  it('shows every layer with its place, weakest first', () => {
    const by = 'b1b2b3b4-0000-4000-8000-000000000000';
    const found = explained({ file, env, rows: [row({ modifiedBy: by })] }).get(key);
    expect(found?.layers.map(({ layer, value, where }) => [layer, value, where])).toEqual([
      ['default', '300', 'registry'],
      ['row', '600', 'system_settings'],
      ['file', '400', 'config.yml:1:13'],
      ['environment', '500', '$TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS'],
    ]);
    expect(found?.layers[1]).toMatchObject({ origin: 'explicit', modifiedBy: by, encrypted: false });
    expect(found?.shadowed).toEqual(['file', 'environment']);
  });

  it('says why a layer wins in the documented model', () => {
    const documented = (given: Given) => reasons(key, given).slice(0, 3);
    expect(documented({})).toEqual(['default', '300', 'default']);
    expect(documented({ rows: [row(seeded)] })).toEqual(['row', '600', 'row-alone']);
    expect(documented({ file, env, rows: [row({})] })).toEqual(['row', '600', 'explicit-row']);
    expect(documented({ file, env, rows: [row(seeded)] })).toEqual([
      'environment',
      '500',
      'variable-over-seeded',
    ]);
    expect(documented({ file, rows: [row(seeded)] })).toEqual(['file', '400', 'file-over-seeded']);
  });

  it('says why a server 1.8 takes another value', () => {
    const secret = 'auth.jwt.expiration_seconds';
    expect(reasons(secret, { rows: [storedRow(secret, '7200', { type: 'int' })] }).slice(3)).toEqual([
      'default',
      '3600',
      'reads-no-rows',
    ]);
    const name = 'auth.oauth.providers.google.issuer';
    const provider = 'auth: {oauth: {providers: {google: {issuer: file}}}}\n';
    expect(reasons(name, { file: provider, rows: [storedRow(name, 'row')] })).toEqual([
      'file',
      'file',
      'provider-hides-rows',
      'file',
      'file',
      'provider-hides-rows',
    ]);
  });

  it('knows providers of variables, followers and bootstrap settings', () => {
    const issuer = 'auth.oauth.providers.google.issuer';
    const variables = { OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true', OAUTH_PROVIDERS_GOOGLE_ISSUER: 'env' };
    const provider = 'auth: {oauth: {providers: {google: {issuer: file}}}}\n';
    expect(reasons(issuer, { file: provider, env: variables }).slice(0, 3)).toEqual([
      'environment',
      'env',
      'variable-provider',
    ]);
    const rows = [storedRow('auth.jwt.expiration_seconds', '7200', { type: 'int' })];
    expect(reasons('session.timeout_minutes', { rows }).slice(0, 3)).toEqual(['row', '120', 'derived']);
    expect(reasons('server.port', { env: { TMI_SERVER_PORT: '1' } }).slice(0, 3)).toEqual([
      'environment',
      '1',
      'bootstrap-variable',
    ]);
    expect(reasons('server.port', { file: 'server: {port: "2"}\n' }).slice(0, 3)).toEqual([
      'file',
      '2',
      'bootstrap-file',
    ]);
  });

  it('says when a key without a value pins the default of a server 1.8', () => {
    const model = 'timmy.llm_model';
    const given = { file: 'timmy: {llm_model: }\n', rows: [storedRow(model, 'row')] };
    expect(reasons(model, given)).toEqual([
      'row',
      'row',
      'explicit-row',
      'default',
      null,
      'file-pins-default',
    ]);
  });

  it('has values beyond a limit, which a server takes all the same', () => {
    const port = 'observability.prometheus_port';
    const file = 'observability: {prometheus_port: 70000}\n';
    expect(reasons(port, { file }).slice(0, 2)).toEqual(['file', '70000']);
    const env = { TMI_OTEL_PROMETHEUS_PORT: '-1' };
    expect(reasons(port, { env }).slice(0, 2)).toEqual(['environment', '-1']);
  });

  it('masks secrets unless they are to be revealed', () => {
    const key = 'auth.oauth.providers.google.client_secret';
    const rows = [storedRow(key, seal('hunter2', KEY))];
    expect(JSON.stringify([...explained({ rows })])).not.toContain('hunter2');
    expect(explained({ rows, reveal: true }).get(key)?.layers[0]).toMatchObject({
      value: 'hunter2',
      encrypted: true,
    });
  });

  it('calls nothing shadowed that says the same', () => {
    const same = { file: 'websocket: {inactivity_timeout_seconds: 600}\n', rows: [row({})] };
    expect(explained(same).get(key)?.shadowed).toEqual([]);
  });
});

describe('a row that cannot be read', () => {
  const key = 'websocket.inactivity_timeout_seconds';
  const env = { TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: '500' };
  const row = (changes: object) => storedRow(key, seal('600', 'a'.repeat(64)), { type: 'int', ...changes });
  const notKnown = ['row', null, 'row-unreadable'];

  it('is shown as a layer that says which key it wants', () => {
    const layers = explained({ rows: [row({})] }).get(key)?.layers;
    expect(layers?.map(({ layer, value }) => [layer, value])).toEqual([
      ['default', '300'],
      ['row', null],
    ]);
    expect(layers?.[1]?.problem).toContain('the key of context 1');
  });

  it('leaves the verdict open wherever the row is what counts', () => {
    expect(reasons(key, { rows: [row({})], env })).toEqual([
      ...notKnown,
      'environment',
      '500',
      'reads-no-rows',
    ]);
    expect(reasons(key, { rows: [row(seeded)] }).slice(0, 3)).toEqual(notKnown);
    expect(reasons(key, { rows: [row(seeded)], env }).slice(0, 2)).toEqual(['environment', '500']);
    expect(explained({ rows: [row({})], env }).get(key)?.shadowed).toEqual([]);
  });

  it('leaves it open in a table that cannot say who stated the row', () => {
    const none = row({ origin: null, originText: null });
    expect(reasons(key, { rows: [none], env, hasOrigin: false }).slice(0, 3)).toEqual(notKnown);
  });

  it('leaves open what follows from it', () => {
    const source = storedRow('auth.jwt.expiration_seconds', seal('7200', 'a'.repeat(64)), { type: 'int' });
    expect(reasons('session.timeout_minutes', { rows: [source] })[2]).toBe('row-unreadable');
  });
});

describe('a row that is no value of its type', () => {
  const scopes = 'auth.oauth.providers.google.scopes';
  const row = storedRow(scopes, 'openid, email', { type: 'json' });

  it('is shown with what it should be, and leaves the verdict open', () => {
    const layer = explained({ rows: [row] }).get(scopes)?.layers[0];
    expect(layer).toMatchObject({
      value: 'openid, email',
      problem: expect.stringContaining('a list') as string,
    });
    const variables = { OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true', OAUTH_PROVIDERS_GOOGLE_SCOPES: 'openid' };
    expect(reasons(scopes, { rows: [row] }).slice(0, 3)).toEqual(['row', null, 'row-invalid']);
    const hidden = ['environment', '["openid"]', 'provider-hides-rows'];
    expect(reasons(scopes, { rows: [row], env: variables })).toEqual([...hidden, ...hidden]);
  });

  it('does not matter where a file outranks it, and leaves open what follows from it', () => {
    const key = 'websocket.inactivity_timeout_seconds';
    const soon = storedRow(key, 'soon', { type: 'int', ...seeded });
    const file = 'websocket: {inactivity_timeout_seconds: 400}\n';
    expect(reasons(key, { rows: [soon], file }).slice(0, 3)).toEqual(['file', '400', 'file-over-seeded']);
    const source = storedRow('auth.jwt.expiration_seconds', '1h', { type: 'int' });
    expect(reasons('session.timeout_minutes', { rows: [source] }).slice(1, 3)).toEqual([null, 'row-invalid']);
  });
});

describe('a row without a value', () => {
  const key = 'websocket.inactivity_timeout_seconds';
  const empty = storedRow(key, '', { type: 'int' });

  it('reads as not set, whoever stated it', () => {
    expect(reasons(key, { rows: [empty] }).slice(0, 3)).toEqual(['default', '300', 'default']);
    expect(reasons(key, { rows: [empty], file: 'websocket: {inactivity_timeout_seconds: 400}' })).toEqual([
      'file',
      '400',
      'file-over-seeded',
      'file',
      '400',
      'file-over-seeded',
    ]);
    expect(
      explained({ rows: [empty] })
        .get(key)
        ?.layers.map(({ layer }) => layer),
    ).toEqual(['default']);
  });
});
