import path from 'node:path';
import type { FileInUse } from '../src/config/files/output.js';
import { readConfigFile, type ConfigFile } from '../src/config/files/read.js';
import { BUILD_MODE, buildModeOf, isUnknownMode } from '../src/config/build-mode.js';
import { readFileLayer } from '../src/config/file-layer.js';
import { readEnvironment, type EnvironmentLayer } from '../src/config/environment.js';
import type { LayerValue } from '../src/config/layer.js';
import { readLeaves } from '../src/config/leaves.js';
import { statedFor, type Stated, type StatedFile } from '../src/config/stated.js';
import { variable } from '../src/config/variable.js';
import type { YamlDocument, YamlText } from '../src/config/yaml/parse.js';
import { readYamlText } from '../src/config/yaml/read-text.js';
import type { Database } from '../src/database/index.js';
import { refuseUntidyUrl } from '../src/database/tidy-url.js';
import { locationOf, ToolError } from '../src/errors/index.js';
import { interpret } from '../src/legacy/interpret.js';
import type { OverridingParts } from '../src/legacy/postgres-block.js';
import type { Secrets } from '../src/secrets/index.js';
import { sourceOfValue } from '../src/secrets/source.js';
import { SecretValue } from '../src/values/index.js';
import type { ServerChoice } from '../src/config/precedence.js';
import type { SettingsCipher } from '../src/settings/cipher.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { warnOfGoServer } from './go-server-warnings.js';
import { escapeControls } from './output/escape.js';

/** A configuration file, read and parsed. */
export interface LoadedFile<Document extends YamlText = YamlDocument> {
  readonly file: ConfigFile;
  readonly document: Document;
  /** What variables under older names say in place of the parts of an older `database.postgres` block. */
  readonly over?: OverridingParts;
}

/** Reads and parses a file that may be edited. @throws ToolError with a code of the area `config` */
export async function loadFile(name: string, io: Io): Promise<LoadedFile> {
  const file = await readConfigFile(name, io.cwd, io.signal);
  const { readYamlDocument } = await import('../src/config/yaml/read-document.js');
  return { file, document: readYamlDocument(file.bytes, name) };
}

/** The same for a file that is read only, in less time. @throws ToolError as `loadFile` does */
export async function loadText(name: string, io: Io): Promise<LoadedFile<YamlText>> {
  const file = await readConfigFile(name, io.cwd, io.signal);
  return { file, document: await readYamlText(file.bytes, name) };
}

/** What a file states for bootstrap settings, also under the names that earlier releases gave them. */
function statedFile({ document, over }: LoadedFile<YamlText>): StatedFile {
  const leaves = readLeaves(document.root);
  const layer = readFileLayer(leaves, document.file);
  const { renames, diagnostics, doubts } = interpret(leaves, document.file, over);
  // An import leaves these alone; whoever asks what is stated must not take them for absent.
  const invalid = [...diagnostics, ...doubts.filter(({ code }) => code === 'config/invalid-value')];
  const values = new Map<string, LayerValue>();
  for (const { key, text, leaves: renamed } of renames) {
    const position = renamed[0]?.position ?? { line: 1, column: 1 };
    values.set(key.key, { key, text, written: { layer: 'file', file: document.file, position } });
  }
  for (const [name, value] of layer.values) values.set(name, value);
  return {
    name: document.file,
    leaves,
    layer: { ...layer, values, diagnostics: [...layer.diagnostics, ...invalid] },
  };
}

/** A place that names a database. */
export interface StatedDatabase {
  /** The variable, or file with line and column. */
  readonly by: string;
  readonly isVariable?: true;
  /** Undefined when what stands there leads to no URL: an unset variable, a vault that does not answer. */
  readonly url: SecretValue | undefined;
}

/** @throws ToolError `database/invalid-url` */
function tidyUrl(url: SecretValue, by: string): SecretValue {
  refuseUntidyUrl(url, by);
  return url;
}

/** An environment without any variable. */
const nothingSet: Pick<EnvironmentLayer, 'values' | 'diagnostics'> = { values: new Map(), diagnostics: [] };

/**
 * What commands share about the server they work for: its configuration, secrets and database, each opened when it is
 * first asked for, and closed together.
 */
export class Context {
  readonly environment: EnvironmentLayer;
  #files: Promise<readonly StatedFile[]> | undefined;
  #warned = false;
  #secrets: Promise<Secrets> | undefined;
  #database: Promise<Database> | undefined;

