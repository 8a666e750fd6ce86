import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolError } from '../../src/errors/index.js';
import {
  createSecrets,
  faultDiagnostic,
  loadEncryptionKeys,
  schemeWarnings,
  type SecretsInput,
  type SecretSource,
} from '../../src/secrets/index.js';

const source = (key: string, text: string): SecretSource => ({
  key,
  text,
  origin: { file: 'tmi.yml', position: { line: 3, column: 9 } },
});

const block = (values: Record<string, string>): SecretsInput['secretsBlock'] =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, source(`secrets.${name}`, text)]));

const open = (
  environment: Record<string, string>,
  values: Record<string, string> = {},
  baseDirectory = '/',
) => createSecrets({ secretsBlock: block(values), environment, baseDirectory });

async function failure(promise: Promise<unknown>): Promise<ToolError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof ToolError)) throw new Error(`expected a ToolError, not ${inspect(error)}`);
  return error;
}

function codesByKey(error: ToolError): Record<string, string> {
  return Object.fromEntries(error.diagnostics.map((d) => [d.key ?? '', d.code]));
}

describe('the first phase', () => {
  it('resolves the secrets block from variables and files', async () => {
    const secrets = await open({ WHICH: 'env', TMI_SECRET_A: 'x' }, { provider: 'env://WHICH' });
    expect(secrets.provider).toBe('env');
  });

  it('refuses vault:// there, together with every other fault of the block', async () => {
    const error = await failure(
      open(
        {},
        {
          vault_token: 'vault://token',
          vault_path: 'vault://',
          vault_address: 'env://NOPE',
          provider: 'vault',
        },
      ),
    );
    expect(error.code).toBe('secrets/vault-in-secrets-block');
    expect(error.exitCode).toBe(5);
    expect(codesByKey(error)).toEqual({
      'secrets.vault_token': 'secrets/vault-in-secrets-block',
      'secrets.vault_path': 'secrets/vault-in-secrets-block',
      'secrets.vault_address': 'secrets/no-such-secret',
    });
  });

  it('says which reference of the block has no value', async () => {
    const error = await failure(open({ EMPTY: '' }, { vault_token: 'env://EMPTY', vault_path: 'env://' }));
    expect(error.code).toBe('secrets/unresolved');
    expect(codesByKey(error)).toEqual({
      'secrets.vault_token': 'secrets/empty',
      'secrets.vault_path': 'secrets/malformed-reference',
    });
  });

  it('refuses an unknown provider', async () => {
    expect((await failure(open({}, { provider: 'keepass' }))).code).toBe('secrets/provider-not-configured');
    expect((await failure(open({}, { provider: 'constructor' }))).code).toBe(
      'secrets/provider-not-configured',
    );
  });
});

describe('the second phase', () => {
  it('builds nothing until a reference needs it', async () => {
    const secrets = await open({ A: 'x' }, { provider: 'azure' });
    const values = await secrets.resolve([source('a', 'env://A'), source('b', 'inline')]);
    expect(values.size).toBe(2);
  });

  it.each([
    ['azure', 'azure_vault_url'],
    ['gcp', 'gcp_project_id'],
    ['oci', 'oci_vault_id'],
    ['vault', 'vault_address'],
  ])('says which setting %s lacks', async (provider, setting) => {
    const secrets = await open({}, { provider });
    const error = await failure(secrets.resolve([source('a', 'vault://x')]));
    expect(codesByKey(error)).toEqual({ a: 'secrets/provider-not-configured' });
    expect(error.diagnostics[0]?.hint).toContain(`TMI_${setting.toUpperCase()}`);
    expect((await failure(secrets.describeProvider())).code).toBe('secrets/provider-not-configured');
    expect((await failure(secrets.lookup('settings_encryption_key'))).code).toBe('secrets/unresolved');
  });

  it.each([
    ['azure', { azure_vault_url: 'http://vault.example.org' }],
    ['vault', { vault_address: 'vault.example.org' }],
    ['vault', { vault_address: 'https://user:password@vault.example.org' }],
  ])('refuses an address that %s cannot use', async (provider, settings) => {
    const secrets = await open({}, { provider, ...settings });
    const error = await failure(secrets.describeProvider());
    expect(error.code).toBe('secrets/provider-not-configured');
    expect(inspect(error)).not.toContain('password@');
  });
});

