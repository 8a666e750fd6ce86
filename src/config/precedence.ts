import type { Server18Source } from '../registry/index.js';
import { entryOfKey, type SettingKey } from './setting-key.js';

/** Whose rules decide between layers: the documentation's, or those of the Go server 1.8. */
export type ServerModel = 'documented' | '1.8';

export const serverModels: readonly ServerModel[] = ['documented', '1.8'];

/** What an operator may say about it: one of the models, or that the tool shall find out. */
export type ServerChoice = 'auto' | ServerModel;

export const serverChoices: readonly ServerChoice[] = ['auto', ...serverModels];

/** Who stated a row's value. A server's own `origin` text is one of these or counts as `seeded`. */
export type RowOrigin = 'seeded' | 'explicit';

/**
 * What each layer holds for one setting, in normal form; undefined where a layer holds nothing. A row whose text is empty
 * holds nothing either: servers read it as not set.
 */
export interface Candidates {
  readonly default: string | undefined;
  /** The empty text is a value: somebody wrote it. */
  readonly file: string | undefined;
  /** The key stands in the file without a value (`key:`, `key: ~`), which leaves the default. */
  readonly fileIsNull?: boolean;
  readonly environment: string | undefined;
  readonly row: { readonly text: string; readonly origin: RowOrigin } | undefined;
}

/** The layer that a provider's whole entry comes from. */
export type ProviderOwner = 'environment' | 'file' | 'row';

/** What decides beside the values. */
export interface Circumstances {
  readonly model: ServerModel;
  /** False for a bootstrap setting, which no server reads from the database. */
  readonly operational: boolean;
  readonly server18Reads: Server18Source | null;
  /**
   * Server 1.8 takes for stated what stands in the file under the name that the row has too: not the three settings that
   * change their name on the way into the database, and not what has no name in the file.
   */
  readonly file: 'own-name' | 'other-name' | 'none';
  /** Under server 1.8 a null, an empty text or an empty list in the file says nothing. */
  readonly emptySaysNothing: boolean;
  /** For a provider's field: where its entry comes from. Undefined for every other setting. */
  readonly owner: ProviderOwner | undefined;
}

export type Winner = 'default' | 'file' | 'environment' | 'row';

export interface Effective {
  readonly winner: Winner;
  /** Undefined when no layer holds a value. */
  readonly text: string | undefined;
  /** A key without a value in the file pins the default, although a row holds a value: server 1.8 only. */
  readonly pinned?: true;
}

/** What a layer may be asked for. */
type Claim =
  | 'explicit-row'
  /** Any row that holds a value. */
  | 'row'
  | 'environment'
  /** What the file's key holds, the empty text too. */
  | 'file'
  /** What the file's key holds, if it is not empty. */
  | 'file-text'
  /** The key in the file, whatever it holds: without a value it pins the default. */
  | 'file-key';

/** Strongest first; the default comes last everywhere. */
type Ranking = readonly Claim[];

/** File and environment alone: what is read at start, and whatever is asked before there are rows. */
const configuration: Ranking = ['environment', 'file'];

/** Whole entries, by the layer that owns them. The same under both models. */
const entries: Readonly<Record<ProviderOwner, Ranking>> = {
  environment: ['environment'],
  // An empty text is the same as none here, and leaves what the entry's id implies.
  file: ['file-text'],
  row: ['row'],
};

const documented: Ranking = ['explicit-row', 'environment', 'file-text', 'row', 'file'];

/** How server 1.8 reads what the database may hold, by the name that the file's key has. */
const server18: Readonly<
  Record<'origin' | 'config-first' | 'file', Readonly<Record<Circumstances['file'], Ranking>>>
> = {
  origin: {
    'own-name': ['explicit-row', 'environment', 'file-key', 'row'],
    'other-name': ['explicit-row', 'environment', 'row', 'file'],
    none: ['explicit-row', 'environment', 'row'],
  },
  'config-first': {
    'own-name': ['environment', 'file-key', 'row'],
    'other-name': ['environment', 'row'],
    none: ['environment', 'row'],
  },
  file: { 'own-name': configuration, 'other-name': configuration, none: ['environment'] },
};

function ranking({ model, operational, server18Reads, file, owner }: Circumstances): Ranking {
  if (owner !== undefined) {
    const readsRows = model === 'documented' || server18Reads === 'provider';
    return owner === 'row' && !readsRows ? [] : entries[owner];
  }
  if (!operational) return configuration;
  if (model === 'documented') return documented;
  if (server18Reads === null || server18Reads === 'provider') return configuration;
  return server18[server18Reads][file];
}

/** A layer of the configuration: what a server has before it asks a database. */
export type ConfigurationLayer = 'environment' | 'file';

const layersOfClaims: Readonly<Record<Claim, readonly ConfigurationLayer[]>> = {
  environment: ['environment'],
  file: ['file'],
  'file-text': ['file'],
  'file-key': ['file'],
  row: [],
  'explicit-row': [],
};

