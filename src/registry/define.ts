import { databaseTypeOf, type SettingType } from '../values/types.js';
import type { Limits, ProviderField, Server18Source, Setting } from './types.js';

/** What a declaration says beside path and type. What is left out takes the value that most settings have. */
interface Facts {
  readonly description: string;
  readonly example: string;
  /** Left out: the empty text for a string, none for other types. */
  readonly default?: string | undefined;
  readonly defaultNote?: string;
  readonly limits?: Limits;
  readonly secret?: true;
  readonly hidden?: true;
  readonly required?: true;
  readonly visibility?: Setting['visibility'];
  readonly consumers?: readonly string[];
}

/** Left out, the variable is `TMI_` and the path in capitals; null when the setting has no variable. */
interface FileFacts extends Facts {
  readonly env?: string | null;
}

interface OperationalFacts extends FileFacts {
  /** Left out, the key is the path. */
  readonly databaseKey?: string;
  readonly emptySaysNothing?: true;
  readonly reads: Server18Source;
}

export const variableOf = (path: string): string => `TMI_${path.replaceAll('.', '_').toUpperCase()}`;

function common(type: SettingType, facts: Facts) {
  return {
    type,
    default: 'default' in facts ? facts.default : type === 'string' ? '' : undefined,
    ...(facts.defaultNote === undefined ? {} : { defaultNote: facts.defaultNote }),
    limits: facts.limits,
    secret: facts.secret ?? false,
    ...(facts.hidden ? { hidden: facts.hidden } : {}),
    required: facts.required ?? false,
    consumers: facts.consumers ?? ['monolith'],
    description: facts.description,
    example: facts.example,
  };
}

/** A setting with its path, type and presence known to the compiler, from which the type of a configuration is derived. */
export type Declared<Path extends string, Type extends SettingType, Said> = Setting & {
  readonly category: 'bootstrap';
  readonly path: Path;
  readonly type: Type;
  readonly secret: Said extends { readonly secret: true } ? true : false;
  readonly required: Said extends { readonly required: true } ? true : false;
  /** A text without a default is the empty text. */
  readonly default: Said extends { readonly default: string }
    ? string
    : Type extends 'string'
      ? string
      : undefined;
} & (Said extends { readonly alsoStored: true } ? { readonly alsoStored: true } : unknown);

/** Kept apart from `Declared` by its category, so that a list of both does not forget what it declares. */
export type OperationalSetting = Setting & { readonly category: 'operational' };

/** A setting that the server reads once at start, from file or environment. */
export function bootstrap<
  const Path extends string,
  const Type extends SettingType,
  const Said extends FileFacts & { alsoStored?: true },
>(path: Path, type: Type, facts: Said): Declared<Path, Type, Said> {
  const stored = facts.alsoStored === true;
  const setting: Setting = {
    ...common(type, facts),
    path,
    databaseKey: stored ? path : null,
    databaseType: stored ? databaseTypeOf(type) : null,
    ...(stored ? { alsoStored: true } : {}),
    env: facts.env === undefined ? variableOf(path) : facts.env,
    category: 'bootstrap',
    visibility: facts.visibility ?? 'internal',
    mutability: 'static',
    server18Reads: null,
  };
  return setting as Declared<Path, Type, Said>;
}

/** A setting that lives in the database and may still be found in older files. */
export function operational(path: string, type: SettingType, facts: OperationalFacts): OperationalSetting {
  return {
    ...common(type, facts),
    path,
    databaseKey: facts.databaseKey ?? path,
    databaseType: databaseTypeOf(type),
    env: facts.env === undefined ? variableOf(path) : facts.env,
    category: 'operational',
    visibility: facts.visibility ?? 'admin',
    mutability: 'hot',
    server18Reads: facts.reads,
    ...(facts.emptySaysNothing ? { emptySaysNothing: true } : {}),
  };
}

/** An operational setting that no file and no variable ever carried. */
export function databaseOnly(
  databaseKey: string,
  type: SettingType,
  facts: Facts & { reads: Server18Source; derivedFrom?: NonNullable<Setting['derivedFrom']> },
): OperationalSetting {
  return {
    ...operational(databaseKey, type, { ...facts, env: null }),
    path: null,
    ...(facts.derivedFrom === undefined ? {} : { derivedFrom: facts.derivedFrom }),
  };
}

/** One field of a provider entry. */
export function field(
  name: string,
  type: SettingType,
  facts: Pick<ProviderField, 'description' | 'example'> & { secret?: true },
): ProviderField {
  return { name, type, databaseType: databaseTypeOf(type), ...facts, secret: facts.secret ?? false };
}
