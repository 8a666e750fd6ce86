import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { FakeIoOptions } from '../support/io.js';
import { describeEngines } from '../support/database.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';

const key = 'c0ffee'.padEnd(64, 'a');
const envKey = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: key };

/** Secrets in every place that a file has for them: today's names, earlier ones, unknown ones, comments. */
const text = `# old_password: CANARY-comment
x-shared: {value: &shared CANARY-google}
database:
  url: "$URL"
  redis: {url: "rediss://:CANARY-redis-url@r.example.com:6380", password: CANARY-redis}
auth:
  build_mode: test
  jwt: {secret: CANARY-jwt}
  oauth:
    providers:
      google: {client_id: g, client_secret: *shared, enabled: false}
      gitlab:
        enabled: true
        client_id: l # old secret CANARY-noted
        client_secret: CANARY-gitlab # CANARY-beside
        token_url: https://gitlab.example.com/token?client_secret=CANARY-parameter
        additional_params: {prompt: consent, client_secret: CANARY-entry, api_key: CANARY-entry-key, client_assertion: CANARY-assertion}
        auth_header_format: Basic CANARY09==
  saml:
    providers:
      okta:
        sp_private_key: |
          -----BEGIN PRIVATE KEY-----
          CANARY-sp-key
          -----END PRIVATE KEY-----
        sp_certificate: CANARY-certificate
        idp_metadata_b64xml: CANARY-metadata
saml:
  providers:
    adfs: {sp_private_key: CANARY-earlier-sp-key, sp_certificate: CANARY-earlier-certificate}
content_oauth:
  providers:
    confluence: {client_secret: 'CANARY-confluence'}
timmy:
  llm_api_key: CANARY-llm
  embedding_api_key: CANARY-earlier-embedding
  rerank_api_key: "CANARY-rerank\\tescaped"
  llm_api_kye: CANARY-mistyped
  llm_base_url: https://u:CANARY-base-url@llm.example.com/v1
  retrieval_top_k: 5
  rerank_base_url: https://llm.example.com/v1?model=x&api_key=CANARY-query
  ssrf_allowlist: http://u:CANARY-allowed@x
content_token_encryption_key: CANARY-content-token #CANARY-old
# the private key of old:
#   CANARY-below
operator: {name: 'Bearer CANARY-bearer', contact: 'token=CANARY-equals'}
alerting: {webhook_secret: CANARY-alerting, webhook_url: 'https://chat.example.com/CANARY-webhook'}
secrets: {vault_token: CANARY-vault-token}
mystery: {db_password: CANARY-unknown}
`;

const secretOf = (url: string): string | undefined => new URL(url).password || undefined;

/** Everything that a run left where somebody may read it, but for the file itself and its backup. */
function traces(w: Workspace, run: Run): string {
  const receipts = w.files().filter((name) => name.endsWith('.receipt.json'));
  return [run.out, run.err, ...run.io.questions, ...receipts.map((name) => w.text(name))].join('\n');
}

function expectNoSecret(w: Workspace, run: Run, what: string): void {
  const shown = traces(w, run);
  expect(shown, what).not.toContain('CANARY');
  expect(shown, what).not.toContain(key);
  // A receipt may hold what the database held, encrypted; nothing else shows even that.
  expect(run.out + run.err, what).not.toContain('ENC:v1');
  const password = w.engine === 'sqlite' ? undefined : secretOf(w.url);
  if (password !== undefined) expect(shown, what).not.toContain(password);
}

const ways: readonly (readonly string[])[] = [[], ['--json'], ['--verbose'], ['--json', '--verbose']];
const named = ways.map((way) => ({ name: way.join(' ') || 'plainly', way }));

