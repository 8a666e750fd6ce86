import { listOfVariable, variable, type Environment } from '../config/variable.js';
import type { SettingKey } from '../config/setting-key.js';
import { objectionTo } from '../config/checks.js';
import { composedUrlVariables, formerVariables, providerFamilies } from '../registry/index.js';
import { fromText } from '../values/index.js';

/** Texts of variables that servers of earlier releases read and servers of today do not, by name. */
export type OlderVariables = ReadonlyMap<string, string>;

/** What such a variable said for a setting. */
export interface OlderValue {
  readonly variable: string;
  /** Normal form where the text is valid, else as it is. */
  readonly text: string;
  readonly isValid: boolean;
}

const oauth = providerFamilies.find(({ kind }) => kind === 'oauth');
/** Fields that variables of earlier releases set one by one, also without `_ENABLED=true`. */
export const olderProviderFields: readonly string[] = ['client_id', 'client_secret', 'enabled'];
const ofProvider = new RegExp(
  `^${oauth?.envPrefix ?? ''}.+_(?:${olderProviderFields.join('|').toUpperCase()})$`,
);

/** The parts of `database.postgres` with the variables that went over each. */
export const addressVariables: readonly (readonly [part: string, names: readonly string[]])[] =
  Object.entries({ ...composedUrlVariables['postgres'] }).map(([part, names]) => [
    part,
    part === 'sslmode' ? ['POSTGRES_SSLMODE', ...names] : names,
  ]);

const namesOfSettings = [
  ...Object.values(formerVariables).flat(),
  ...addressVariables.flatMap(([, names]) => names),
];

/** The variables under older names that are set. An empty one counts as not set. */
export function olderVariablesOf(env: Environment): OlderVariables {
  const names = [...namesOfSettings, ...Object.keys(env).filter((name) => ofProvider.test(name))];
  return new Map(
    names.flatMap((name) => {
      const text = variable(env, name);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

function namesOf({ path, provider }: SettingKey): readonly string[] {
  if (!provider) return formerVariables[path] ?? [];
  const { family, id, field } = provider;
  if (family.kind !== 'oauth' || !olderProviderFields.includes(field.name)) return [];
  return [`${family.envPrefix}${id.toUpperCase().replaceAll('-', '_')}_${field.name.toUpperCase()}`];
}

/** What the variables under older names said for a setting: of several the first. */
export function olderValueOf(key: SettingKey, older: OlderVariables): OlderValue | undefined {
  const name = namesOf(key).find((one) => older.has(one));
  const written = name === undefined ? undefined : older.get(name);
  if (name === undefined || written === undefined) return undefined;
  const value = key.type === 'string_list' ? listOfVariable(written) : fromText(key.type, written);
  if (!value.ok) return { variable: name, text: written, isValid: false };
  const isValid = objectionTo(key, value.text)?.verdict !== 'refused';
  return { variable: name, text: value.text, isValid };
}
