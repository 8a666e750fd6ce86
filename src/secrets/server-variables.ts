import { readEnvironment } from '../config/environment.js';
import type { LayerValue } from '../config/layer.js';
import { providerEntry, type ProviderKey } from '../config/setting-key.js';
import { overriddenBy } from '../config/written.js';
import type { Diagnostic } from '../errors/index.js';
import { administratorFields } from '../registry/index.js';
import type { JsonValue } from '../values/index.js';
import { keyOfLeaf, layersOf, type Configured } from './configured.js';
import type { Environment } from './local.js';
import { holdsSecret, isHiddenVariable } from '../redact/index.js';
import type { SecretOrigin } from './source.js';

type Variables = Readonly<Record<string, string>>;

/** The items with a separator between them, or undefined when the reader would see other items. */
function joined(items: readonly string[], separator: string): string | undefined {
  return items.some((item) => item.includes(separator)) ? undefined : items.join(separator);
}

function prefixed(map: Readonly<Record<string, string>>, prefix: string): Variables {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [`${prefix}${name.toUpperCase()}`, value]),
  );
}

const userinfoNames = ['USERINFO', 'USERINFO_SECONDARY', 'USERINFO_ADDITIONAL'];

function userinfoVariables(endpoints: readonly JsonValue[], prefix: string): Variables | undefined {
  if (endpoints.length > userinfoNames.length) return undefined;
  return Object.assign(
    {},
    ...endpoints.map((endpoint, index): Variables => {
      const { url, claims } = endpoint as { url: string; claims?: Record<string, string> };
      const stem = `${prefix}${userinfoNames[index] ?? ''}`;
      return { [`${stem}_URL`]: url, ...prefixed(claims ?? {}, `${stem}_CLAIMS_`) };
    }),
  ) as Variables;
}

/** Where the variables of a provider begin: `OAUTH_PROVIDERS_GOOGLE_`. */
function providerPrefix({ family, id }: ProviderKey): string {
  return `${family.envPrefix}${id.toUpperCase().replaceAll('-', '_')}_`;
}

/** The variables that would say the same as a value of a file; undefined when none can. */
function variablesFor({ key, text }: LayerValue): Variables | undefined {
  const prefix = key.provider ? providerPrefix(key.provider) : '';
  const name = key.provider ? `${prefix}${key.provider.field.name.toUpperCase()}` : key.setting?.env;
  switch (key.type) {
    case 'userinfo_list':
      return userinfoVariables(JSON.parse(text) as JsonValue[], prefix);
    case 'string_map':
      return prefixed(JSON.parse(text) as Record<string, string>, `${name ?? ''}_`);
    case 'administrator_list': {
      const [first, ...others] = JSON.parse(text) as Record<string, string>[];
      if (!first || others.length > 0) return undefined;
      const fields = Object.entries(administratorFields).flatMap(([field, { env }]) => {
        const value = first[field];
        return value === undefined ? [] : [[env, value] as const];
      });
      return Object.fromEntries(fields);
    }
    case 'string_list': {
      if (!name) return undefined;
      const separator = key.provider?.family.kind === 'content_oauth' ? ' ' : ',';
      const list = joined(JSON.parse(text) as string[], separator);
      return list === undefined ? undefined : { [name]: list };
    }
    case 'string':
    case 'int':
    case 'bool':
    case 'float':
    case 'duration':
      return name ? { [name]: text } : undefined;
  }
}

/** A variable that a server reads, with the setting it is for and the place its value comes from. */
export interface ServerVariable {
  readonly name: string;
  readonly text: string;
  /** Path of the setting; the variable's own name where there is none. */
  readonly key: string;
  readonly secret: boolean;
  readonly origin: SecretOrigin;
}

/** True when a server that finds just these variables sees the file's value. */
function readsBack({ key, text }: LayerValue, variables: Variables, enabling: Variables): boolean {
  const layer = readEnvironment({ ...enabling, ...variables });
  if (key.type === 'administrator_list') return `[${layer.administrator ?? ''}]` === text;
  return layer.values.get(key.key)?.text === text;
}

