import type { EnvironmentLayer } from '../config/environment.js';
import type { FileLayer } from '../config/file-layer.js';
import { connectDatabase, type ConnectDatabaseOptions } from '../database/index.js';
import { assertOneOf, assertText } from '../errors/arguments.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { providerFamilies, type ProviderKind } from '../registry/index.js';
import { isReference } from '../secrets/index.js';
import { CACHE_SECONDS } from '../settings/cache.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { decodeRows, unreadableOrigins, type DecodedRows } from '../settings/decode.js';
import { effectiveConfig, type EffectiveSetting } from '../settings/effective.js';
import { bootstrapFault, nameKey, unknownKeyFault } from '../settings/named-key.js';
import type { ServerModel, Winner } from '../config/precedence.js';
import { readSettings } from '../settings/store.js';
import { Kept } from './kept.js';
import { SecretValue, toNative, type NativeValue, type SettingType } from '../values/index.js';

export interface SettingsServiceInputs {
  readonly url: SecretValue;
  /** What may complete the URL. */
  readonly connection: Pick<ConnectDatabaseOptions, 'environment' | 'walletLocation'>;
  readonly cipher: SettingsCipher;
  readonly model: ServerModel;
  /** False when there was no table of settings at start, which then counts as an empty one until it is there. */
  readonly tableExists: boolean;
  readonly file: FileLayer;
  readonly environment: EnvironmentLayer;
  /** What references of file and environment lead to, by path. */
  readonly resolved: ReadonlyMap<string, SecretValue>;
  /** Milliseconds since some moment, never going back. */
  readonly clock: () => number;
  /** Told when the database could not be asked and the values of before stay in use. */
  readonly onStale: (error: ToolError) => void;
}

/** One login or content provider that some layer knows. */
export interface ProviderSummary {
  readonly id: string;
  readonly enabled: boolean;
}

/** All settings at one moment. */
interface Snapshot {
  readonly settings: ReadonlyMap<string, EffectiveSetting>;
  readonly unreadable: DecodedRows['unreadable'];
}

const providerKinds = providerFamilies.map(({ kind }) => kind);

function wrongType(key: string, type: string, wanted: string): ToolError {
  return new ToolError('bootstrap/wrong-type', `${key} is of type ${type}, and was asked for as ${wanted}`);
}

function brokenRow(fault: Diagnostic): ToolError {
  const hint = fault.hint === undefined ? {} : { hint: fault.hint };
  return new ToolError(fault.code, fault.message, { ...hint, diagnostics: [fault] });
}

function tableGone(where: string): ToolError {
  return new ToolError('database/no-such-table', `The table system_settings is gone (${where})`, {
    hint: 'Check the database in the URL; restore the table from a backup.',
  });
}

/**
 * The operational settings of a running server: database, environment, file and default in the order of precedence.
 * The table is read whole, in one round trip, and again each minute while callers go on with what was read before: only the
 * first question waits for the database.
 *
 * Keys are those of the database; paths of the file work too. A getter answers undefined when no layer holds a value.
 */
export class SettingsService {
  readonly #inputs: SettingsServiceInputs;
  readonly #snapshot: Kept<Snapshot>;
  #tableSeen: boolean;
  #closed = false;

