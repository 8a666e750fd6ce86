import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/bootstrap.js';
import { KEY } from '../settings/support.js';
import { Workspace } from '../support/workspace.js';

// What chooses the secrets provider, and what protects a production server, must not depend on how it is spelt.

const secretKey = 'auth.oauth.providers.google.client_secret';
const database = 'database: {url: "$URL"}\n';
const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY, TMI_SECRET_X: 'x', NATS_URL: 'vault://x' };

describe('a secrets provider that does not exist', () => {
  const commands: readonly (readonly string[])[] = [
    ['settings', 'set', secretKey, 'hunter2', '--allow-plaintext-secrets'],
    ['settings', 'set', 'ui.default_theme', 'dark'],
    ['settings', 'unset', 'ui.default_theme'],
    ['settings', 'list'],
    ['settings', 'export'],
    ['settings', 'reencrypt'],
    ['seed-settings'],
    ['exec', '--', 'true'],
    ['resolve-secrets'],
    ['resolve-secrets', '--check'],
    ['resolve-secrets', '--format', 'dotenv', '--reveal'],
    ['db', 'reset', '--scope', 'settings', '--confirm', 'x', '--no-backup'],
  ];

  async function expectRefused(config: string, variables: Record<string, string>, place: string) {
    for (const words of commands) {
      const w = await Workspace.create('sqlite', config);
      const { code, err } = await w.run([words[0] as string, '--config', 'config.yml', ...words.slice(1)], {
        env: { ...env, ...variables },
      });
      expect({ code, err }, words.join(' ')).toMatchObject({ code: 5 });
      expect(err, words.join(' ')).toContain('secrets/provider-not-configured');
      expect(err, words.join(' ')).toContain(place);
      expect(await w.rows().catch(() => new Map()), words.join(' ')).toEqual(new Map());
    }
  }

  it('in a variable is refused by every command that asks for secrets', async () => {
    const config = `${database}secrets: {provider: env}\nui: {default_theme: dark}\n`;
    await expectRefused(config, { TMI_SECRETS_PROVIDER: 'Vault' }, 'TMI_SECRETS_PROVIDER');
  });

  it('in the file is refused as well', async () => {
    await expectRefused(`${database}secrets: {provider: " aws"}\nui: {default_theme: dark}\n`, {}, '.yml:2');
  });

  it('is refused by an import, of whatever file', async () => {
    const w = await Workspace.create('sqlite', `${database}secrets: {provider: Vault}\n`);
    writeFileSync(join(w.folder, 'old.yml'), 'ui: {default_theme: dark}\n');
    const { code, err } = await w.run(['import-legacy', 'old.yml', '--config', 'config.yml'], { env });
    expect([code, err.includes('secrets/provider-not-configured')], err).toEqual([5, true]);
    expect((await w.import([], { env })).code).toBe(5);
    const variables = { ...env, TMI_SECRETS_PROVIDER: 'Vault' };
    expect((await w.run(['import-legacy', 'old.yml'], { env: variables })).code).toBe(5);
    expect(await w.rows().catch(() => new Map())).toEqual(new Map());
  });

  it.each(['hashicorp', 'nonsense', 'AWS', ' aws', 'vault '])('is refused as %j', async (provider) => {
    const w = await Workspace.create('sqlite', database);
    const run = await w.run(['settings', 'set', 'ui.default_theme', 'dark', '--config', 'config.yml'], {
      env: { ...env, TMI_SECRETS_PROVIDER: provider },
    });
    expect([run.code, run.err.includes('secrets/provider-not-configured')]).toEqual([5, true]);
  });

  it.each([
    'secrets: vault\n',
    'secrets: {provider: [vault]}\n',
    'secrets: {vault_path: [a], provider: env}\n',
  ])('is refused where it has another form: %j', async (block) => {
    const w = await Workspace.create('sqlite', `${database}${block}`);
    const run = await w.run(['seed-settings', '--config', 'config.yml'], { env });
    expect([run.code, run.err.split('secrets/provider-not-configured').length]).toEqual([5, 3]);
  });

  it.each([
    { env: { TMI_SECRETS_PROVIDER: 'Vault' }, block: '' },
    { env: {}, block: 'secrets: {provider: Vault}\n' },
    { env: {}, block: 'secrets: vault\n' },
  ])('stops a server: $env $block', async ({ env: variables, block }) => {
    const w = await Workspace.create('sqlite', `${database}${block}`);
    const options = {
      file: w.file,
      env: { ...env, ...variables, TMI_BUILD_MODE: 'dev', TMI_JWT_SECRET: 'x'.repeat(40) },
    };
    await expect(bootstrap(options)).rejects.toMatchObject({ code: 'bootstrap/refused' });
    expect(await w.rows().catch(() => new Map())).toEqual(new Map());
  });
});