/**
 * The layers of the configuration that may state a setting, strongest first: what `effectiveValue` decides by, for
 * whoever knows no rows. The same under both models.
 * @param owner of a provider's field; undefined for every other setting
 */
export function configurationLayers(owner: ProviderOwner | undefined): readonly ConfigurationLayer[] {
  const claims = owner === undefined ? configuration : entries[owner];
  return claims.flatMap((claim) => layersOfClaims[claim]);
}

const won = (winner: Winner, text: string | undefined): Effective | undefined =>
  text === undefined ? undefined : { winner, text };

/** A key of the file speaks although it has no value, where that says something: it pins the default. */
function answerOfKey(candidates: Candidates, { emptySaysNothing }: Circumstances): Effective | undefined {
  const { file, row } = candidates;
  const isEmpty = file === undefined || file === '' || file === '[]';
  if (isEmpty && emptySaysNothing) return undefined;
  if (file !== undefined || candidates.fileIsNull !== true) return won('file', file);
  const pinned = row !== undefined && row.text !== '';
  return { winner: 'default', text: candidates.default, ...(pinned ? { pinned } : {}) };
}

/** What a layer answers to a claim: a text, the default that a key without a value pins, or nothing. */
function answer(claim: Claim, candidates: Candidates, circumstances: Circumstances): Effective | undefined {
  const { file, environment, row } = candidates;
  const held = row === undefined || row.text === '' ? undefined : row;
  switch (claim) {
    case 'explicit-row':
      return held?.origin === 'explicit' ? won('row', held.text) : undefined;
    case 'row':
      return won('row', held?.text);
    case 'environment':
      return won('environment', environment);
    case 'file':
      return won('file', file);
    case 'file-text':
      return file === '' ? undefined : won('file', file);
    case 'file-key':
      return answerOfKey(candidates, circumstances);
  }
}

/**
 * The value that a server will use for one setting, and the layer it takes it from. The one place that knows
 * precedence, by a table for each model: import, its proof, explain, diff, validation and whoever shows a value ask here.
 */
export function effectiveValue(candidates: Candidates, circumstances: Circumstances): Effective {
  for (const claim of ranking(circumstances)) {
    const found = answer(claim, candidates, circumstances);
    if (found) return found;
  }
  return { winner: 'default', text: candidates.default };
}

function nameInFile({ setting, provider }: SettingKey): Circumstances['file'] {
  if (provider) return 'own-name';
  if (!setting || setting.path === null) return 'none';
  return setting.databaseKey === null || setting.path === setting.databaseKey ? 'own-name' : 'other-name';
}

/** Layers as far as they define providers: entries such as `auth.oauth.providers.google`. */
export interface DefinedProviders {
  readonly file: { readonly providers: { has(entry: string): boolean } };
  readonly environment: { readonly providers: { has(entry: string): boolean } };
}

/** Where a provider's entry comes from: variables before the file before the rows. */
export function entryOwner(entry: string, { file, environment }: DefinedProviders): ProviderOwner {
  if (environment.providers.has(entry)) return 'environment';
  return file.providers.has(entry) ? 'file' : 'row';
}

/** Where the entry of a provider's field comes from; undefined for every other setting. */
export function providerOwner(key: SettingKey, defined: DefinedProviders): ProviderOwner | undefined {
  const entry = entryOfKey(key);
  return entry === undefined ? undefined : entryOwner(entry, defined);
}

/** What decides about a setting beside the values. */
export function circumstancesOf(
  key: SettingKey,
  model: ServerModel,
  defined: DefinedProviders,
): Circumstances {
  return {
    model,
    operational: key.operational,
    server18Reads: server18ReadsOf(key),
    file: nameInFile(key),
    emptySaysNothing: key.setting?.emptySaysNothing === true,
    owner: providerOwner(key, defined),
  };
}

/** Where server 1.8 takes a setting from; null for a bootstrap setting. */
export function server18ReadsOf({
  provider,
  setting,
}: Pick<SettingKey, 'provider' | 'setting'>): Server18Source | null {
  return provider ? provider.family.server18Reads : (setting?.server18Reads ?? null);
}

/**
 * What a whole provider calls itself where its entry does not say: a server takes the entry's id for what it is called
 * by where variables make it, and for its id wherever that is left out. Only server 1.8 leaves an OAuth entry of its file
 * without one.
 */
export function impliedProviderField(
  { provider }: SettingKey,
  owner: ProviderOwner,
  model: ServerModel,
): string | undefined {
  if (!provider) return undefined;
  const { family, id, field } = provider;
  if (field.name === 'name') return owner === 'environment' ? id : undefined;
  if (field.name !== 'id') return undefined;
  return owner === 'file' && family.kind === 'oauth' && model === '1.8' ? undefined : id;
}
