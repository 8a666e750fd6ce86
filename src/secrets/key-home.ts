import { variable } from '../config/variable.js';
import type { Environment } from './local.js';
import type { SecretProvider } from './providers/contract.js';

/** Where the provider that was chosen keeps a secret of a well-known name. Safe to print. */
export interface SecretHome {
  /** The variable, or key, service and document: `settings_encryption_key in Vault at … under secret/tmi`. */
  readonly place: string;
  /** Variables that look as if they held the secret, are set, and are not read. */
  readonly ignored: readonly string[];
}

/** The variable in which the env provider finds a name. */
export function secretVariable(name: string): string {
  return `TMI_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** The place where a name belongs: the first in which it is looked for. */
function placeOf(provider: Pick<SecretProvider, 'name' | 'describe' | 'locate'>, name: string): string {
  const [{ document, key }] = provider.locate(name);
  if (provider.name === 'env') return document;
  return key === undefined
    ? `the secret ${document} in ${provider.describe()}`
    : `${key} in ${provider.describe()} under ${document}`;
}

/** Says where a name belongs, and which variables somebody may have taken for that place. */
export function secretHome(
  provider: Pick<SecretProvider, 'name' | 'describe' | 'locate'>,
  name: string,
  environment: Environment,
): SecretHome {
  const place = placeOf(provider, name);
  const upper = name.toUpperCase();
  const alike = [secretVariable(name), `TMI_${upper}`, upper];
  const ignored = alike.filter((other) => other !== place && variable(environment, other) !== undefined);
  return { place, ignored };
}
