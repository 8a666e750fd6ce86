import { providerEntry } from '../config/setting-key.js';
import { providerFamilies, type ProviderFamily } from '../registry/index.js';
import { entryOverriddenBy, type WrittenLayers } from '../config/written.js';
import type { Place } from './finding.js';
import type { Value } from './value.js';

/** One login or content provider, as the server sees it: variables that define it hide the file's entry. */
export interface ProviderView {
  readonly family: ProviderFamily;
  readonly id: string;
  /** `auth.oauth.providers.google` */
  readonly entry: string;
  readonly enabled: boolean;
  /** Where the entry begins. */
  readonly place: Place;
  /** A field's value when it is not empty. */
  readonly field: (name: string) => Value | undefined;
}

/** The fields that an enabled provider lacks; of alternatives, all names in one text. */
export function missingFields(family: ProviderFamily, has: (field: string) => boolean): string[] {
  return family.requiredWhenEnabled
    .map((names) => (typeof names === 'string' ? [names] : names))
    .filter((names) => !names.some(has))
    .map((names) => names.join(' or '));
}

/** What providers are found in. */
interface WrittenSettings {
  readonly layers: WrittenLayers;
  placeOf(key: string): Place;
  written(key: string): Value | undefined;
}

/** Every provider that file and environment name, file first. */
export function providersOf(configuration: WrittenSettings): ProviderView[] {
  const { file, environment } = configuration.layers;
  const entries = new Set([...file.providers, ...environment.providers.keys()]);
  return [...entries].flatMap((entry): ProviderView[] => {
    const family = providerFamilies.find((candidate) => entry.startsWith(`${candidate.path}.`));
    if (!family) return [];
    const id = entry.slice(family.path.length + 1);
    if (!family.idPattern.test(id) || providerEntry(family, id) !== entry) return [];
    const variable = entryOverriddenBy(entry, configuration.layers);
    const place = variable === undefined ? configuration.placeOf(entry) : { variable };
    const field = (name: string): Value | undefined => {
      const value = configuration.written(`${entry}.${name}`);
      return value === undefined || value.text === '' || value.text === '[]' ? undefined : value;
    };
    return [{ family, id, entry, enabled: field('enabled')?.text === 'true', place, field }];
  });
}
