import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../commands/main.js';
import { FakeIo, type FakeIoOptions } from '../io.js';
import type { TestEngine } from '../database.js';
import { createServerTable, insertRows, readRows } from '../rows.js';
import type { ProviderStandIn } from '../stand-ins/provider-stand-in.js';
import { openDatabase, type WorldDatabase } from './databases.js';
import { canary, Finder } from './finder.js';
import { openStore, type StoreName, type WorldStore } from './stores.js';

/** Keys are hexadecimal, so they cannot be canaries by their form. */
const encryptionKey = 'c0ffee5ecre7'.replaceAll('r', 'a').padEnd(64, '0123456789abcdef');
const previousKey = 'decade5ecae7'.padEnd(64, 'fedcba9876543210');
const contentTokenKey = 'facade5ecae7'.padEnd(64, '0011223344556677');

/** Secrets in every place that a file has for them, and references to secrets in every other place. */
const configText = (secrets: string): string => `# old_password: ${canary('comment')}
x-shared: { value: &shared ${canary('anchor')} }
secrets:
${secrets}
server: { port: "8080", base_url: https://tmi.example.com }
database:
  url: vault://db_url
  redis: { url: "rediss://:${canary('redis-url')}@127.0.0.1:1", password: ${canary('redis')} }
auth:
  build_mode: test
  jwt: { secret: vault://jwt, expiration_seconds: 7200 }
  oauth:
    providers:
      google: { enabled: false, client_id: g, client_secret: *shared }
      azure:
        enabled: false
        client_id: a
        client_secret: file://secret.txt
        auth_header_format: Basic ${canary('header')}
        additional_params: { client_assertion: ${canary('assertion')}, passphrase: ${canary('passphrase')} }
  saml:
    providers:
      okta:
        sp_private_key: |
          -----BEGIN PRIVATE KEY-----
          ${canary('sp-key')}
          -----END PRIVATE KEY-----
        sp_certificate: ${canary('certificate')}
        idp_metadata_b64xml: ${canary('metadata')}
content_oauth:
  providers:
    confluence: { client_secret: '${canary('confluence')}' }
timmy:
  llm_api_key: env://CANARY_LLM
  embedding_api_key: ${canary('earlier-embedding')}
  rerank_api_key: "${canary('rerank')}\\tescaped"
  llm_api_kye: ${canary('mistyped')}
  llm_base_url: https://u:${canary('base-url')}@llm.example.com/v1
content_token_encryption_key: ${contentTokenKey}
alerting: { webhook_secret: ${canary('alerting')} }
mystery: { db_password: ${canary('unknown')} }
`;

const providerSecrets: Readonly<Record<string, string>> = {
  jwt: canary('jwt'),
  settings_encryption_key: encryptionKey,
  settings_encryption_previous_key: previousKey,
};

const variables: Readonly<Record<string, string>> = {
  CANARY_LLM: canary('llm'),
  TMI_TIMMY_RERANK_API_KEY: canary('variable'),
  OAUTH_PROVIDERS_GITHUB_ENABLED: 'true',
  OAUTH_PROVIDERS_GITHUB_CLIENT_ID: 'id',
  OAUTH_PROVIDERS_GITHUB_CLIENT_SECRET: canary('variable-provider'),
  NATS_URL: `nats://u:${canary('nats')}@127.0.0.1:1`,
  TMI_DATABASE_PASSWORD: canary('variable-unknown'),
  HEARTBEAT_SUBJECT: 'tmi.heartbeat',
};

/** What is wrong with a world. */
export interface Wrong {
  /** In place of the configuration. */
  readonly config?: string | Uint8Array;
  /** In place of the database's URL, in the provider. */
  readonly databaseUrl?: string;
  /** Content of the database's file. */
  readonly databaseBytes?: string;
  /** The tool tries again, with waits: one case of each command is enough. */
  readonly slow?: true;
  /** Happens after everything was prepared. */
  readonly break?: (standIn: ProviderStandIn) => Promise<void> | void;
}

export interface WorldRun {
  readonly code: number;
  readonly io: FakeIo;
}

/** Where a world keeps its secrets and its settings. */
export interface Place {
  readonly store: StoreName;
  readonly engine: TestEngine;
}

/** The rows that every database begins with, and their file in SQLite. Built once: a test has thousands of worlds. */
let built: { readonly file: Buffer; readonly rows: Awaited<ReturnType<typeof readRows>> } | undefined;

