import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandEntries } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { bootstrap } from '../../src/bootstrap.js';
import { ToolError } from '../../src/errors/index.js';
import { defaultTimeouts } from '../../src/secrets/attempts.js';
import { KEY } from '../settings/support.js';
import { FakeIo } from '../support/io.js';
import { readRows } from '../support/rows.js';
import type { Received } from '../support/stand-ins/http-stand-in.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';
import { lifts, lines } from '../support/store-trouble/commands.js';
import { isAlways, stores, type Store } from '../support/store-trouble/stores.js';

// Trouble is never absence: whatever a store answers in place of its own words, at whichever request of a command, no
// default is taken, nothing is written, and the exit code says that a secret could not be had.

const DEFAULT = 'default-that-was-taken';
const SECRET = 'Zm9vYmFyYmF6cXV4-secret-of-the-store';
const PASSPHRASE = 'twelve-words-of-a-passphrase-of-the-store';
const INLINE = 'aW5saW5lLXNlY3JldA-inline-secret-of-the-file';
const TROUBLE = 5;
/** Set, every command meets every trouble at every request, which takes many minutes. */
const isWhole = process.env['TMI_TEST_ALL_TROUBLES'] === '1';

interface Outcome {
  readonly code: number;
  readonly printed: string;
}

/** What asks the store: a command line, or the library's start of a server. */
interface Asker {
  readonly name: string;
  readonly isFull: boolean;
  readonly run: (environment: Readonly<Record<string, string>>) => Promise<Outcome>;
}

function commandOf(words: readonly string[], isFull = false): Asker {
  return {
    name: words.join(' '),
    isFull,
    run: async (env) => {
      const io = new FakeIo({ cwd: folder, env });
      const code = await main(words, io);
      return { code, printed: io.out + io.err };
    },
  };
}

/** A start that is refused has one code, whatever stops it: its faults say whether secrets did, and nothing else. */
const isOfSecrets = ({ code, diagnostics }: ToolError): boolean =>
  code === 'bootstrap/refused' &&
  diagnostics.every(({ message }) => /\[(?:secrets-unavailable|reference-unresolved)\]$/.test(message));

const start: Asker = {
  name: 'bootstrap()',
  isFull: true,
  run: async (env) => {
    try {
      const server = await bootstrap({ file: 'config.yml', cwd: folder, env });
      server.close();
      return { code: 0, printed: JSON.stringify(server.config) };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return {
        code: isOfSecrets(error) ? TROUBLE : error.exitCode,
        printed: JSON.stringify([error.message, error.diagnostics]),
      };
    }
  },
};

const commands: readonly Asker[] = [
  ...commandEntries.flatMap(({ name }) =>
    (lines[name] ?? []).map(({ words, isFull }) => commandOf([...name.split(' '), ...words], isFull)),
  ),
  start,
];
const lifting = lifts.map(({ words, isFull }) => commandOf(['resolve-secrets', ...words], isFull));

let template: string;
let folder: string;
/** Opens `backup.age`. */
let identity: string;

