import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../commands/main.js';
import { defaultTimeouts } from '../../src/secrets/attempts.js';
import { KEY } from '../settings/support.js';
import { FakeIo } from '../support/io.js';
import { readRows } from '../support/rows.js';
import { startAws } from '../support/stand-ins/aws.js';
import { startAzure } from '../support/stand-ins/azure.js';
import { startGcp } from '../support/stand-ins/gcp.js';
import type { Interference, Received } from '../support/stand-ins/http-stand-in.js';
import { startOci } from '../support/stand-ins/oci.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';
import { ROLE, startVault } from '../support/stand-ins/vault.js';

// Trouble is never absence: whatever a store answers in place of its own words, at whichever request of a command, no
// default is taken, nothing is written, and the exit code says that a secret could not be had.

const DEFAULT = 'default-that-was-taken';
const SECRET = 'Zm9vYmFyYmF6cXV4-secret-of-the-store';
const INLINE = 'aW5saW5lLXNlY3JldA-inline-secret-of-the-file';
const TROUBLE = 5;

/** What meets a request in place of the store's answer. */
const html = (status: number): Interference => ({
  status,
  body: `<html><body>${status}</body></html>`,
  headers: { 'Content-Type': 'text/html' },
});
const errors = (status: number, ...words: string[]): Interference => ({ status, body: { errors: words } });
const everywhere: Readonly<Record<string, Interference>> = {
  throttled: { status: 429, body: { message: 'slow down' }, headers: { 'Retry-After': '0' } },
  'in a fault of its own': { status: 500, body: {} },
  unavailable: { status: 503, body: '' },
  'behind a page': html(200),
  'behind a page that says 403': html(403),
  'behind a page that says 404': html(404),
  'another server that knows no such path': { status: 404, body: { message: 'Not Found' } },
  'another server that answers all with success': { status: 200, body: { status: 'ok' } },
  'another server, by a redirect': { status: 307, body: '', headers: { Location: 'http://127.0.0.1:1/' } },
  'cut off': 'cut',
  'cut short': 'nonsense',
};
const inVault: Readonly<Record<string, Interference>> = {
  sealed: errors(503, 'Vault is sealed'),
  'without such a namespace': errors(404, 'namespace not found'),
  'without such a mount': errors(404, 'no handler for route "secret/x". route entry not found.'),
  'not told of the token': errors(403, 'permission denied'),
  'refusing by policy': errors(403, '1 error occurred:\n\t* permission denied\n\n'),
  'being upgraded': errors(400, 'Upgrading from non-versioned to versioned data. This backend will be back.'),
};

interface Store {
  readonly start: () => Promise<ProviderStandIn>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where a secret of its own lies. */
  readonly own: string;
  readonly shared: boolean;
  readonly fields: boolean;
  readonly troubles: Readonly<Record<string, Interference>>;
  /** Requests to the platform for an identity, whose own clients try again for many seconds. */
  readonly isIdentity?: (request: Received) => boolean;
  /** Trouble at each request; of the others the first, the second and the last are enough. */
  readonly isEach?: boolean;
  readonly isWrite?: (request: Received) => boolean;
}

const stores: Readonly<Record<string, Store>> = {
  vault: {
    start: () => startVault(),
    environment: { VAULT_TOKEN: '', VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: ROLE.secret_id },
    own: 'secret/own',
    shared: true,
    fields: true,
    troubles: { ...everywhere, ...inVault },
    isEach: true,
    isWrite: ({ method, path }) => method === 'POST' && path.includes('/secret/'),
  },
  aws: {
    start: () => startAws(),
    own: 'own',
    shared: true,
    fields: false,
    troubles: everywhere,
    isWrite: ({ headers }) => /(Put|Create)Secret/.test(headers['x-amz-target'] ?? ''),
  },
  azure: {
    start: startAzure,
    own: 'own',
    shared: false,
    fields: false,
    troubles: everywhere,
    isIdentity: ({ path }) => path === '/identity',
  },
  gcp: {
    start: startGcp,
    own: 'own',
    shared: true,
    fields: false,
    troubles: everywhere,
    isIdentity: ({ path }) => path.startsWith('/computeMetadata/'),
  },
  oci: { start: startOci, own: 'own', shared: true, fields: false, troubles: everywhere },
};

/** Words of a command that ends well when all is well. */
interface Command {
  readonly words: readonly string[];
}

const config = ['--config', 'config.yml'];
const commands: readonly Command[] = [
  { words: ['resolve-secrets', 'config.yml'] },
  { words: ['resolve-secrets', 'config.yml', '--check'] },
  { words: ['resolve-secrets', 'config.yml', '--show', 'auth.jwt.secret'] },
  { words: ['resolve-secrets', 'config.yml', '--format', 'dotenv'] },
  { words: ['resolve-secrets', 'config.yml', '--format', 'dotenv', '--reveal'] },
  { words: ['resolve-secrets', 'config.yml', '--render', '--reveal'] },
  { words: ['exec', ...config, '--', 'touch', 'started'] },
  { words: ['validate-config', 'config.yml', '--tier', 'secrets'] },
  { words: ['seed-settings', ...config, '--yes'] },
  { words: ['settings', 'set', 'ui.default_theme', 'dark', ...config] },
  { words: ['settings', 'list', ...config] },
  { words: ['settings', 'reencrypt', ...config, '--yes'] },
  { words: ['import-legacy', 'old.yml', ...config, '--dry-run'] },
  { words: ['import-legacy', 'old.yml', ...config, '--yes', '--no-backup'] },
];
const lifts: readonly Command[] = [
  { words: ['resolve-secrets', 'config.yml', '--lift'] },
  { words: ['resolve-secrets', 'config.yml', '--lift', '--apply', '--yes'] },
];

