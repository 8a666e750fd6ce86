import { keyOfSetting } from '../config/setting-key.js';
import { settings, type DeclaredSetting, type Setting } from '../registry/index.js';
import { isReference } from '../secrets/index.js';
import type { Configuration } from '../preflight/configuration.js';
import { SecretValue, toNative, type NativeValue } from '../values/index.js';

/** Settings that are read once at start. `server.base_url` is not among them: the database is its authority. */
type StartSetting = Exclude<
  Extract<DeclaredSetting, { readonly category: 'bootstrap' }>,
  { readonly alsoStored: true }
>;

/** Present when it is required or has a default. An empty secret counts as none. */
type ValueOf<S extends StartSetting> = S['secret'] extends true
  ? S['required'] extends true
    ? SecretValue
    : SecretValue | undefined
  : S['required'] extends true
    ? NativeValue<S['type']>
    : S['default'] extends string
      ? NativeValue<S['type']>
      : NativeValue<S['type']> | undefined;

interface Leaf {
  readonly path: string;
  readonly value: unknown;
}
type LeafOf<S> = S extends StartSetting ? { readonly path: S['path']; readonly value: ValueOf<S> } : never;
type Head<Path extends string> = Path extends `${infer First}.${string}` ? First : Path;
type Below<L extends Leaf, First extends string> = L extends {
  readonly path: `${First}.${infer Rest}`;
}
  ? { readonly path: Rest; readonly value: L['value'] }
  : never;
type Tree<L extends Leaf> = {
  readonly [First in Head<L['path']>]: [Extract<L, { readonly path: First }>] extends [never]
    ? Tree<Below<L, First>>
    : Extract<L, { readonly path: First }>['value'];
};

/**
 * Everything that a server reads once at start, nested and named as in the file: `config.server.port`. Derived from
 * the registry. Secrets are `SecretValue`s, durations are milliseconds.
 */
export type ServerConfig = Tree<LeafOf<DeclaredSetting>>;

interface Branch {
  [name: string]: unknown;
}

function put(root: Branch, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() as string;
  let branch = root;
  for (const name of names) branch = (branch[name] ??= {}) as Branch;
  branch[last] = value;
}

function freeze(branch: Branch): Branch {
  for (const value of Object.values(branch)) {
    if (typeof value === 'object' && value !== null && !(value instanceof SecretValue)) {
      freeze(value as Branch);
    }
  }
  return Object.freeze(branch);
}

function isReadAtStart(setting: Setting): setting is Setting & { readonly path: string } {
  return setting.category === 'bootstrap' && setting.alsoStored !== true && setting.path !== null;
}

function secretOf(
  path: string,
  text: string,
  resolved: ReadonlyMap<string, SecretValue>,
): SecretValue | undefined {
  const value = isReference(text) ? resolved.get(path) : new SecretValue(text);
  return value === undefined || value.isEmpty ? undefined : value;
}

/**
 * The configuration of a server, every value in the program's own types, frozen throughout.
 * @param configuration without faults that stop a server
 * @param resolved what references lead to, by path
 */
export function serverConfig(
  configuration: Configuration,
  resolved: ReadonlyMap<string, SecretValue>,
): ServerConfig {
  const root: Branch = {};
  for (const setting of settings) {
    if (!isReadAtStart(setting)) continue;
    const { path, secret } = setting;
    const text = configuration.value(path)?.text;
    const reference = text !== undefined && resolved.get(path);
    const plain = reference ? reference.reveal() : text;
    const native = plain === undefined ? undefined : toNative(keyOfSetting(setting).type, plain);
    put(root, path, secret ? secretOf(path, text ?? '', resolved) : native?.ok ? native.value : undefined);
  }
  return freeze(root) as ServerConfig;
}
