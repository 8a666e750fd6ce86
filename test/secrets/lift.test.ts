import { describe, expect, it } from 'vitest';
import type { ConfigFile } from '../../src/config/files/read.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { SecretFault } from '../../src/secrets/fault.js';
import { applyLift, inlineSecrets, planLift, readConfigured, type Secrets } from '../../src/secrets/index.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { failure } from '../support/errors.js';

const document = parseYaml(
  Buffer.from('auth: { jwt: { secret: CANARY-1 } }\ndatabase: { redis: { password: CANARY-2 } }\n'),
  'tmi.yml',
);
const inline = inlineSecrets(readConfigured(document, {}));

/** What a provider holds under a path: a value, a fault, or nothing. */
type Held = Readonly<Record<string, string | SecretFault>>;

/** A provider that holds this, and is written to by nobody here. */
function providerOf(held: Held, writable = true): Secrets {
  const secrets: Partial<Secrets> = {
    tryResolve: (sources) =>
      Promise.resolve(
        sources.map((source) => {
          const found = held[source.text];
          if (typeof found === 'string')
            return { source, state: 'resolved' as const, value: new SecretValue(found) };
          const fault = found ?? new SecretFault('secrets/no-such-secret', 'there is none');
          return { source, state: 'failed' as const, fault };
        }),
      ),
    canWrite: () => Promise.resolve(writable),
    writeTarget: (path) =>
      Promise.resolve({ reference: `vault://${path}#value`, notes: ['no-check-and-set'] }),
    describeProvider: () => Promise.resolve('a provider of this test'),
    write: () => Promise.reject(new Error('nothing is to be written')),
  };
  return secrets as Secrets;
}

const plan = (held: Held, options: { prefix?: string; writable?: boolean } = {}) =>
  planLift(providerOf(held, options.writable), inline, options.prefix ?? '', 'tmi.yml');

describe('the plan of a lift', () => {
  it('writes what is not there, and leaves what is', async () => {
    const { entries, writable, provider } = await plan({
      'vault://auth_jwt_secret': 'CANARY-1',
    });
    expect([writable, provider]).toEqual([true, 'a provider of this test']);
    expect(entries.map(({ path, reference, action, notes }) => [path, reference, action, notes])).toEqual([
      ['auth_jwt_secret', 'vault://auth_jwt_secret', 'present', []],
      ['database_redis_password', 'vault://database_redis_password#value', 'write', ['no-check-and-set']],
    ]);
  });

  it.each(['tmi', 'tmi/', 'tmi//'])('has the paths below the prefix %s', async (prefix) => {
    const { entries } = await plan({}, { prefix });
    expect(entries.map(({ path }) => path)).toEqual(['tmi/auth_jwt_secret', 'tmi/database_redis_password']);
  });

  it('names no place to write to where the tool does not write', async () => {
    const { entries } = await plan({}, { writable: false });
    expect(entries.map(({ reference, action, notes }) => [reference, action, notes])).toEqual([
      ['vault://auth_jwt_secret', 'write', []],
      ['vault://database_redis_password', 'write', []],
    ]);
  });

  it('is none when the provider cannot say of one whether it is there', async () => {
    const error = await failure(
      plan({
        'vault://auth_jwt_secret': new SecretFault('secrets/refused', 'not with this token', {
          hint: 'Ask.',
        }),
        // Deleted, so that it can be written.
        'vault://database_redis_password': new SecretFault('secrets/no-such-version', 'deleted', {
          forgivable: false,
          vacant: true,
        }),
      }),
    );
    expect([error.code, error.message, error.exitCode]).toEqual([
      'secrets/unresolved',
      'whether the provider already holds the secrets is not known',
      5,
    ]);
    expect(error.diagnostics).toEqual([
      {
        code: 'secrets/refused',
        severity: 'error',
        message: 'vault://auth_jwt_secret: not with this token',
        hint: 'Ask.',
        key: 'auth.jwt.secret',
        file: 'tmi.yml',
        position: inline[0]?.position,
      },
    ]);
  });
});

describe('a lift that cannot be', () => {
  const apply = async (held: Held, writable?: boolean) => {
    const made = await plan(held, writable === undefined ? {} : { writable });
    // It ends before the file is looked at.
    const file = { name: 'tmi.yml' } as ConfigFile;
    return failure(applyLift(made, file, document, providerOf(held), 'tmi.yml.bak'));
  };

  it('writes nothing when the provider holds another value, and says which', async () => {
    const error = await apply({ 'vault://database_redis_password': 'CANARY-other' });
    expect([error.code, error.message]).toEqual([
      'secrets/lift-conflict',
      'the provider holds other values; nothing was written',
    ]);
    expect(error.hint).toContain('--prefix');
    expect(error.diagnostics).toEqual([
      {
        code: 'secrets/lift-conflict',
        severity: 'error',
        message:
          'vault://database_redis_password is there already, with another value than database.redis.password has in the file',
        file: 'tmi.yml',
        position: inline[1]?.position,
        key: 'database.redis.password',
      },
    ]);
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });

  it('writes nothing where the tool does not write, and says what to do', async () => {
    const error = await apply({ 'vault://auth_jwt_secret': 'CANARY-1' }, false);
    expect([error.code, error.message]).toEqual([
      'secrets/not-writable',
      'the tool does not write to a provider of this test',
    ]);
    expect(error.hint).toContain('Store the values there yourself');
  });
});
