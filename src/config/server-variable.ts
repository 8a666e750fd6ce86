import {
  composedUrlVariables,
  findLegacyVariable,
  providerFamilies,
  settingByEnv,
} from '../registry/index.js';
import { readEnvironment } from './environment.js';
import type { Environment } from './variable.js';

/** Variables of the tool itself, which no server reads. */
const toolPrefix = 'TMI_DBTOOL_';

/** True for the name of a variable that servers of some release read. */
export function isServerVariable(name: string): boolean {
  if (name.startsWith(toolPrefix)) return false;
  return (
    name.startsWith('TMI_') ||
    name === 'PORT' ||
    settingByEnv(name) !== undefined ||
    providerFamilies.some(({ envPrefix }) => name.startsWith(envPrefix)) ||
    findLegacyVariable(name) !== undefined ||
    Object.values(composedUrlVariables).some((parts) => Object.values(parts).flat().includes(name))
  );
}

/** How many variables of an environment a server takes settings from: one each, and one for each provider. */
export function countServerVariables(environment: Environment): number {
  const { values, providers, administrator, diagnostics } = readEnvironment(environment);
  const names = new Set<string>();
  for (const { written, key } of values.values()) {
    if (written.layer === 'environment' && key.provider === undefined) names.add(written.variable);
  }
  for (const { variable } of diagnostics) if (variable !== undefined) names.add(variable);
  for (const name of providers.values()) names.add(name);
  return names.size + (administrator === undefined ? 0 : 1);
}

/**
 * An environment as the server sees it, for a tool that runs in another one: the server's variables come from
 * `server` alone, whatever this process has of them; the rest, such as the login to a cloud, from both.
 */
export function environmentOfServer(process: Environment, server: ReadonlyMap<string, string>): Environment {
  const own = Object.entries(process).filter(([name]) => !isServerVariable(name));
  return Object.fromEntries([...own, ...server]);
}