function notExpressible({ key, written }: LayerValue, why: string): Diagnostic {
  return {
    code: 'secrets/not-expressible',
    severity: 'warning',
    message: `${key.path} cannot be given as a variable: ${why}`,
    key: key.path,
    ...(written.layer === 'file' ? { file: written.file, position: written.position } : {}),
  };
}

/** The file's values as variables, without those that the environment overrides and providers that are off. */
export function fileVariables(configured: Configured): {
  readonly variables: readonly ServerVariable[];
  readonly left: readonly Diagnostic[];
} {
  const { fileLayer, environmentLayer } = configured;
  const layers = layersOf(configured);
  const variables: ServerVariable[] = [];
  // What no setting takes has no variable either; it is said, since the server would not start with such a file.
  const left: Diagnostic[] = [...fileLayer.diagnostics];
  for (const value of fileValues(configured)) {
    const { key, written } = value;
    if (written.layer !== 'file' || overriddenBy(key, layers)) continue;
    const enabling: Record<string, string> = {};
    if (key.provider) {
      const entry = providerEntry(key.provider.family, key.provider.id);
      const isOn = fileLayer.values.get(`${entry}.enabled`)?.text === 'true';
      // The server discovers a provider of the environment by its switch, so one that is off has no variables.
      if (!isOn) continue;
      enabling[`${providerPrefix(key.provider)}ENABLED`] = 'true';
    }
    if (key.type === 'administrator_list' && environmentLayer.administrator !== undefined) {
      left.push(
        notExpressible(value, 'the environment already names one administrator, and can name no other'),
      );
      continue;
    }
    const found = variablesFor(value);
    const empty = value.text === '' || value.text === '[]' || value.text === '{}';
    if (empty && (key.setting?.default ?? '') === '') continue;
    if (!found || empty || !readsBack(value, found, enabling)) {
      left.push(
        notExpressible(
          value,
          empty ? 'an empty variable counts as not set' : 'the server would read another value',
        ),
      );
      continue;
    }
    for (const [name, text] of Object.entries(found)) {
      variables.push({
        name,
        text,
        key: key.path,
        secret: holdsSecret(text, isHiddenVariable(name, key)),
        origin: { file: written.file, position: written.position },
      });
    }
  }
  return { variables, left };
}

/** Values of a file by today's keys; a key under its name of today wins over one under an earlier name. */
function fileValues(configured: Configured): LayerValue[] {
  const { fileLayer, leaves, document } = configured;
  const former = leaves.flatMap((leaf): LayerValue[] => {
    const key = leaf.lookup.kind === 'unknown' ? keyOfLeaf(leaf) : undefined;
    if (!key || leaf.node.kind !== 'scalar' || leaf.node.isNull || fileLayer.values.has(key.key)) return [];
    const written = { layer: 'file' as const, file: document?.file ?? '', position: leaf.position };
    return [{ key, text: leaf.node.text, written }];
  });
  return [...fileLayer.values.values(), ...former];
}

/** The variables of the environment that a server reads, or that begin as its variables do. */
export function ownVariables({ environment, environmentLayer }: Configured): ServerVariable[] {
  const prefixes = [...environmentLayer.providers.values()].map((name) => name.slice(0, -'ENABLED'.length));
  const keys = new Map(
    [...environmentLayer.values.values()].flatMap(({ key, written }) =>
      written.layer === 'environment' ? [[written.variable, key] as const] : [],
    ),
  );
  const isServers = (name: string): boolean =>
    name.startsWith('TMI_') || keys.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  return entriesOf(environment)
    .filter(([name]) => isServers(name))
    .map(([name, text]) => ({
      // The platform's PORT is the server's own variable to anything that is started apart from the platform.
      name: name === 'PORT' ? 'TMI_SERVER_PORT' : name,
      text,
      key: keys.get(name)?.path ?? name,
      // What a variable that is no setting holds can only be told by its name.
      secret: holdsSecret(text, isHiddenVariable(name, keys.get(name))),
      origin: { variable: name },
    }));
}

function entriesOf(environment: Environment): [string, string][] {
  return Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