describe.each(['Production', 'PRODUCTION', 'prod', ' production'])('the build mode %j', (mode) => {
  const inFile = `${database}auth: {build_mode: "${mode}"}\n`;
  const inVariable = `${database}auth: {build_mode: dev}\n`;
  const worlds = [
    ['in the file', inFile, {}],
    ['in a variable', inVariable, { TMI_BUILD_MODE: mode }],
  ] as const;

  it.each(worlds)('%s keeps secrets from being stored in plain text', async (_, config, variables) => {
    const w = await Workspace.create('sqlite', config);
    for (const words of [
      ['settings', 'set', secretKey, '--stdin', '--config', 'config.yml'],
      ['seed-settings', '--config', 'config.yml'],
    ]) {
      const run = await w.run([...words, '--allow-plaintext-secrets'], { env: variables, stdin: 'hunter2' });
      if (words[0] === 'settings')
        expect([run.code, run.err]).toEqual([4, expect.stringContaining('plaintext-secret')]);
    }
    expect(JSON.stringify(await w.values().catch(() => ({})))).not.toContain('hunter2');
  });

  it.each(worlds)('%s keeps an import from storing secrets in plain text', async (_, config, variables) => {
    const w = await Workspace.create('sqlite', config);
    const old = 'auth: {oauth: {providers: {google: {client_secret: hunter2}}}}\n';
    writeFileSync(join(w.folder, 'old.yml'), old);
    const args = ['import-legacy', 'old.yml', '--config', 'config.yml', '--allow-plaintext-secrets'];
    const run = await w.run(args, { env: variables });
    // A mode that no server knows stops no import; that it counts as production does.
    expect(run.code, run.err).toBe(4);
    expect(JSON.stringify(await w.values().catch(() => ({})))).not.toContain('hunter2');
    expect(readFileSync(join(w.folder, 'old.yml'), 'utf8')).toBe(old);
  });

  it.each(worlds)('%s is behind the gate of db reset, and leaves the stamp', async (_, config, variables) => {
    const w = await Workspace.create('sqlite', config);
    const options = { env: { ...env, ...variables } };
    const seeded = await w.run(['seed-settings', '--config', 'config.yml'], options);
    expect(seeded.code, seeded.err).toBe(0);
    expect(seeded.err).toContain('it counts as production');
    const name = w.url.replace(/^.*\//, '');
    const reset = [
      'db',
      'reset',
      '--scope',
      'settings',
      '--confirm',
      name,
      '--no-backup',
      '--config',
      'config.yml',
    ];
    const refused = await w.run(reset, options);
    expect([refused.code, refused.err.includes('reset/production')], refused.err).toEqual([4, true]);
    // The stamp speaks where the configuration does not.
    w.write(database);
    const stamped = await w.run(reset, { env });
    expect([stamped.code, stamped.err.includes('reset/production')], stamped.err).toEqual([4, true]);
  });

  it.each(worlds)('%s is held to the standards of production', async (_, config, variables) => {
    const w = await Workspace.create('sqlite', config);
    const { out } = await w.run(['validate-config', 'config.yml', '--json'], { env: variables });
    expect(JSON.stringify(JSON.parse(out))).toContain('"profile":"production"');
  });
});

describe('two files, or a file and a variable, of which one says production', () => {
  const secret = 'timmy: {llm_api_key: hunter2}\n';
  const mode = (text: string): string => `auth: {build_mode: ${text}}\n`;
  const worlds = [
    ['the imported file', 'dev', 'production', {}],
    ['the configuration', 'production', 'dev', {}],
    ['the variable', 'dev', 'dev', { TMI_BUILD_MODE: 'production' }],
    ['a file against the variable', 'dev', 'production', { TMI_BUILD_MODE: 'dev' }],
  ] as const;

  it.each(worlds)(
    '%s keeps an import from storing secrets in plain text',
    async (_, config, old, variables) => {
      const w = await Workspace.create('sqlite', `${database}${mode(config)}`);
      writeFileSync(join(w.folder, 'old.yml'), `${mode(old)}${secret}`);
      const args = ['import-legacy', 'old.yml', '--config', 'config.yml', '--allow-plaintext-secrets'];
      const run = await w.run(args, { env: variables });
      expect([run.code, run.err.includes('legacy/plaintext-secret')], run.err).toEqual([4, true]);
      expect(await w.rows().catch(() => new Map())).toEqual(new Map());
    },
  );

  it('stores it where all of them say something else', async () => {
    const w = await Workspace.create('sqlite', `${database}${mode('test')}`);
    writeFileSync(join(w.folder, 'old.yml'), `${mode('dev')}${secret}`);
    const args = ['import-legacy', 'old.yml', '--config', 'config.yml', '--allow-plaintext-secrets'];
    const run = await w.run(args, { env: { TMI_BUILD_MODE: 'dev' } });
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  });
});

it('says nothing of a build mode that can be read', async () => {
  const w = await Workspace.create('sqlite', `${database}auth: {build_mode: dev}\n`);
  const run = await w.run(
    ['settings', 'set', secretKey, '--stdin', '--allow-plaintext-secrets', '--config', 'config.yml'],
    { stdin: 'hunter2' },
  );
  expect([run.code, run.err.includes('counts as production')]).toEqual([0, false]);
});
