import type { Diagnostic } from '../errors/index.js';
import { settings } from '../registry/index.js';
import { fromData, fromText } from '../values/index.js';
import { objectionTo } from './checks.js';
import { readEnvironmentProviders } from './environment-providers.js';
import type { Layer, LayerValue } from './layer.js';
import { keyOfSetting, type SettingKey } from './setting-key.js';
import {
  doubtfulVariable,
  expectedOfList,
  invalidVariable,
  listOfVariable,
  variable,
  type Environment,
} from './variable.js';

/** What the environment says about a server's settings. */
export interface EnvironmentLayer {
  readonly values: Layer;
  /**
   * Entries such as `auth.oauth.providers.google` that variables define, with the variable that enables each. Such
   * an entry replaces the file's whole entry.
   */
  readonly providers: ReadonlyMap<string, string>;
  /** One administrator of `TMI_ADMIN_*` as JSON text, added to whatever list wins; undefined when there is none. */
  readonly administrator: string | undefined;
  /** Variables with which no server starts. */
  readonly diagnostics: readonly Diagnostic[];
  /** Variables that servers take, although the documentation asks for another value. Their values are in the layer. */
  readonly doubts: readonly Diagnostic[];
}

const portVariable = 'PORT';

function variableOf(key: SettingKey, env: Environment): string | undefined {
  const name = key.setting?.env ?? undefined;
  if (name !== undefined && variable(env, name) !== undefined) return name;
  // Heroku and its kin say the port in PORT; the server's own variable wins.
  return key.path === 'server.port' && variable(env, portVariable) !== undefined ? portVariable : undefined;
}

function administratorOf(env: Environment, diagnostics: Diagnostic[]): string | undefined {
  const provider = variable(env, 'TMI_ADMIN_PROVIDER');
  if (provider === undefined) return undefined;
  const fields = {
    provider,
    provider_id: variable(env, 'TMI_ADMIN_PROVIDER_ID') ?? null,
    email: variable(env, 'TMI_ADMIN_EMAIL') ?? null,
    group_name: variable(env, 'TMI_ADMIN_GROUP_NAME') ?? null,
    subject_type: variable(env, 'TMI_ADMIN_SUBJECT_TYPE') ?? 'user',
  };
  const list = fromData('administrator_list', [fields]);
  if (list.ok) return list.text.slice(1, -1);
  diagnostics.push({
    code: 'config/invalid-variable',
    severity: 'error',
    message: `TMI_ADMIN_PROVIDER and its companions do not make an administrator: expected ${list.expected}`,
    variable: 'TMI_ADMIN_PROVIDER',
    key: 'administrators',
  });
  return undefined;
}

/**
 * Reads every variable that the server reads for its settings: one to a setting, `PORT`, one administrator, and
 * providers, which are discovered by `<PREFIX><ID>_ENABLED=true`. An empty variable counts as unset.
 */
export function readEnvironment(env: Environment): EnvironmentLayer {
  const values = new Map<string, LayerValue>();
  const diagnostics: Diagnostic[] = [];
  const doubts: Diagnostic[] = [];
  for (const setting of settings) {
    const key = keyOfSetting(setting);
    const name = variableOf(key, env);
    if (name === undefined) continue;
    const text = env[name] as string;
    const value = setting.type === 'string_list' ? listOfVariable(text) : fromText(setting.type, text);
    if (!value.ok) {
      diagnostics.push(invalidVariable(name, key, value.expected));
      continue;
    }
    const json = setting.type === 'string_list' ? expectedOfList(text) : undefined;
    const objection =
      json === undefined ? objectionTo(key, value.text) : { verdict: 'unfit' as const, expected: json };
    if (objection?.verdict === 'refused') {
      diagnostics.push(invalidVariable(name, key, objection.expected));
      continue;
    }
    if (objection) doubts.push(doubtfulVariable(name, key, objection));
    values.set(key.key, { key, text: value.text, written: { layer: 'environment', variable: name } });
  }
  const providers = readEnvironmentProviders(env);
  for (const value of providers.values) values.set(value.key.key, value);
  diagnostics.push(...providers.diagnostics);
  const administrator = administratorOf(env, diagnostics);
  return { values, providers: providers.entries, administrator, diagnostics, doubts };
}
