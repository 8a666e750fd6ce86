import type { Diagnostic } from '../errors/index.js';
import { providerFamilies, type ProviderFamily, type ProviderField } from '../registry/index.js';
import { fromData, fromText, type JsonValue, type Normalised } from '../values/index.js';
import type { LayerValue } from './layer.js';
import { keyOfProviderField, providerEntry } from './setting-key.js';
import { expectedOfList, invalidVariable, listOfVariable, variable, type Environment } from './variable.js';

interface EnvironmentProviders {
  readonly values: readonly LayerValue[];
  readonly entries: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** A field's value together with the variable to name when it is wrong. */
interface Found {
  readonly variable: string;
  readonly value: Normalised;
}

const userinfoVariables = ['USERINFO', 'USERINFO_SECONDARY', 'USERINFO_ADDITIONAL'];

/** `…_CLAIMS_SUBJECT_CLAIM=sub` becomes `{subject_claim: "sub"}`: the rest of each name, lower-cased, is the key. */
function mapByPrefix(env: Environment, prefix: string): { [key: string]: string } {
  const pairs = Object.keys(env)
    .filter((name) => name.startsWith(prefix) && name.length > prefix.length)
    .flatMap((name) => {
      const text = variable(env, name);
      return text === undefined ? [] : [[name.slice(prefix.length).toLowerCase(), text] as const];
    });
  return Object.fromEntries(pairs);
}

function userinfo(env: Environment, prefix: string): Found | undefined {
  const endpoints = userinfoVariables.flatMap((stem): JsonValue[] => {
    const url = variable(env, `${prefix}${stem}_URL`);
    return url === undefined ? [] : [{ url, claims: mapByPrefix(env, `${prefix}${stem}_CLAIMS_`) }];
  });
  if (endpoints.length === 0) return undefined;
  return { variable: `${prefix}USERINFO_URL`, value: fromData('userinfo_list', endpoints) };
}

function list(family: ProviderFamily, text: string): Normalised {
  // Scopes of content providers are separated by spaces, as in the OAuth protocol; all else by commas.
  if (family.kind !== 'content_oauth') {
    const expected = expectedOfList(text);
    return expected === undefined ? listOfVariable(text) : { ok: false, expected };
  }
  return fromData(
    'string_list',
    text.split(/\s+/).filter((item) => item !== ''),
  );
}

/**
 * The flags of a provider are on at exactly `true` and off at anything else. The other ways to write a truth value
 * are refused: whoever writes `1` or `TRUE` wants a flag on that the server leaves off.
 */
function flag(text: string): Normalised {
  const value = fromText('bool', text);
  const onButNotTrue = value.ok && value.text === 'true' && text !== 'true';
  return onButNotTrue || !value.ok ? { ok: false, expected: 'exactly true, or false' } : value;
}

function fieldValue(
  env: Environment,
  family: ProviderFamily,
  prefix: string,
  field: ProviderField,
): Found | undefined {
  const name = `${prefix}${field.name.toUpperCase()}`;
  if (field.type === 'userinfo_list') return userinfo(env, prefix);
  if (field.type === 'string_map') {
    const map = mapByPrefix(env, `${name}_`);
    return Object.keys(map).length === 0 ? undefined : { variable: name, value: fromData('string_map', map) };
  }
  const text = variable(env, name);
  if (text === undefined) return undefined;
  if (field.type === 'string_list') return { variable: name, value: list(family, text) };
  if (field.type === 'bool') return { variable: name, value: flag(text) };
  return { variable: name, value: fromText(field.type, text) };
}

/** Ids in variables are upper case with underscores; content OAuth ids keep their underscores, the others use dashes. */
function idOf(family: ProviderFamily, written: string): string {
  const lower = written.toLowerCase();
  return family.kind === 'content_oauth' ? lower : lower.replaceAll('_', '-');
}

/** Providers that variables define: those whose `<PREFIX><ID>_ENABLED` is exactly `true`. */
export function readEnvironmentProviders(env: Environment): EnvironmentProviders {
  const values: LayerValue[] = [];
  const entries = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const names = Object.keys(env).sort();
  for (const family of providerFamilies) {
    const enabled = new RegExp(`^${family.envPrefix}(.+)_ENABLED$`);
    for (const name of names) {
      const written = enabled.exec(name)?.[1];
      if (written === undefined || env[name] !== 'true') continue;
      const id = idOf(family, written);
      if (!family.idPattern.test(id)) {
        diagnostics.push({
          code: 'config/invalid-variable',
          severity: 'error',
          message: `${name} names a provider that cannot be: an id holds lower-case letters, digits and separators`,
          variable: name,
          key: family.path,
        });
        continue;
      }
      entries.set(providerEntry(family, id), name);
      for (const field of family.fields) {
        const found = fieldValue(env, family, `${family.envPrefix}${written}_`, field);
        if (!found) continue;
        const key = keyOfProviderField(family, id, field);
        if (!found.value.ok) diagnostics.push(invalidVariable(found.variable, key, found.value.expected));
        else {
          values.push({
            key,
            text: found.value.text,
            written: { layer: 'environment', variable: found.variable },
          });
        }
      }
    }
  }
  return { values, entries, diagnostics };
}