  constructor(inputs: SettingsServiceInputs) {
    this.#inputs = inputs;
    this.#tableSeen = inputs.tableExists;
    this.#snapshot = new Kept({
      read: () => this.#read(),
      maxAgeMs: CACHE_SECONDS * 1000,
      clock: inputs.clock,
      onStale: (error) => {
        if (!(error instanceof ToolError)) return false;
        inputs.onStale(error);
        return true;
      },
    });
  }

  async #read(): Promise<Snapshot> {
    const { url, connection, cipher, model, file, environment } = this.#inputs;
    // A connection for each reading: none idles for a minute, and a database that moved is found again.
    const database = await connectDatabase({ url, ...connection, readOnly: true });
    try {
      const table = await readSettings(database);
      // A table that was there and is gone is a database in a bad way; nobody took all of their settings back.
      if (this.#tableSeen && !table.exists) throw tableGone(database.describe());
      this.#tableSeen = table.exists;
      const decoded = decodeRows(table, cipher, database.capabilities);
      const origins = unreadableOrigins(table, decoded);
      const layers = { model, file, environment, rows: decoded.rows, unreadable: origins };
      return { settings: effectiveConfig(layers), unreadable: decoded.unreadable };
    } finally {
      await database.close();
    }
  }

  async #current(): Promise<Snapshot> {
    if (this.#closed) throw new ToolError('bootstrap/closed', 'The settings were closed');
    return this.#snapshot.current();
  }

  async #find(name: string): Promise<EffectiveSetting | undefined> {
    assertText('A getter of settings', 'the key of a setting', name);
    const named = nameKey(name);
    if (named.kind !== 'stored') {
      const fault = named.kind === 'unknown' ? unknownKeyFault(named) : bootstrapFault(named.setting);
      const hint = fault.hint === undefined ? {} : { hint: fault.hint };
      throw new ToolError(fault.code, fault.message, { ...hint, diagnostics: [fault] });
    }
    const { settings, unreadable } = await this.#current();
    const { key, setting } = named.key;
    const found = settings.get(key);
    const source = found?.unknown ? setting?.derivedFrom?.databaseKey : undefined;
    const broken = unreadable.get(key) ?? (source === undefined ? undefined : unreadable.get(source));
    if (broken) throw brokenRow(broken);
    return found;
  }

  async #native<Type extends SettingType>(
    name: string,
    types: readonly Type[],
  ): Promise<NativeValue<Type> | undefined> {
    const setting = await this.#find(name);
    if (!setting) return undefined;
    const { key, text, fault } = setting;
    const type = types.find((candidate) => candidate === key.type);
    if (type === undefined) throw wrongType(key.key, key.type, types.join(' or '));
    if (key.secret) throw wrongType(key.key, 'secret', type);
    if (fault) throw brokenRow(fault);
    if (text === undefined || (text === '' && type !== 'string')) return undefined;
    const native = toNative(type, text);
    if (native.ok) return native.value;
    throw new ToolError('settings/invalid-value', `${key.key} is not valid: expected ${native.expected}`, {
      hint: `Set it again: tmi-dbtool settings set ${key.key} VALUE`,
    });
  }

  string(key: string): Promise<string | undefined> {
    return this.#native(key, ['string']);
  }

  /** Whole and decimal numbers. */
  number(key: string): Promise<number | undefined> {
    return this.#native(key, ['int', 'float']);
  }

  boolean(key: string): Promise<boolean | undefined> {
    return this.#native(key, ['bool']);
  }

  /** Milliseconds. */
  duration(key: string): Promise<number | undefined> {
    return this.#native(key, ['duration']);
  }

  list(key: string): Promise<readonly string[] | undefined> {
    return this.#native(key, ['string_list']);
  }

  map(key: string): Promise<Readonly<Record<string, string>> | undefined> {
    return this.#native(key, ['string_map']);
  }

  /** Endpoints of an OAuth provider: `auth.oauth.providers.<id>.userinfo`. */
  userinfo(key: string): Promise<NativeValue<'userinfo_list'> | undefined> {
    return this.#native(key, ['userinfo_list']);
  }

  administrators(): Promise<NativeValue<'administrator_list'> | undefined> {
    return this.#native('administrators', ['administrator_list']);
  }

  /** @throws ToolError `secrets/unresolved` when it is a reference of file or environment that leads to nothing */
  async secret(key: string): Promise<SecretValue | undefined> {
    const setting = await this.#find(key);
    if (!setting) return undefined;
    const { text, winner } = setting;
    if (!setting.key.secret) throw wrongType(setting.key.key, setting.key.type, 'a secret');
    if (text === undefined || text === '') return undefined;
    // The database never holds references: what looks like one there is the secret itself.
    if (winner === 'row' || !isReference(text)) return new SecretValue(text);
    const value = this.#inputs.resolved.get(setting.key.path);
    if (value) return value;
    throw new ToolError('secrets/unresolved', `The reference of ${setting.key.path} had no value at start`);
  }

  /** The layer that a setting's value comes from. */
  async winner(key: string): Promise<Winner> {
    return (await this.#find(key))?.winner ?? 'default';
  }

  /**
   * The providers of a kind that any layer knows, by id. A row of `enabled` that is not exactly `true` counts as off, as
   * it does to servers.
   * @throws ToolError `usage/bad-argument` for another kind; `settings/cannot-decrypt` when a row that cannot be read says whether one is enabled
   */
  async providers(kind: ProviderKind): Promise<readonly ProviderSummary[]> {
    assertOneOf('providers()', providerKinds, kind);
    const { settings, unreadable } = await this.#current();
    const enabled = new Map<string, boolean>();
    for (const { key, text, unknown } of settings.values()) {
      const broken = unknown ? unreadable.get(key.key) : undefined;
      if (broken && key.provider?.family.kind === kind && key.provider.field.name === 'enabled')
        throw brokenRow(broken);
      if (key.provider?.family.kind !== kind || text === undefined) continue;
      const { id, field } = key.provider;
      enabled.set(id, (enabled.get(id) ?? false) || (field.name === 'enabled' && text === 'true'));
    }
    return [...enabled].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, on]) => ({ id, enabled: on }));
  }

  /** Forgets what was read, so that the next question asks the database: after a write of one's own. */
  invalidate(): void {
    this.#snapshot.invalidate();
  }

  /** From now on questions are refused. */
  close(): void {
    this.#closed = true;
    this.#snapshot.close();
  }
}
