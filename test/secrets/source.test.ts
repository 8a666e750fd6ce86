import { describe, expect, it } from 'vitest';
import { SecretFault } from '../../src/secrets/fault.js';
import { ProviderSettings } from '../../src/secrets/provider-settings.js';
import { createSecrets } from '../../src/secrets/index.js';
import { faultDiagnostic, schemeWarnings, type SecretSource } from '../../src/secrets/source.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { failure } from '../support/errors.js';
import { shown } from '../support/faults.js';

const place = { file: 'tmi.yml', position: { line: 3, column: 9 } };
const source = (text: string): SecretSource => ({ key: 'auth.jwt.secret', text, origin: place });

describe('the finding for a reference without a value', () => {
  it('names key, place, reference, reason and what to do', () => {
    const fault = new SecretFault('secrets/refused', 'the store refuses it', { hint: 'Ask for the right.' });
    expect(faultDiagnostic(source('vault://a?default=CANARY'), fault)).toEqual({
      code: 'secrets/refused',
      severity: 'error',
      message: 'vault://a?default=********: the store refuses it',
      key: 'auth.jwt.secret',
      ...place,
      hint: 'Ask for the right.',
    });
  });

  it('has no hint where there is none, and the name of a variable where it stands in one', () => {
    const found = faultDiagnostic(
      { key: 'KEY', text: 'env://A', origin: { variable: 'KEY' } },
      new SecretFault('secrets/empty', 'it is empty'),
    );
    expect(found).toEqual({
      code: 'secrets/empty',
      severity: 'error',
      message: 'env://A: it is empty',
      key: 'KEY',
      variable: 'KEY',
    });
  });
});

describe('a value that looks like a mistyped reference', () => {
  it('is warned of, without the value', () => {
    expect(schemeWarnings([source('valut://CANARY'), source('vault://a'), source('plain')])).toEqual([
      {
        code: 'secrets/suspicious-scheme',
        severity: 'warning',
        message: 'the value begins with valut://, which is no reference, so it is used as the secret itself',
        key: 'auth.jwt.secret',
        ...place,
        hint: 'Write vault:// if a reference is meant.',
      },
    ]);
  });
});

describe('the secrets block', () => {
  const open = (texts: Record<string, string>, environment: Record<string, string> = {}) =>
    createSecrets({
      secretsBlock: Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name, { key: `secrets.${name}`, text, origin: place }]),
      ),
      environment,
      baseDirectory: '/',
    });

  it('says why a reference to the provider cannot stand in it', async () => {
    const error = await failure(open({ vault_token: 'vault://token' }));
    expect([error.code, error.message]).toEqual([
      'secrets/vault-in-secrets-block',
      'the secrets block takes env:// and file:// only',
    ]);
    expect(error.diagnostics).toEqual([
      {
        code: 'secrets/vault-in-secrets-block',
        severity: 'error',
        message:
          'vault://token: the secrets block says how to reach the provider, so it cannot be read from the provider',
        key: 'secrets.vault_token',
        ...place,
        hint: 'Use env://NAME or file://PATH here.',
      },
    ]);
  });

  it('says what has no value, and which provider there is not', async () => {
    expect((await failure(open({ vault_token: 'env://NOPE' }))).message).toBe(
      'the secrets block could not be resolved',
    );
    const error = await failure(open({ provider: 'keepass' }));
    expect([error.message, error.hint]).toEqual([
      'secrets.provider names no provider',
      'Use one of env, aws, azure, gcp, oci, vault.',
    ]);
  });

  it('gives settings without white space, and an empty one as none', () => {
    const settings = new ProviderSettings(
      new Map([
        ['a', new SecretValue(' x ')],
        ['b', new SecretValue(' ')],
      ]),
    );
    expect([settings.get('a'), settings.get('b'), settings.get('c')]).toEqual(['x', undefined, undefined]);
    expect(settings.require('a')).toBe('x');
    let fault;
    try {
      settings.require('b_c');
    } catch (error) {
      fault = shown(error as SecretFault);
    }
    expect(fault).toEqual(
      shown('secrets/provider-not-configured', 'the provider needs secrets.b_c, which is not set', {
        hint: 'Set secrets.b_c in the file, or the variable TMI_B_C.',
      }),
    );
  });
});

describe('a reference that fails', () => {
  const secrets = () => createSecrets({ secretsBlock: {}, environment: {}, baseDirectory: '/' });

  it.each([
    [['vault://a'], 'a secret could not be resolved'],
    [['vault://a', 'vault://b'], '2 secrets could not be resolved'],
  ])('is counted: %j', async (texts, message) => {
    const error = await failure((await secrets()).resolve(texts.map(source)));
    expect([error.code, error.message, error.diagnostics.length]).toEqual([
      'secrets/unresolved',
      message,
      texts.length,
    ]);
  });

  it('has no version in the environment, which cannot be written either', async () => {
    const opened = await secrets();
    const error = await failure(opened.resolve([source('vault://a?version=1')]));
    expect(error.diagnostics[0]?.message).toBe('vault://a?version=1: environment variables have no versions');
    expect((await failure(opened.write('a', new SecretValue('x')))).message).toBe(
      'the tool does not write to environment variables TMI_SECRET_*',
    );
    expect(await opened.canWrite()).toBe(false);
  });
});
