import { readEnvironment } from '../../config/environment.js';
import { isSteering } from '../../redact/escape.js';
import { escapeControls } from '../../redact/index.js';
import { shellText } from '../../secrets/environment-formats.js';
import { settingByDatabaseKey, type ProviderFieldMatch } from '../../registry/index.js';
import type { ExportEntry, SettingsExport } from './format.js';

/** Variables by name. */
type Variables = Readonly<Record<string, string>>;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function joined(text: string, separator: string): string {
  const items = jsonOf(text);
  return Array.isArray(items) ? items.join(separator) : text;
}

function mapVariables(prefix: string, map: unknown): [string, string][] {
  if (typeof map !== 'object' || map === null) return [];
  return Object.entries(map).map(([name, value]) => [`${prefix}${name.toUpperCase()}`, String(value)]);
}

const userinfoStems = ['USERINFO', 'USERINFO_SECONDARY', 'USERINFO_ADDITIONAL'];

function userinfoVariables(prefix: string, text: string): [string, string][] {
  const endpoints = jsonOf(text);
  if (!Array.isArray(endpoints) || endpoints.length > userinfoStems.length) return [];
  return (endpoints as { url: string; claims?: unknown }[]).flatMap(({ url, claims }, index) => {
    const stem = `${prefix}${userinfoStems[index] ?? ''}`;
    return [[`${stem}_URL`, url] as [string, string], ...mapVariables(`${stem}_CLAIMS_`, claims)];
  });
}

function providerVariables({ family, id, field }: ProviderFieldMatch, text: string): [string, string][] {
  const prefix = `${family.envPrefix}${id.toUpperCase().replaceAll('-', '_')}_`;
  const name = `${prefix}${field.name.toUpperCase()}`;
  if (field.type === 'userinfo_list') return userinfoVariables(prefix, text);
  if (field.type === 'string_map') return mapVariables(`${name}_`, jsonOf(text));
  // Scopes of content providers are separated by spaces, all else by commas.
  const separator = family.kind === 'content_oauth' ? ' ' : ',';
  return [[name, field.type === 'string_list' ? joined(text, separator) : text]];
}

function variablesOf(key: string, text: string): [string, string][] {
  const found = settingByDatabaseKey(key);
  if (found?.kind === 'provider-field') return providerVariables(found, text);
  const name = found?.setting.env;
  if (!name) return [];
  return [[name, found.setting.type === 'string_list' ? joined(text, ',') : text]];
}

/** True when a server reads exactly this value from the variables. A provider's field needs the provider enabled. */
function readsBack(key: string, text: string, own: Variables): boolean {
  const found = settingByDatabaseKey(key);
  const enabled =
    found?.kind === 'provider-field'
      ? { [`${found.family.envPrefix}${found.id.toUpperCase().replaceAll('-', '_')}_ENABLED`]: 'true' }
      : {};
  return readEnvironment({ ...own, ...enabled }).values.get(key)?.text === text;
}

/** In single quotes where a shell would take the text apart. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : shellText(text);
}

/** Readers of env files go line by line, without quotes: the second line of a value would be a variable of its own. */
const ofSeveralLines = /[\n\r\u2028\u2029]/;
/** The names of a map's entries are anybody's. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function linesOf({ key, value }: ExportEntry): string[] {
  const comment = (text: string): string[] => [`# ${escapeControls(key)}: ${text}`];
  if (value.kind !== 'plain') return comment('a secret; export it with --secrets reveal');
  const pairs = variablesOf(key, value.text);
  const own = Object.fromEntries(pairs);
  // `enabled` of a provider that is off: a server reads such a provider as not there, which is what it is.
  const off = /\.enabled$/.test(key) && value.text === 'false';
  const named = pairs.every(([name]) => variableName.test(name));
  if (pairs.length === 0 || !named || !(off || readsBack(key, value.text, own))) {
    return comment('no variable can carry it');
  }
  if (pairs.some(([, text]) => ofSeveralLines.test(text))) {
    return comment('it has several lines, which an env file cannot carry; --format yaml and json can');
  }
  // Docker knows no escape, and takes what a shell makes a character of for text.
  if (pairs.some(([, text]) => isSteering(text))) {
    return comment('it has control characters, which an env file cannot carry; --format yaml and json can');
  }
  return pairs.map(([name, text]) => `${name}=${quoted(text)}`);
}

/**
 * The export as variables for a shell or an env file. Variables carry values only: origin and times stay behind. What
 * no variable can carry stands there as a comment, so that nothing is left out silently.
 */
export function writeEnvironmentExport(document: SettingsExport): string {
  const heading = '# Settings of a TMI server as variables. A variable outranks a row that nobody set.';
  return `${[heading, ...document.entries.flatMap(linesOf)].join('\n')}\n`;
}