let template: string;
let folder: string;

beforeAll(async () => {
  Object.assign(defaultTimeouts, { attempts: 2, backoffMs: 1 });
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-trouble-'));
  folder = template;
  const io = new FakeIo({ cwd: template, env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY } });
  const set = ['settings', 'set', 'ui.default_theme', 'light', '--database-url', urlOf(template)];
  expect([await main(set, io), io.err]).toEqual([0, '']);
});
afterAll(() => rmSync(template, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const urlOf = (directory: string) => `sqlite://${join(directory, 'tmi.db')}`;

function configText(store: Store, standIn: ProviderStandIn): string {
  const block = standIn.settings(store.shared ? 'tmi' : undefined);
  return [
    `database:\n  url: ${urlOf(folder)}\n  redis:\n    password: ${INLINE}`,
    `auth:\n  jwt:\n    secret: vault://jwt?default=${DEFAULT}`,
    `content_token_encryption_key: vault://${store.own}?default=${DEFAULT}`,
    `secrets:`,
    ...Object.entries(block).map(([name, text]) => `  ${name}: ${text}`),
    '',
  ].join('\n');
}

/** A store that has all, and a folder with a configuration, an old file and a database with one row. */
async function world(store: Store): Promise<ProviderStandIn> {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-trouble-'));
  cpSync(template, folder, { recursive: true });
  const standIn = await store.start();
  const put = (name: string, value: string) =>
    standIn.shelf.put(name, store.fields ? JSON.stringify({ value }) : value);
  const keys = { jwt: SECRET, settings_encryption_key: KEY };
  if (store.shared) standIn.shelf.putJson('tmi', keys);
  else {
    put('jwt', SECRET);
    put('settings-encryption-key', KEY);
  }
  put('own', SECRET);
  writeFileSync(join(folder, 'config.yml'), configText(store, standIn));
  writeFileSync(join(folder, 'old.yml'), 'operator:\n  name: Alice\n');
  return standIn;
}

async function state(standIn: ProviderStandIn) {
  return {
    rows: [...(await readRows('sqlite', urlOf(folder)))],
    config: readFileSync(join(folder, 'config.yml'), 'utf8'),
    old: readFileSync(join(folder, 'old.yml'), 'utf8'),
    started: existsSync(join(folder, 'started')),
    stored: [...standIn.shelf.secrets],
  };
}

async function run({ words }: Command, store: Store, standIn: ProviderStandIn) {
  const environment = { ...standIn.environment(), ...store.environment, PATH: process.env['PATH'] ?? '' };
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const io = new FakeIo({ cwd: folder, env: environment });
  const code = await main(words, io);
  return { code, printed: io.out + io.err };
}

/** Giving a login back is the last thing of a run, and its failure changes nothing. */
const isGoodbye = ({ path }: Received) => path.endsWith('/revoke-self');

describe.each(Object.entries(stores))('%s', (name, store) => {
  const all = store.isWrite ? [...commands, ...lifts] : commands;

  it.each(all.map((command) => [command.words.join(' '), command] as const))(
    '%s takes no trouble for absence, at whichever request',
    async (_, command) => {
      const well = await world(store);
      const healthy = await run(command, store, well);
      expect(healthy, healthy.printed).toMatchObject({ code: 0 });
      const ofStore = (r: Received) => store.isIdentity?.(r) !== true;
      const requests = (well.http?.received ?? []).filter(ofStore);
      expect(requests.length).toBeGreaterThan(0);
      await well.close();
      rmSync(folder, { recursive: true, force: true });

      const chosen = [...requests.entries()].filter(
        ([index]) => index < 2 || index === requests.length - 1 || store.isEach === true,
      );
      for (const [index, request] of chosen) {
        for (const [trouble, interference] of Object.entries(store.troubles)) {
          const standIn = await world(store);
          try {
            const before = await state(standIn);
            let reached = 0;
            if (standIn.http) {
              standIn.http.interfere = (r) =>
                ofStore(r) && (reached += 1) > index ? interference : undefined;
            }
            const { code, printed } = await run(command, store, standIn);
            const after = await state(standIn);
            const where = `${name} ${trouble} at request ${index + 1} of ${requests.length} (${request.method} ${request.path}): ${printed}`;
            expect(reached, where).toBeGreaterThan(index);
            if (isGoodbye(request)) {
              expect(code, where).toBe(healthy.code);
              continue;
            }
            expect(code, where).toBe(TROUBLE);
            expect(printed, where).not.toContain(DEFAULT);
            // A value that reached the store before the trouble stays there, and the file still holds it.
            const isSent = (r: Received, i: number) =>
              store.isWrite?.(r) === true && (i < index || typeof interference === 'string');
            const mayBeStored = standIn.http?.received.filter(ofStore).some(isSent) ?? false;
            expect(mayBeStored ? { ...after, stored: before.stored } : after, where).toEqual(before);
          } finally {
            await standIn.close();
            rmSync(folder, { recursive: true, force: true });
          }
        }
      }
    },
    120_000,
  );
});
