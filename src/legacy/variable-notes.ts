import { variable, type Environment } from '../config/variable.js';
import {
  composedUrlVariables,
  findLegacyVariable,
  nearestOf,
  providerFamilies,
  settingByEnv,
  settings,
  type ProviderFamily,
} from '../registry/index.js';

/** What TMI's other parts, its secrets and this tool read; none of it is a setting. */
const otherPrefixes = ['TMI_SECRET_', 'TMI_ADMIN_', 'TMI_WORKER_', 'TMI_DBTOOL_', 'TMI_TEST_'];
const ENABLED = 'ENABLED';

function isKnown(name: string): boolean {
  return (
    settingByEnv(name) !== undefined ||
    findLegacyVariable(name) !== undefined ||
    otherPrefixes.some((prefix) => name.startsWith(prefix)) ||
    Object.values(composedUrlVariables).some((parts) => Object.values(parts).flat().includes(name))
  );
}

/** Segments of variables are compared as those of dotted names are. */
function nearestVariable(name: string): string | undefined {
  const dotted = (text: string): string => text.replaceAll('_', '.');
  const known = new Map(settings.flatMap(({ env }) => (env === null ? [] : [[dotted(env), env] as const])));
  const nearest = nearestOf(dotted(name), [...known.keys()]);
  return nearest === undefined ? undefined : known.get(nearest);
}

/** The ends that a provider's variables have, as alternatives of a regular expression. */
function fieldEnds(family: ProviderFamily): string {
  const ends = family.fields.flatMap(({ name, type }) => {
    const end = name.toUpperCase();
    if (type === 'string_map') return [`${end}_.+`];
    if (type !== 'userinfo_list') return [end];
    return [`${end}(?:_SECONDARY|_ADDITIONAL)?_(?:URL|CLAIMS_.+)`];
  });
  return ends.join('|');
}

function notEnabled(env: Environment, family: ProviderFamily, names: readonly string[]): string[] {
  const field = new RegExp(`^${family.envPrefix}(.+?)_(?:${fieldEnds(family)})$`);
  const providers = new Set(names.flatMap((name) => field.exec(name)?.[1] ?? []));
  return [...providers].flatMap((id) => {
    const stem = `${family.envPrefix}${id}_`;
    const enabled = variable(env, `${stem}${ENABLED}`);
    if (enabled === 'true') return [];
    const isOn = enabled?.toLowerCase() === 'true' || enabled === '1';
    const why =
      enabled === undefined
        ? `there is no ${stem}${ENABLED}`
        : isOn
          ? `${stem}${ENABLED} must be exactly true`
          : `${stem}${ENABLED} is not true`;
    const shown = id.toLowerCase();
    return [`provider ${shown} is not enabled by its variables (${why}): ${stem}* stay where they are.`];
  });
}

/** Variables of enabled providers, and of others, whose end is no field. */
function withoutField(family: ProviderFamily, names: readonly string[]): string[] {
  const field = new RegExp(`_(?:${fieldEnds(family)})$`);
  return names.filter((name) => !field.test(name));
}

/**
 * Variables that an import of the environment passes over, since no setting is theirs or their provider is not
 * enabled. The notes name variables and never their values.
 */
export function passedOverNotes(env: Environment): string[] {
  const names = Object.keys(env)
    .filter((name) => variable(env, name) !== undefined)
    .sort();
  const notes: string[] = [];
  const ofProviders = new Set<string>();
  const unknown: string[] = [];
  for (const family of providerFamilies) {
    const own = names.filter((name) => name.startsWith(family.envPrefix));
    for (const name of own) ofProviders.add(name);
    notes.push(...notEnabled(env, family, own));
    unknown.push(...withoutField(family, own));
  }
  unknown.push(
    ...names.filter((name) => name.startsWith('TMI_') && !ofProviders.has(name) && !isKnown(name)),
  );
  for (const name of unknown) {
    const nearest = ofProviders.has(name) ? undefined : nearestVariable(name);
    const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    notes.push(`${name} is set but no setting is read from it.${meant}`);
  }
  return notes;
}
