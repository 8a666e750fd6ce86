import { providerEntry } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import { settingByDatabaseKey, type ProviderFamily } from '../registry/index.js';

interface Entry {
  readonly family: ProviderFamily;
  readonly id: string;
}

function entriesOf(keys: Iterable<string>): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const key of keys) {
    const found = settingByDatabaseKey(key);
    if (found?.kind !== 'provider-field') continue;
    entries.set(providerEntry(found.family, found.id), { family: found.family, id: found.id });
  }
  return entries;
}

/** True when some userinfo endpoint names the claim that identifies the user. A list that cannot be read counts. */
function hasSubjectClaim(userinfo: string): boolean {
  try {
    const endpoints = JSON.parse(userinfo) as readonly { readonly claims?: Record<string, unknown> }[];
    return endpoints.some(({ claims }) => Boolean(claims?.['subject_claim']));
  } catch {
    return true;
  }
}

function missingFields({ family, id }: Entry, values: ReadonlyMap<string, string>): string[] {
  const valueOf = (field: string): string | undefined => values.get(`${providerEntry(family, id)}.${field}`);
  const present = (field: string): boolean => !['', '[]', '{}'].includes(valueOf(field) ?? '');
  const missing = family.requiredWhenEnabled.flatMap((needed) => {
    const fields = typeof needed === 'string' ? [needed] : needed;
    return fields.some(present) ? [] : [fields.join(' or ')];
  });
  const userinfo = valueOf('userinfo');
  // With OIDC discovery the ID token says who the user is.
  const needsClaim =
    family.kind === 'oauth' && !present('issuer') && userinfo !== undefined && present('userinfo');
  return needsClaim && !hasSubjectClaim(userinfo) ? [...missing, 'a subject_claim in userinfo'] : missing;
}

function incomplete(entry: string, what: string, missing: readonly string[]): Diagnostic {
  return {
    code: 'settings/incomplete-provider',
    severity: 'error',
    message: `The ${what} would be enabled without ${missing.join(', ')}`,
    key: entry,
    hint: `Set what is missing below ${entry} in the same command, or leave it disabled.`,
  };
}

/** By content source: what it needs in the database when it is enabled. */
export const contentSourceNeeds: Readonly<Record<string, readonly string[]>> = {
  google_drive: ['credentials_file'],
  microsoft: ['tenant_id', 'client_id', 'application_object_id'],
};

function incompleteSources(touched: readonly string[], values: ReadonlyMap<string, string>): Diagnostic[] {
  return Object.entries(contentSourceNeeds).flatMap(([source, names]): Diagnostic[] => {
    const entry = `content_sources.${source}`;
    const concerned = touched.some((key) => key.startsWith(`${entry}.`));
    if (!concerned || values.get(`${entry}.enabled`) !== 'true') return [];
    const missing = names.filter((name) => (values.get(`${entry}.${name}`) ?? '') === '');
    return missing.length === 0 ? [] : [incomplete(entry, `content source ${source}`, missing)];
  });
}

/**
 * Providers and content sources that would be enabled without what servers need, among those that a change touches.
 * @param values the table as it will stand, by key
 */
export function incompleteProviders(
  touched: Iterable<string>,
  values: ReadonlyMap<string, string>,
): Diagnostic[] {
  const keys = [...touched];
  const providers = [...entriesOf(keys)].flatMap(([entry, { family, id }]): Diagnostic[] => {
    if (values.get(`${entry}.enabled`) !== 'true') return [];
    const missing = missingFields({ family, id }, values);
    return missing.length === 0 ? [] : [incomplete(entry, `provider ${id}`, missing)];
  });
  return [...providers, ...incompleteSources(keys, values)];
}
