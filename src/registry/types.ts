import type { DatabaseType, SettingType } from '../values/types.js';

export type { DatabaseType, SettingType };

export type Category = 'bootstrap' | 'operational';

/**
 * Where the Go server 1.8 takes an operational value from.
 * `file`: file and environment only. `origin`: the database when its row is explicit, else file or environment,
 * else the database. `config-first`: file or environment, else the database. `provider`: a provider of the file
 * or environment hides the database's provider with the same id.
 */
export type Server18Source = 'file' | 'origin' | 'config-first' | 'provider';

export interface Limits {
  /** Smallest value: a number, or a Go duration for durations. */
  readonly min?: number | string;
  /** When true, `min` itself is not allowed. */
  readonly minExclusive?: boolean;
  /** Largest value: a number, or a Go duration for durations. */
  readonly max?: number | string;
  /** The only texts allowed. The empty text is always allowed unless the setting is required. */
  readonly enum?: readonly string[];
  /**
   * True when a server does not start with a value outside. Left out, it takes whatever it is given, and the limits are
   * what the documentation asks for. Observed on a Go server 1.8.22.
   */
  readonly enforced?: true;
}

/** One setting of a TMI server. Everything the tool knows about a setting is derived from its declaration. */
export interface Setting {
  /** Dotted path in the configuration file, or null when the setting lives in the database only. */
  readonly path: string | null;
  /** Key in `system_settings`, or null for a bootstrap setting that is not stored. */
  readonly databaseKey: string | null;
  readonly databaseType: DatabaseType | null;
  readonly type: SettingType;
  /** Default in normal form; undefined when there is none. */
  readonly default: string | undefined;
  /** What the server uses when it works the default out at start, in words. */
  readonly defaultNote?: string;
  readonly limits: Limits | undefined;
  /** Environment variable that overrides the file, or null. */
  readonly env: string | null;
  readonly category: Category;
  /**
   * A bootstrap setting that is written to the database as well and stays in the file: operators are told that it
   * lives in the database, while the server still reads it from file or environment at start.
   */
  readonly alsoStored?: true;
  /** Under server 1.8 a null, an empty text or an empty list of the file says nothing: it does not pin the default. */
  readonly emptySaysNothing?: true;
  /** The value is another row's integer divided by `divideBy`, cut off as Go divides integers. */
  readonly derivedFrom?: { readonly databaseKey: string; readonly divideBy: number };
  readonly secret: boolean;
  /** True when the value gives access although no server treats it as a secret: it is stored plainly and never shown. */
  readonly hidden?: true;
  readonly required: boolean;
  readonly visibility: 'internal' | 'admin' | 'public';
  readonly mutability: 'static' | 'hot';
  readonly consumers: readonly string[];
  readonly server18Reads: Server18Source | null;
  /** One or two sentences for the reference documentation. */
  readonly description: string;
  /** An example in normal form. For a secret, a reference or an obvious placeholder. */
  readonly example: string;
}

export type ProviderKind = 'oauth' | 'saml' | 'content_oauth';

/** One field of a provider entry, such as `client_id`. */
export interface ProviderField {
  readonly name: string;
  readonly type: SettingType;
  readonly databaseType: DatabaseType;
  readonly secret: boolean;
  readonly description: string;
  readonly example: string;
}

/** A family of entries `<path>.<id>.<field>`. Database keys have the same shape as paths. */
export interface ProviderFamily {
  readonly kind: ProviderKind;
  /** `auth.oauth.providers`, for example. */
  readonly path: string;
  /** `OAUTH_PROVIDERS_`, for example: variables are `<envPrefix><ID>_<FIELD>`. */
  readonly envPrefix: string;
  readonly idPattern: RegExp;
  readonly server18Reads: Server18Source;
  readonly description: string;
  readonly fields: readonly ProviderField[];
  /** Fields of which each must be present when the entry is enabled; an inner list means one of them. */
  readonly requiredWhenEnabled: readonly (string | readonly string[])[];
}
