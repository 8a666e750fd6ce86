import { describe, expect, it } from 'vitest';
import { secretHome, secretVariable } from '../../src/secrets/key-home.js';
import type { SecretProvider } from '../../src/secrets/providers/contract.js';

const provider = (
  name: SecretProvider['name'],
  locate: SecretProvider['locate'],
): Pick<SecretProvider, 'name' | 'describe' | 'locate'> => ({ name, describe: () => 'the store', locate });

const env = provider('env', (path) => [{ document: secretVariable(path) }]);
const shared = provider('vault', (path) => [{ document: 'secret/tmi', key: path }, { document: path }]);
const own = provider('aws', (path) => [{ document: path }]);

describe('where a well-known name belongs', () => {
  it.each([
    ['a variable', env, 'TMI_SECRET_SETTINGS_KEY'],
    ['a field of a shared document', shared, 'settings_key in the store under secret/tmi'],
    ['a secret of its own', own, 'the secret settings_key in the store'],
  ])('is %s', (_, where, place) => {
    expect(secretHome(where, 'settings_key', {})).toEqual({ place, ignored: [] });
  });

  it('is not a variable that looks like it, and those that are set are named', () => {
    const environment = {
      TMI_SECRET_SETTINGS_KEY: 'a',
      TMI_SETTINGS_KEY: 'b',
      SETTINGS_KEY: 'c',
      OTHER: 'd',
    };
    expect(secretHome(shared, 'settings_key', environment).ignored).toEqual([
      'TMI_SECRET_SETTINGS_KEY',
      'TMI_SETTINGS_KEY',
      'SETTINGS_KEY',
    ]);
    expect(secretHome(env, 'settings_key', environment).ignored).toEqual([
      'TMI_SETTINGS_KEY',
      'SETTINGS_KEY',
    ]);
    expect(secretHome(own, 'settings_key', { SETTINGS_KEY: 'c' }).ignored).toEqual(['SETTINGS_KEY']);
  });

  it('is a variable of letters, digits and underscores', () => {
    expect(secretVariable('a/b-c.d_1')).toBe('TMI_SECRET_A_B_C_D_1');
  });
});
