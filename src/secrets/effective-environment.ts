import { ToolError, type Diagnostic } from '../errors/index.js';
import { SecretValue } from '../values/secret-value.js';
import { configuredReferences, type Configured } from './configured.js';
import { loadEncryptionKeys, type EncryptionKeyTexts } from './encryption-keys.js';
import { displayReference, isReference } from '../config/reference.js';
import type { Secrets } from './resolver.js';
import { fileVariables, ownVariables, type ServerVariable } from './server-variables.js';
import { faultDiagnostic, type SecretSource } from './source.js';

/** A variable of the effective environment. Its value can be printed only by revealing it. */
export interface EffectiveVariable extends Omit<ServerVariable, 'text'> {
  readonly value: SecretValue;
  /** The reference that the value came from, or that stands in its place; as it may be printed. */
  readonly reference: string | undefined;
}

/** The environment that makes a server behave as file and environment together do. */
export interface EffectiveEnvironment {
  /** By name, each once. */
  readonly variables: readonly EffectiveVariable[];
  /** Variables that must not be set beside these: they led to the provider, or have no value. */
  readonly unset: readonly string[];
  /** What of the file no variable can say. */
  readonly left: readonly Diagnostic[];
}

const keyVariables: Readonly<Record<keyof EncryptionKeyTexts, string>> = {
  current: 'TMI_SECRET_SETTINGS_ENCRYPTION_KEY',
  previous: 'TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY',
  contextId: 'TMI_SECRET_SETTINGS_ENCRYPTION_CONTEXT_ID',
};

/** Variables of references that are no settings: those of workers and of other programs. */
function otherReferences(configured: Configured, taken: ReadonlySet<string>): ServerVariable[] {
  return configuredReferences(configured).flatMap(({ source: { key, text, origin } }) => {
    const name = origin.variable;
    return name === undefined || taken.has(name) ? [] : [{ name, text, key, secret: true, origin }];
  });
}