beforeAll(async () => {
  Object.assign(defaultTimeouts, { attempts: 2, backoffMs: 1 });
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-trouble-'));
  folder = template;
  const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY };
  identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  for (const words of [
    ['settings', 'set', 'ui.default_theme', 'light'],
    ['settings', 'export', '--output', 'export.yml'],
    ['db', 'backup', '--output', 'backup.gz'],
    ['db', 'backup', '--output', 'backup.age', '--recipient', recipient],
  ]) {
    const io = new FakeIo({ cwd: template, env });
    const code = await main([...words, '--database-url', urlOf('tmi.db')], io);
    expect(code, io.out + io.err).toBe(0);
  }
});
afterAll(() => rmSync(template, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const urlOf = (name: string) => `sqlite://${join(folder, name)}`;

function configText(store: Store, standIn: ProviderStandIn): string {
  const block = standIn.settings(store.shared ? 'tmi' : undefined);
  const decoy = encodeURIComponent(urlOf(`${DEFAULT}.db`));
  return [
    `server:\n  port: "8443"`,
    `database:\n  url: vault://database-url?default=${decoy}\n  redis:\n    password: ${INLINE}`,
    `auth:\n  build_mode: dev\n  jwt:\n    secret: vault://jwt?default=${DEFAULT}`,
    `content_token_encryption_key: vault://${store.own}?default=${DEFAULT}`,
    `secrets:`,
    ...Object.entries(block).map(([name, text]) => `  ${name}: ${text}`),
    '',
  ].join('\n');
}

/** A store that has all, and a folder with a configuration, an old file, backups and a database with one row. */
async function world(store: Store): Promise<ProviderStandIn> {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-trouble-'));
  cpSync(template, folder, { recursive: true });
  const standIn = await store.start();
  const put = (name: string, value: string) =>
    standIn.shelf.put(name, store.fields ? JSON.stringify({ value }) : value);
  const keys = {
    jwt: SECRET,
    'database-url': urlOf('tmi.db'),
    settings_encryption_key: KEY,
    passphrase: PASSPHRASE,
    identity,
  };
  if (store.shared) standIn.shelf.putJson('tmi', keys);
  else for (const [name, value] of Object.entries(keys)) put(name.replaceAll('_', '-'), value);
  put('own', KEY);
  writeFileSync(join(folder, 'config.yml'), configText(store, standIn));
  writeFileSync(join(folder, 'old.yml'), 'operator:\n  name: Alice\n');
  return standIn;
}

/** All that a command could have written. SQLite's own files differ when nothing was: the rows are looked at. */
async function state(standIn: ProviderStandIn) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('tmi.db'));
  return {
    rows: [...(await readRows('sqlite', urlOf('tmi.db')))],
    files: names.sort().map((name) => [name, readFileSync(join(folder, name), 'base64')]),
    stored: [...standIn.shelf.secrets],
  };
}

function run(asker: Asker, store: Store, standIn: ProviderStandIn): Promise<Outcome> {
  const environment = { ...standIn.environment(), ...store.environment, PATH: process.env['PATH'] ?? '' };
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return asker.run(environment);
}

/** Giving a login back is the last thing of a run, and its failure changes nothing. */
const isGoodbye = ({ path }: Received) => path.endsWith('/revoke-self');

/**
 * The kinds of trouble at one request. Some are met by every command at the first, the second and the last request, and
 * in the store that is asked the most at all; each of the others is met once by each command, at the requests in turn.
 * Where the most depends on what a store says, all are met at all of them.
 */
function troublesAt(index: number, requests: readonly Received[], asker: Asker, store: Store) {
  const isLast = requests.slice(index).every(isGoodbye);
  const isChosen = index < 2 || index === requests.length - 1 || store.isEach === true;
  return Object.entries(store.troubles).filter(([trouble], number) => {
    // All work is done before it: one is enough.
    if (isLast) return number === 0 || (asker.isFull && isChosen);
    if (isWhole || (asker.isFull && isChosen)) return true;
    return (isAlways(trouble) && isChosen) || number % requests.length === index;
  });
}

it('knows every command', () => {
  expect(Object.keys(lines).sort()).toEqual(commandEntries.map(({ name }) => name).sort());
});

it.each(commandEntries.filter(({ name }) => lines[name]?.length === 0).map(({ name }) => name))(
  '%s asks no store',
  async (name) => {
    const store = stores['vault'] as Store;
    const standIn = await world(store);
    const words = name === 'completion' ? ['bash'] : [];
    const { code, printed } = await run(commandOf([...name.split(' '), ...words]), store, standIn);
    expect([code, standIn.http?.received], printed).toEqual([0, []]);
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  },
);

describe.each(Object.entries(stores))('%s', (name, store) => {
  const all = store.isWrite ? [...commands, ...lifting] : commands;

  it.each(all.map((command) => [command.name, command] as const))(
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

      for (const [index, request] of requests.entries()) {
        for (const [trouble, interference] of troublesAt(index, requests, command, store)) {
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
    isWhole ? 3_600_000 : 120_000,
  );
});