/** A server's surroundings with a secret in every place that can hold one, and with something wrong or nothing. */
export class CanaryWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-world-'));
  readonly #given = new Set(['config.yml', 'secret.txt', 'tmi.db', 'tmi.db-wal', 'tmi.db-shm']);
  #database: WorldDatabase | undefined;

  private constructor(
    private readonly store: WorldStore,
    private readonly finder: Finder,
  ) {}

  /** @param place AWS and SQLite without it */
  static async create(wrong: Wrong = {}, place: Partial<Place> = {}): Promise<CanaryWorld> {
    const store = await openStore(place.store ?? 'aws');
    const keys = [encryptionKey, previousKey, contentTokenKey];
    const world = new CanaryWorld(store, new Finder(store.standIn.credentials, keys));
    await world.#build(wrong, place.engine ?? 'sqlite');
    return world;
  }

  write(name: string, text: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** The name that `--confirm` asks for. */
  get databaseName(): string {
    return this.#database?.name ?? '';
  }

  /** The server's variables, and the credentials of the store. */
  get environment(): Record<string, string> {
    return { ...this.store.standIn.environment(), ...variables };
  }

  get standIn(): ProviderStandIn {
    return this.store.standIn;
  }

  async #build(wrong: Wrong, engine: TestEngine): Promise<void> {
    const { store } = this;
    const url = `sqlite://${join(this.folder, 'tmi.db')}`;
    for (const [name, value] of Object.entries(providerSecrets)) store.put(name, value);
    store.put('db_url', url);
    this.write('config.yml', configText(store.block(canary('vault-token'))));
    this.write('secret.txt', canary('file'));
    built ??= await this.#buildDatabase(url);
    const database = (this.#database = await openDatabase(engine, this.folder));
    if (engine === 'sqlite') this.write('tmi.db', built.file);
    else {
      store.put('db_url', database.url);
      await createServerTable(engine, database.url, { origin: true });
      await insertRows(
        engine,
        database.url,
        [...built.rows.values()].map((row) => ({
          key: row.setting_key,
          value: row.value,
          type: row.setting_type,
          origin: row.origin ?? null,
        })),
      );
    }
    if (wrong.config !== undefined) this.write('config.yml', wrong.config);
    if (wrong.databaseBytes !== undefined) this.write('tmi.db', wrong.databaseBytes);
    if (wrong.databaseUrl !== undefined) store.put('db_url', wrong.databaseUrl);
    await wrong.break?.(store.standIn);
  }

  /** Creates the database as a server and an operator would have left it. */
  async #buildDatabase(url: string): Promise<NonNullable<typeof built>> {
    await createServerTable('sqlite', url, { origin: true });
    const rows = [
      { key: 'timmy.llm_api_key', value: canary('row'), origin: 'seeded' },
      { key: 'timmy.embedding_api_key', value: canary('row-earlier'), origin: 'explicit' },
      { key: 'timmy.sql_api_key', value: canary('row-unknown'), origin: 'explicit' },
      { key: 'auth.saml.providers.okta.sp_private_key', value: canary('row-provider'), origin: 'explicit' },
      {
        key: 'timmy.text_embedding_base_url',
        value: `https://u:${canary('row-url')}@h/v1`,
        origin: 'explicit',
      },
    ];
    const provider = 'auth.oauth.providers.google';
    rows.push(
      { key: `${provider}.auth_header_format`, value: `token ${canary('row-header')}`, origin: 'explicit' },
      {
        key: `${provider}.additional_params`,
        value: JSON.stringify({ client_assertion: canary('row-assertion') }),
        origin: 'explicit',
      },
    );
    await insertRows('sqlite', url, rows);
    await this.expectRun(
      ['settings', 'set', 'auth.oauth.providers.google.client_secret', '--stdin', '--config', 'config.yml'],
      0,
      { stdin: canary('row-encrypted') },
    );
    return { file: readFileSync(join(this.folder, 'tmi.db')), rows: await readRows('sqlite', url) };
  }

  async run(args: readonly string[], options: Omit<FakeIoOptions, 'cwd' | 'env'> = {}): Promise<WorldRun> {
    const io = new FakeIo({ ...options, cwd: this.folder, env: this.environment });
    // Cases are written for a file of SQLite.
    const named = args.map((word) => (word === 'tmi.db' ? this.databaseName : word));
    return { code: await main(named, io), io };
  }

  /** Runs what a case needs first. */
  async expectRun(args: readonly string[], code: number, options: FakeIoOptions = {}): Promise<void> {
    const { code: found, io } = await this.run(args, options);
    if (found !== code) throw new Error(`${args.join(' ')} ended with ${found}: ${io.err}${io.out}`);
  }

  /** Secrets in what a run printed and asked, and in every file that it left, but for configuration and backups. */
  traces({ io }: { readonly io: Pick<FakeIo, 'out' | 'err' | 'questions'> }): string[] {
    const printed = [...this.finder.find(io.out), ...this.finder.find(io.err)];
    return [...printed, ...this.finder.find(io.questions.join('\n')), ...this.#fileTraces()];
  }

  #fileTraces(): string[] {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => !this.#given.has(name) && !/\.(bak|jsonl\.gz)$/.test(name))
      .flatMap((name) => {
        const path = join(this.folder, name);
        if (statSync(path).isDirectory()) return this.finder.find(name);
        return this.finder
          .find(`${name}\n${readFileSync(path, 'latin1')}`)
          .map((found) => `${name}: ${found}`);
      });
  }

  async dispose(): Promise<void> {
    await this.store.close();
    await this.#database?.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
