import { seedOnFirstBoot } from './bootstrap/first-boot.js';
import { serverConfig, type ServerConfig } from './bootstrap/server-config.js';
import { SettingsService } from './bootstrap/settings-service.js';
import { splitFindings } from './bootstrap/start-faults.js';
import { checkTable } from './bootstrap/table-check.js';
import { BUILD_MODE, buildModeOf } from './config/build-mode.js';
import { readConfigFile } from './config/files/read.js';
import type { Environment } from './config/variable.js';
import { parseYaml } from './config/yaml/parse.js';
import { assertEnvironment, assertObject, assertOneOf, assertText } from './errors/arguments.js';
import { ToolError } from './errors/index.js';
import { Configuration } from './preflight/configuration.js';
import { sortFindings, type Finding } from './preflight/finding.js';
import { resolveSecrets, type ResolvedSecrets } from './preflight/online/secrets.js';
import { serverRules } from './preflight/rules/index.js';
import { offlineTiers } from './preflight/selection.js';
import { checkOffline, findingsOf, profileOf } from './preflight/validate.js';
import type { SettingsCipher } from './settings/cipher.js';
import { serverModels, type ServerModel } from './config/precedence.js';

export type { ServerConfig } from './bootstrap/server-config.js';
export type { ProviderSummary, SettingsService } from './bootstrap/settings-service.js';
export type { Finding } from './preflight/finding.js';

export interface BootstrapOptions {
  /** Configuration file. Left out: everything comes from the environment. */
  readonly file?: string | undefined;
  /** The environment, usually `process.env`. */
  readonly env: Environment;
  /** Where relative paths start. Left out: the working directory of the process. */
  readonly cwd?: string;
  /** `never`: the table of settings is left as it is, for a server that may not write. */
  readonly seed?: 'first-boot' | 'never';
  /** Whose precedence decides. Left out: `documented`. */
  readonly server?: ServerModel;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
  /** Told when settings could not be read again and those of before stay in use. Left out: nobody is told. */
  readonly onStale?: (error: ToolError) => void;
}

/** What a server works with after its start. */
export interface Server {
  /** Read once, frozen. */
  readonly config: ServerConfig;
  /** Read from the database again each minute, in the background; values of before are served meanwhile. */
  readonly settings: SettingsService;
  /** What an operator should know and what does not stop the server: drift, weak values, … Hold no secret. */
  readonly warnings: readonly Finding[];
  /** Rows that this start wrote; above 0 on the first boot only. */
  readonly seeded: number;
  close(): void;
}

/** Reports of the three phases as findings of the rules of their names. */
function secretFindings(
  { reports }: ResolvedSecrets,
  profile: ReturnType<typeof profileOf>,
): readonly Finding[] {
  return serverRules.flatMap((rule) =>
    rule.id in reports ? findingsOf(rule, reports[rule.id as keyof typeof reports], profile) : [],
  );
}

interface Understood {
  readonly configuration: Configuration;
  readonly secrets: ResolvedSecrets & { readonly cipher: SettingsCipher };
  readonly warnings: readonly Finding[];
}

/** Reads file and environment, resolves every reference, and finds everything that stops the server at once. */
async function understand(options: BootstrapOptions): Promise<Understood> {
  const { env, file, cwd = '.', now = () => new Date(), server = 'documented', signal } = options;
  const document = file === undefined ? undefined : parseYaml((await readConfigFile(file, cwd)).bytes, file);
  const configuration = new Configuration(document, env, { strict: false, server });
  const secrets = await resolveSecrets(configuration, {
    baseDirectory: cwd,
    now: now(),
    ...(signal ? { signal } : {}),
  });
  configuration.useResolved(secrets.values);
  const profile = profileOf(configuration);
  const selection = { tiers: offlineTiers };
  const { faults, advice } = splitFindings(
    sortFindings([
      ...checkOffline(configuration, offlineTiers, selection, profile),
      ...secretFindings(secrets, profile),
    ]),
  );
  const { cipher } = secrets;
  if (faults.length > 0 || !cipher) {
    const many = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    throw new ToolError('bootstrap/refused', `The server cannot start with this configuration: ${many}`, {
      hint: `See them with their context: tmi-dbtool validate-config${file === undefined ? '' : ` ${file}`}`,
      diagnostics: faults,
    });
  }
  return { configuration, secrets: { ...secrets, cipher }, warnings: advice };
}

/** A program without types can pass anything: it is told so before a fault of another kind comes of it. */
function assertOptions(options: BootstrapOptions): void {
  assertObject('bootstrap()', 'an object of options', options);
  const { env, file, cwd, seed, server } = options;
  assertEnvironment('bootstrap()', env);
  if (file !== undefined) assertText('bootstrap()', 'the name of a file as file', file);
  if (cwd !== undefined) assertText('bootstrap()', 'the name of a folder as cwd', cwd);
  assertOneOf('The option seed of bootstrap()', ['first-boot', 'never'], seed, { optional: true });
  assertOneOf('The option server of bootstrap()', serverModels, server, { optional: true });
}

/**
 * Does what a server does at its start: reads file and environment, resolves secrets in their three phases, refuses
 * what must not start, warns of drift, and makes and seeds the table of settings on the first boot.
 *
 * Nothing is read from the process; nothing is printed.
 * @throws ToolError `bootstrap/refused` with every fault at once; `usage/bad-argument` for options of another type; codes of the areas `config`, `secrets` and `database`
 */
export async function bootstrap(options: BootstrapOptions): Promise<Server> {
  assertOptions(options);
  const { now = () => new Date(), seed = 'first-boot', server = 'documented', onStale } = options;
  const { configuration, secrets, warnings } = await understand(options);
  const config = serverConfig(configuration, secrets.values);
  const { cipher, values: resolved } = secrets;
  const { url, oracle_wallet_location: walletLocation } = config.database;
  const connection = { environment: options.env, walletLocation };
  const table = seed === 'never' ? await checkTable(configuration, { url, connection }) : undefined;
  const seeded = table
    ? 0
    : await seedOnFirstBoot({
        url,
        connection,
        cipher,
        model: server,
        production: buildModeOf(configuration.stated(BUILD_MODE)) === 'production',
        now,
        signal: options.signal ?? new AbortController().signal,
      });
  const settings = new SettingsService({
    url,
    connection,
    cipher,
    model: server,
    tableExists: table?.exists ?? true,
    file: configuration.fileLayer,
    environment: configuration.environmentLayer,
    resolved,
    clock: () => performance.now(),
    onStale: onStale ?? (() => undefined),
  });
  return {
    config,
    settings,
    warnings: [...warnings, ...(table?.findings ?? [])],
    seeded,
    close: () => settings.close(),
  };
}