  /**
   * @param fallback file to take bootstrap settings from when there is no `--config`: the file that is imported
   */
  constructor(
    readonly io: Io,
    readonly options: GlobalOptions & { readonly server?: ServerChoice },
    private readonly fallback?: LoadedFile<YamlText>,
  ) {
    this.environment = readEnvironment(io.env);
  }

  async #readFiles(): Promise<readonly StatedFile[]> {
    const fallback = this.fallback ? [statedFile(this.fallback)] : [];
    if (this.options.config === undefined) return fallback;
    // What the given configuration does not say may still stand in the old file.
    return [statedFile(await loadText(this.options.config, this.io)), ...fallback];
  }

  /** What variables and files state for bootstrap settings, by their paths. */
  async #stated(): Promise<(path: string) => Stated> {
    this.#files ??= this.#readFiles();
    const files = await this.#files;
    return (path) => statedFor(path, this.environment, files);
  }

  /** The value that somebody stated for a bootstrap setting, by its path: variable, else file. */
  async bootstrapValue(path: string): Promise<LayerValue | undefined> {
    const stated = (await this.#stated())(path);
    return stated.kind === 'value' ? stated.value : undefined;
  }

  /** The secrets of the server: the first two phases are done, references resolve on demand. */
  secrets(): Promise<Secrets> {
    this.#secrets ??= this.#openSecrets();
    return this.#secrets;
  }

  async #openSecrets(): Promise<Secrets> {
    // Not from the index of the folder, which brings the editor of files as well.
    const { createSecrets } = await import('../src/secrets/resolver.js');
    const { statedSecretsBlock } = await import('../src/secrets/stated-block.js');
    const block = statedSecretsBlock(await this.#stated());
    return createSecrets({
      secretsBlock: block,
      environment: this.io.env,
      baseDirectory: this.io.cwd,
      allowPlainHttp: this.options.allowPlainHttp ?? false,
      // Else a run that goes on to say what else is wrong waits as long again for each thing that a secret is needed for.
      givesUpOnSilence: true,
      signal: this.io.signal,
    });
  }

  /**
   * True when anything says production: a variable, the configuration, or the file that is imported. Each is asked by
   * itself, since none may talk a gate open that another one keeps shut. What cannot be read counts as production.
   */
  async isProduction(): Promise<boolean> {
    this.#files ??= this.#readFiles();
    const files = await this.#files;
    const said = [
      statedFor(BUILD_MODE, this.environment, []),
      ...files.map((file) => statedFor(BUILD_MODE, nothingSet, [file])),
    ];
    for (const stated of said) {
      if (stated.kind === 'invalid')
        this.#warn(`${locationOf(stated.diagnostic)}: ${stated.diagnostic.message}`);
      else if (stated.kind === 'value' && isUnknownMode(stated.value.text)) {
        const { written, text } = stated.value;
        const where = written.layer === 'environment' ? written.variable : locationOf(written);
        this.#warn(`${where}: no server knows the build mode "${text}" (dev, test, production)`);
      }
    }
    this.#warned = true;
    return said.some((stated) => buildModeOf(stated) === 'production');
  }

  #warn(what: string): void {
    if (this.#warned || this.options.quiet) return;
    this.io.stderr.write(`warning: ${escapeControls(what)}; it counts as production\n`);
  }

  /**
   * The URL of the database: `--database-url`, `TMI_DATABASE_URL`, the configuration file, the imported file.
   * @throws ToolError `usage/missing-input` when nothing names one; `secrets/unresolved` for a broken reference
   */
  async databaseUrl(): Promise<SecretValue> {
    if (this.options.databaseUrl !== undefined) {
      return tidyUrl(new SecretValue(this.options.databaseUrl), '--database-url');
    }
    const value = await this.bootstrapValue('database.url');
    if (value && value.text !== '') {
      const source = sourceOfValue(value);
      const url = (await (await this.secrets()).resolve([source])).get(source.key);
      const { written } = value;
      const place = written.layer === 'environment' ? written.variable : locationOf(written);
      // Where the value itself stands, as far as that is no secret.
      const by = /^(?:env|file):\/\/[^?]*$/.test(value.text) ? `${place} (${value.text})` : place;
      if (url && !url.isEmpty) return tidyUrl(url, by);
    }
    const heroku = variable(this.io.env, 'DATABASE_URL') !== undefined;
    throw new ToolError('usage/missing-input', 'No database is named', {
      hint: heroku
        ? 'DATABASE_URL is set, but TMI reads TMI_DATABASE_URL. On Heroku: heroku config:set TMI_DATABASE_URL=env://DATABASE_URL'
        : 'Set database.url in the file given with --config, or TMI_DATABASE_URL.',
    });
  }

  /**
   * What names a database apart from `--database-url`, each by itself: the variable, then each file. The first counts
   * for a server.
   */
  async statedDatabases(): Promise<readonly StatedDatabase[]> {
    this.#files ??= this.#readFiles();
    const layers = [
      statedFor('database.url', this.environment, []),
      ...(await this.#files).map((file) => statedFor('database.url', nothingSet, [file])),
    ];
    const found: StatedDatabase[] = [];
    for (const stated of layers) {
      if (stated.kind === 'invalid') found.push({ by: locationOf(stated.diagnostic), url: undefined });
      else if (stated.kind === 'value' && stated.value.text !== '')
        found.push(await this.#statedDatabase(stated.value));
    }
    return found;
  }

  async #statedDatabase(value: LayerValue): Promise<StatedDatabase> {
    const { written } = value;
    if (written.layer === 'environment')
      return { by: written.variable, isVariable: true, url: await this.#urlOf(value) };
    return { by: locationOf(written), url: await this.#urlOf(value) };
  }

  /** Undefined also when the store does not answer: then nobody knows where the value leads. */
  async #urlOf(value: LayerValue): Promise<SecretValue | undefined> {
    const source = sourceOfValue(value);
    const url = await this.secrets()
      .then((secrets) => secrets.resolve([source]))
      .then((values) => values.get(source.key))
      .catch(() => undefined);
    return url && !url.isEmpty ? url : undefined;
  }

  /** The database, connected. A second call gives the same connection, whatever it asks for. */
  database(options: {
    readonly readOnly: boolean;
    /** How long to wait for a server that is still starting. */
    readonly waitSeconds?: number | undefined;
    /** For work on whole databases, in which one answer may take long. */
    readonly longWork?: boolean;
  }): Promise<Database> {
    this.#database ??= this.#connect(options.readOnly, options.waitSeconds ?? 0, options.longWork ?? false);
    return this.#database;
  }

  async #connect(readOnly: boolean, waitSeconds: number, longWork: boolean): Promise<Database> {
    const url = await this.databaseUrl();
    const { answerTimeout, connectWhenReady, parseDatabaseUrl } = await import('../src/database/index.js');
    const { unused } = parseDatabaseUrl(url);
    if (unused.length > 0 && !this.options.quiet) {
      const text = `parameters of the database URL that the tool does not use: ${unused.join(', ')}`;
      this.io.stderr.write(`warning: ${escapeControls(text)}\n`);
    }
    const wallet = (await this.bootstrapValue('database.oracle_wallet_location'))?.text;
    const database = await connectWhenReady(
      {
        url,
        readOnly,
        environment: this.io.env,
        walletLocation: wallet === '' ? undefined : wallet,
        answerTimeoutMs: answerTimeout(this.io.env, longWork),
        signal: this.io.signal,
      },
      { waitMs: waitSeconds * 1000, signal: this.io.signal },
    );
    if (!readOnly && !this.options.quiet && this.options.server !== 'documented') {
      await warnOfGoServer(database, url.reveal(), this.io);
    }
    return database;
  }

  /**
   * The files that this run works with, for `openOutput`, which replaces none of them: the configuration, the imported
   * file and the database. A database whose URL nobody can say now is none that this run works with.
   */
  async filesInUse(): Promise<readonly FileInUse[]> {
    const { filesOfTarget, parseDatabaseUrl } = await import('../src/database/index.js');
    const named = [this.options.config, this.fallback?.file.realPath].filter((name) => name !== undefined);
    const target = this.#database
      ? (await this.#database).target
      : await this.databaseUrl().then(
          (url) => parseDatabaseUrl(url).target,
          () => undefined,
        );
    return [
      ...named.map((name) => ({ path: path.resolve(this.io.cwd, name), what: 'the configuration in use' })),
      ...(target ? filesOfTarget(target) : []).map((file) => ({ path: file, what: 'the database itself' })),
    ];
  }

  /** The cipher of the settings table, made from the provider's keys. Without a key it encrypts nothing. */
  async cipher(): Promise<SettingsCipher> {
    const { loadEncryptionKeys } = await import('../src/secrets/encryption-keys.js');
    const { SettingsCipher } = await import('../src/settings/cipher.js');
    return SettingsCipher.from(await loadEncryptionKeys(await this.secrets()));
  }

  async close(): Promise<void> {
    await (await this.#database?.catch(() => undefined))?.close();
    await (await this.#secrets?.catch(() => undefined))?.close();
  }
}
