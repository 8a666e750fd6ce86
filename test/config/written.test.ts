import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import { configurationLayers } from '../../src/config/precedence.js';
import {
  allWritten,
  entryOverriddenBy,
  overriddenBy,
  writtenValue,
  type WrittenLayers,
} from '../../src/config/written.js';
import { leavesOf } from './support.js';

const layers = (text: string, env: Record<string, string>): WrittenLayers => ({
  file: readFileLayer(leavesOf(text), 'config.yml'),
  environment: readEnvironment(env),
});

const google = 'auth.oauth.providers.google';
const file = `server: {port: "1"}
auth: {oauth: {providers: {google: {enabled: true, client_id: from-file}, other: {client_id: theirs}}}}
`;
const defined = { OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true', OAUTH_PROVIDERS_GOOGLE_CLIENT_SECRET: 'c' };

describe('file and environment together', () => {
  it('have the layers that may state a setting, strongest first, as the tables have them', () => {
    expect(configurationLayers(undefined)).toEqual(['environment', 'file']);
    expect(configurationLayers('environment')).toEqual(['environment']);
    expect(configurationLayers('file')).toEqual(['file']);
    expect(configurationLayers('row')).toEqual([]);
  });

  it('give the variable, else the file, the empty text too', () => {
    const both = layers(file, { TMI_SERVER_PORT: '2' });
    expect(writtenValue('server.port', both)?.text).toBe('2');
    expect(writtenValue('server.port', layers(file, {}))?.text).toBe('1');
    expect(writtenValue('server.port', layers('server: {port: ""}\n', {}))?.text).toBe('');
    expect(writtenValue('server.interface', both)).toBeUndefined();
  });

  it('give nothing of an entry that variables define anew', () => {
    const both = layers(file, defined);
    expect(writtenValue(`${google}.client_id`, both)).toBeUndefined();
    expect(writtenValue(`${google}.client_secret`, both)?.text).toBe('c');
    expect(writtenValue('auth.oauth.providers.other.client_id', both)?.text).toBe('theirs');
    expect(allWritten(both).map(({ key, text }) => `${key.path}=${text}`)).toEqual([
      'server.port=1',
      `${google}.enabled=true`,
      'auth.oauth.providers.other.client_id=theirs',
      `${google}.client_secret=c`,
    ]);
  });

  it('name what takes a value of the file out of use', () => {
    const both = layers(file, { ...defined, TMI_SERVER_PORT: '2' });
    const of = (name: string, all = both) => {
      const value = all.file.values.get(name);
      if (!value) throw new Error(`the file has no ${name}`);
      return overriddenBy(value.key, all);
    };
    expect(of('server.port')).toMatchObject({ variable: 'TMI_SERVER_PORT', value: { text: '2' } });
    expect(of('server.port', layers(file, {}))).toBeUndefined();
    const own = { variable: 'OAUTH_PROVIDERS_GOOGLE_ENABLED', value: undefined };
    expect(of(`${google}.client_id`)).toEqual(own);
    expect(of('auth.oauth.providers.other.client_id')).toBeUndefined();
    expect(entryOverriddenBy(google, both)).toBe('OAUTH_PROVIDERS_GOOGLE_ENABLED');
    expect(entryOverriddenBy(google, layers(file, {}))).toBeUndefined();
  });
});