function byName<T extends { readonly name: string }>(variables: readonly T[]): T[] {
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function collect(configured: Configured): { variables: ServerVariable[]; left: readonly Diagnostic[] } {
  const file = fileVariables(configured);
  const own = ownVariables(configured);
  const taken = new Set(own.map(({ name }) => name));
  return {
    variables: byName([...file.variables, ...own, ...otherReferences(configured, taken)]),
    left: file.left,
  };
}

const isProviders = ({ key }: ServerVariable): boolean => key.startsWith('secrets.');
const isEnvSecret = ({ name }: ServerVariable): boolean => name.startsWith('TMI_SECRET_');

/** True where the text is a reference that a server, or `exec` for other programs, resolves. */
function refersIn(references: ReadonlySet<string>, { origin, key, text }: ServerVariable): boolean {
  return isReference(text) && references.has(identity(origin.variable, key));
}

const identity = (variable: string | undefined, key: string): string => variable ?? `file ${key}`;

function referenceIdentities(configured: Configured): Set<string> {
  return new Set(
    configuredReferences(configured)
      .filter(({ overriddenBy }) => overriddenBy === undefined)
      .map(({ source }) => identity(source.origin.variable, source.key)),
  );
}

/** The environment as it is configured: references stay references, and the provider's settings are part of it. */
export function configuredEnvironment(configured: Configured): EffectiveEnvironment {
  const { variables, left } = collect(configured);
  const references = referenceIdentities(configured);
  return {
    variables: variables.map((variable) => {
      const { text, ...facts } = variable;
      const reference = refersIn(references, variable) ? displayReference(text) : undefined;
      return {
        ...facts,
        secret: facts.secret || reference !== undefined,
        value: new SecretValue(text),
        reference,
      };
    }),
    unset: [],
    left,
  };
}

function encryptionVariables(keys: EncryptionKeyTexts): EffectiveVariable[] {
  return Object.entries(keyVariables).flatMap(([which, name]): EffectiveVariable[] => {
    const value = keys[which as keyof EncryptionKeyTexts];
    if (value === undefined) return [];
    const key = name.slice('TMI_SECRET_'.length).toLowerCase();
    return [{ name, key, secret: true, origin: {}, value, reference: `vault://${key}` }];
  });
}

/** @throws ToolError `secrets/not-expressible` for values with a NUL character, which no variable can hold */
function refuseNul(variables: readonly EffectiveVariable[]): void {
  const diagnostics = variables
    .filter(({ value }) => value.reveal().includes('\0'))
    .map(({ name, key, origin }): Diagnostic => ({
      code: 'secrets/not-expressible',
      severity: 'error',
      message: `the value for ${name} holds a NUL character, which no variable can hold`,
      key,
      ...origin,
    }));
  if (diagnostics.length === 0) return;
  throw new ToolError('secrets/not-expressible', 'a value cannot be given as a variable', { diagnostics });
}

export interface ResolveOptions {
  /** The variables of a worker or another program: references of the environment alone, and no keys of settings. */
  readonly referencesOnly?: boolean;
}

/**
 * The environment with every reference resolved. A server that has it needs no provider any more: the keys of the
 * settings table are part of it, under the names of the env provider, and the provider's own settings are not.
 * @throws ToolError `secrets/unresolved` with every reference that failed; `secrets/not-expressible`
 */
export async function resolveEnvironment(
  configured: Configured,
  secrets: Secrets,
  options: ResolveOptions = {},
): Promise<EffectiveEnvironment> {
  const { variables: all, left } = options.referencesOnly
    ? { variables: byName(otherReferences(configured, new Set())), left: [] }
    : collect(configured);
  const wanted = options.referencesOnly ? all : all.filter((v) => !isProviders(v) && !isEnvSecret(v));
  const references = referenceIdentities(configured);
  const sources = wanted
    .filter((variable) => refersIn(references, variable))
    .map(({ name, text, key, origin }) => ({ name, source: { key, text, origin } }));
  // Both at once; when both fail, the references say more.
  const pending = options.referencesOnly
    ? Promise.resolve<EncryptionKeyTexts>({})
    : loadEncryptionKeys(secrets);
  pending.catch(() => undefined);
  const values = await resolveNamed(sources, secrets);
  const refers = new Set(sources.map(({ name }) => name));

  const resolved = wanted.flatMap((variable): EffectiveVariable[] => {
    const { text, ...facts } = variable;
    if (!refers.has(variable.name)) return [{ ...facts, value: new SecretValue(text), reference: undefined }];
    const value = values.get(variable.name);
    return value === undefined ? [] : [{ ...facts, secret: true, value, reference: displayReference(text) }];
  });
  const provider = options.referencesOnly
    ? []
    : [{ name: 'TMI_SECRETS_PROVIDER', key: 'secrets.provider', secret: false, origin: {} }].map((facts) => ({
        ...facts,
        value: new SecretValue('env'),
        reference: undefined,
      }));
  const keys = encryptionVariables(await pending);
  const variables = byName([...resolved, ...provider, ...keys]);
  refuseNul(variables);
  const given = new Set(variables.map(({ name }) => name));
  return {
    variables,
    unset: all.filter((v) => !given.has(v.name) && !isEnvSecret(v)).map(({ name }) => name),
    left,
  };
}

/** Values by variable. A variable is missing when its reference says `optional=true` and there is nothing. */
async function resolveNamed(
  sources: readonly { readonly name: string; readonly source: SecretSource }[],
  secrets: Secrets,
): Promise<Map<string, SecretValue>> {
  const results = await secrets.tryResolve(sources.map(({ source }) => source));
  const failed = results.flatMap((r) => (r.state === 'failed' ? [faultDiagnostic(r.source, r.fault)] : []));
  if (failed.length > 0) {
    const what = failed.length === 1 ? 'a secret' : `${failed.length} secrets`;
    throw new ToolError('secrets/unresolved', `${what} could not be resolved`, { diagnostics: failed });
  }
  return new Map(
    results.flatMap((result, index) =>
      'value' in result ? [[sources[index]?.name ?? '', result.value] as const] : [],
    ),
  );
}