describe('the third phase', () => {
  it('passes inline values and resolves vault:// and env:// with the env provider', async () => {
    const secrets = await open({ TMI_SECRET_A_B_C: 'deep', PLAIN: 'flat' });
    const values = await secrets.resolve([
      source('a', 'vault://a/b-c'),
      source('b', 'env://PLAIN'),
      source('c', 'postgres://u:p@h/d'),
      source('d', 'vault://nope?optional=true'),
      source('e', 'vault://nope?default=spare'),
      source('f', ''),
    ]);
    expect(Object.fromEntries([...values].map(([key, value]) => [key, value.reveal()]))).toEqual({
      a: 'deep',
      b: 'flat',
      c: 'postgres://u:p@h/d',
      e: 'spare',
      f: '',
    });
  });

  it('reports every reference that failed, with its place', async () => {
    const secrets = await open({ EMPTY: '', BLANK: ' \n' });
    const error = await failure(
      secrets.resolve([
        source('a', 'env://NOPE'),
        source('b', 'env://EMPTY'),
        source('c', 'env://BLANK'),
        source('d', 'vault://'),
        source('e', 'vault://nope'),
      ]),
    );
    expect(error.code).toBe('secrets/unresolved');
    expect(error.exitCode).toBe(5);
    expect(codesByKey(error)).toEqual({
      a: 'secrets/no-such-secret',
      b: 'secrets/empty',
      c: 'secrets/empty',
      d: 'secrets/malformed-reference',
      e: 'secrets/no-such-secret',
    });
    expect(error.diagnostics[0]).toMatchObject({ file: 'tmi.yml', position: { line: 3, column: 9 } });
  });

  it('gives a result for each source, in their order', async () => {
    const secrets = await open({ A: 'x' });
    const results = await secrets.tryResolve([
      source('a', 'env://A'),
      source('b', 'env://NOPE'),
      source('c', 'inline'),
      source('d', 'vault://x?optional=true'),
      source('e', 'vault://x?default=y'),
    ]);
    expect(results.map((r) => r.state)).toEqual(['resolved', 'failed', 'inline', 'absent', 'default']);
  });

  it('is interrupted before it starts', async () => {
    const secrets = await createSecrets({
      secretsBlock: {},
      environment: { A: 'x' },
      baseDirectory: '/',
      signal: AbortSignal.abort(),
    });
    expect((await failure(secrets.resolve([source('a', 'env://A')]))).code).toBe('internal/interrupted');
  });

  it('puts no default into a message', async () => {
    const secrets = await open({ TMI_SECRET_A: '{"b": "x"}' });
    const error = await failure(
      secrets.resolve([
        source('a', 'vault://a?default=hunter2&x=y'),
        source('b', 'vault://a?default=hunter2#b#hunter2'),
      ]),
    );
    expect(inspect(error, { depth: 20 }) + JSON.stringify(error)).not.toContain('hunter2');
  });
});