describeEngines((engine) => {
  async function create(config = text): Promise<Workspace> {
    const w = await Workspace.create(engine, config);
    await createServerTable(engine, w.url, { origin: true });
    // A plain secret that is replaced, and an older one that goes into the receipt.
    await insertRow(engine, w.url, { key: 'timmy.llm_api_key', value: 'CANARY-row-llm', origin: 'seeded' });
    return w;
  }

  it.each(named)(
    'shows no secret while it plans, imports, finds nothing to do and undoes $name',
    async ({ way }) => {
      const w = await create();
      const options = { env: envKey };
      const runs: [string, string[], FakeIoOptions][] = [
        ['dry run', ['config.yml', '--dry-run'], options],
        ['without a key', ['config.yml'], {}],
        ['plain', ['config.yml', '--dry-run', '--allow-plaintext-secrets'], {}],
        ['import', ['config.yml'], { ...options, answers: ['y'] }],
        ['again', ['config.yml'], options],
      ];
      for (const [what, args, io] of runs) {
        expectNoSecret(w, await w.run(['import-legacy', ...args, ...way], io), what);
      }
      expect((await w.rows()).get('timmy.llm_api_key')?.value).toMatch(/^ENC:v1:/);
      const undone = await w.run(['import-legacy', '--undo', w.receipt(), ...way], options);
      expect(undone.code).toBe(0);
      expectNoSecret(w, undone, 'undo');
      expect((await w.rows()).get('timmy.llm_api_key')?.value).toBe('CANARY-row-llm');
    },
  );

  it.each(named)('shows no secret in errors of any kind $name', async ({ way }) => {
    const w = await create();
    await insertRow(engine, w.url, { key: 'timmy.rerank_api_key', value: 'CANARY-row', origin: 'explicit' });
    const url = { key: 'timmy.llm_base_url', value: 'https://u:CANARY-row-url@h', origin: 'explicit' };
    await insertRow(engine, w.url, url);
    const params = { key: 'auth.oauth.providers.gitlab.additional_params', type: 'json', origin: 'explicit' };
    await insertRow(engine, w.url, { ...params, value: '{"api_key":"CANARY-row-entry"}' });
    await insertRow(engine, w.url, {
      key: 'auth.oauth.providers.google.client_secret',
      value: 'ENC:v1:1:1700000000:Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZ',
      origin: 'explicit',
    });
    const attempt = async (what: string, options: FakeIoOptions, ...args: string[]): Promise<void> => {
      const run = await w.run(['import-legacy', ...args, ...way], options);
      expect(run.code, what).toBeGreaterThan(0);
      expectNoSecret(w, run, what);
    };
    await attempt('unreadable row', { env: envKey }, 'config.yml');
    const without = text.replace(/^ {6}google: .*\n/m, '');
    w.write(without);
    await attempt('row of another key', { env: envKey }, 'config.yml', '--on-conflict', 'overwrite');
    const sealed = 'auth.oauth.providers.google.client_secret';
    expectNoSecret(w, await w.run(['settings', 'unset', sealed, '--config', 'config.yml']), 'unset');
    await attempt('conflict', { env: envKey }, 'config.yml');
    await attempt('plain secrets', {}, 'config.yml', '--on-conflict', 'overwrite');
    const shadow = { ...envKey, TMI_TIMMY_LLM_API_KEY: 'CANARY-variable' };
    await attempt('shadow', { env: shadow }, 'config.yml', '--on-conflict', 'overwrite');
    await attempt('bad key', { env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'CANARY-key' } }, 'config.yml');
    w.write(without.replace('llm_api_key: CANARY-llm', 'llm_api_key: [CANARY-list]'));
    await attempt('invalid value', { env: envKey }, 'config.yml');
    w.write(without.replace('llm_api_key: CANARY-llm', 'llm_api_key: env://NOWHERE'));
    await attempt('broken reference', { env: envKey }, 'config.yml');
    w.write(`${without}timmy:\n  llm_api_key: CANARY-again\n`);
    await attempt('duplicate key', { env: envKey }, 'config.yml');
    w.write(`${without}: CANARY-broken {[\n`);
    await attempt('broken file', { env: envKey }, 'config.yml');
    w.write(without.replace('$URL', 'postgres://tmi:CANARY-url@127.0.0.1:1/tmi?password=CANARY-query'));
    await attempt('unreachable', { env: envKey }, 'config.yml');
    w.write(without.replace('$URL', 'postgres//tmi:CANARY-url@127.0.0.1'));
    await attempt('no URL', { env: envKey }, 'config.yml');
    await attempt(
      'no such option',
      { env: envKey },
      'config.yml',
      '--database-urls',
      'postgres://u:CANARY-x@h/d',
    );
    w.write(without);
    await w.run(['import-legacy', 'config.yml', '--on-conflict', 'overwrite'], { env: envKey });
    const receipt = w.receipt();
    await attempt(
      'undo with another key',
      { env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: '0'.repeat(64) } },
      '--undo',
      receipt,
    );
    writeFileSync(w.file, `${w.text()}# CANARY-edit\n`);
    await attempt('undo of a changed file', { env: envKey }, '--undo', receipt);
    writeFileSync(receipt, readFileSync(receipt, 'utf8').replace('"version": 1', '"version": CANARY'));
    const damaged = await w.run(['import-legacy', '--undo', receipt, ...way], { env: envKey });
    expect(damaged.code).toBe(3);
    expect(damaged.out + damaged.err).not.toContain('CANARY');
  });

  it('shows no secret of the environment', async () => {
    const w = await create();
    const env = {
      ...envKey,
      TMI_DATABASE_URL: w.url,
      TMI_JWT_SECRET: 'CANARY-jwt',
      TMI_TIMMY_LLM_API_KEY: 'CANARY-llm',
      TMI_TIMMY_RERANK_API_KEY: 'env://ELSEWHERE',
      ELSEWHERE: 'CANARY-elsewhere',
      OAUTH_PROVIDERS_X_ENABLED: 'true',
      OAUTH_PROVIDERS_X_CLIENT_SECRET: 'CANARY-x',
      JWT_SECRET: 'CANARY-former',
    };
    for (const way of ways) {
      for (const args of [['--dry-run'], [], []]) {
        const run = await w.run(['import-legacy', '--from-env', ...args, ...way], { env });
        expect(run.code).toBe(0);
        expectNoSecret(w, run, [...args, ...way].join(' '));
      }
    }
  });
});

it('shows no secret of any file that looks like a real one', async () => {
  const folder = path.join(import.meta.dirname, '../../fixtures/legacy');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yml'))) {
    const w = await Workspace.create('sqlite', readFileSync(path.join(folder, name), 'utf8'));
    const env = { ...envKey, TMI_SECRETS_PROVIDER: 'env', VAULT_TOKEN: 'CANARY-vault' };
    for (const way of ways) {
      const args = ['config.yml', '--dry-run', '--database-url', w.url, ...way];
      expectNoSecret(w, await w.run(['import-legacy', ...args], { env }), `${name} ${way.join(' ')}`);
    }
  }
});