describe('file://', () => {
  let folder: string;
  const resolveOne = async (path: string) => {
    const secrets = await open({}, {}, folder);
    const [result] = await secrets.tryResolve([source('a', `file://${path}`)]);
    if (result === undefined) throw new Error('no result');
    return 'value' in result ? result.value.reveal() : 'fault' in result ? result.fault.code : result.state;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads a file relative to the directory given, without white space at its ends', async () => {
    await writeFile(join(folder, 'a'), '\n  line 1\r\nline 2\n\n');
    expect(await resolveOne('a')).toBe('line 1\r\nline 2');
    expect(await resolveOne(join(folder, 'a'))).toBe('line 1\r\nline 2');
    await symlink('a', join(folder, 'link'));
    expect(await resolveOne('link')).toBe('line 1\r\nline 2');
  });

  it('says why a file gives no secret', async () => {
    await mkdir(join(folder, 'directory'));
    await writeFile(join(folder, 'empty'), ' \n');
    await writeFile(join(folder, 'binary'), Buffer.from([0xff, 0xfe]));
    await writeFile(join(folder, 'large'), 'x'.repeat(1024 * 1024 + 1));
    await writeFile(join(folder, 'file'), 'x');
    expect(await resolveOne('absent')).toBe('secrets/no-such-secret');
    expect(await resolveOne('file/below')).toBe('secrets/no-such-secret');
    expect(await resolveOne('directory')).toBe('secrets/unreadable');
    expect(await resolveOne('empty')).toBe('secrets/empty');
    expect(await resolveOne('binary')).toBe('secrets/unreadable');
    expect(await resolveOne('large')).toBe('secrets/unreadable');
    expect(await resolveOne('/dev/zero')).toBe('secrets/unreadable');
  });

  it('does not wait for a pipe that nobody writes to, nor take a socket', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    try {
      expect(await resolveOne('pipe')).toBe('secrets/unreadable');
      expect(await resolveOne('socket')).toBe('secrets/unreadable');
    } finally {
      server.close();
    }
  });

  it('takes a reader of the caller, with the same limits', async () => {
    const read = (path: string): Promise<Uint8Array> => {
      if (path === '/base/large') return Promise.resolve(new Uint8Array(1024 * 1024 + 1));
      if (path === '/base/a') return Promise.resolve(Buffer.from(' x '));
      return Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }));
    };
    const secrets = await createSecrets({
      secretsBlock: {},
      environment: {},
      baseDirectory: '/base',
      readFile: read,
    });
    const results = await secrets.tryResolve([
      source('a', 'file://a'),
      source('b', 'file://large'),
      source('c', 'file://forbidden'),
    ]);
    expect(results.map((r) => ('fault' in r ? r.fault.code : r.state))).toEqual([
      'resolved',
      'secrets/unreadable',
      'secrets/refused',
    ]);
  });
});

describe('loadEncryptionKeys', () => {
  it('leaves out what the provider does not hold', async () => {
    const secrets = await open({
      TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'ab',
      TMI_SECRET_SETTINGS_ENCRYPTION_CONTEXT_ID: '',
    });
    const keys = await loadEncryptionKeys(secrets);
    expect(keys.current?.reveal()).toBe('ab');
    expect(Object.keys(keys)).toEqual(['current', 'home']);
  });

  it('does not go on without a key when the provider fails', async () => {
    const secrets = await open({}, { provider: 'azure' });
    expect((await failure(loadEncryptionKeys(secrets))).code).toBe('secrets/unresolved');
  });
});

describe('schemeWarnings', () => {
  it('warns of inline values that look like references, without showing them', () => {
    const warnings = schemeWarnings([
      source('a', 'valut://hunter2'),
      source('b', 'vault://x'),
      source('c', 'plain'),
    ]);
    expect(warnings.map((w) => [w.key, w.code, w.severity])).toEqual([
      ['a', 'secrets/suspicious-scheme', 'warning'],
    ]);
    expect(JSON.stringify(warnings)).not.toContain('hunter2');
  });
});

describe('faultDiagnostic', () => {
  it('names the variable when the reference stands in one', async () => {
    const secrets = await open({});
    const inVariable: SecretSource = { key: 'k', text: 'env://NOPE', origin: { variable: 'TMI_X' } };
    const [result] = await secrets.tryResolve([inVariable]);
    if (result?.state !== 'failed') throw new Error('expected a failure');
    expect(faultDiagnostic(inVariable, result.fault)).toMatchObject({ variable: 'TMI_X', key: 'k' });
  });
});
