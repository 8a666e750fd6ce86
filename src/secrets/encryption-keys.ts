import type { SecretValue } from '../values/secret-value.js';
import type { SecretHome } from './key-home.js';
import type { Secrets } from './resolver.js';

/** What the provider holds under the well-known names, as it stands there: the format is checked by the reader. */
export interface EncryptionKeyTexts {
  readonly current?: SecretValue;
  readonly previous?: SecretValue;
  readonly contextId?: SecretValue;
}

/** Where the provider keeps the keys, for whoever has to put one there. */
export interface EncryptionKeyHome {
  readonly current: SecretHome;
  readonly previous: SecretHome;
}

/**
 * Asks the provider for the keys of the settings table. A name that it does not hold is left out.
 * @throws ToolError `secrets/unresolved` when the provider could not say whether it holds one: going on without
 *   the key would store secrets as plain text.
 */
export async function loadEncryptionKeys(
  secrets: Pick<Secrets, 'lookup' | 'homeOf'>,
): Promise<EncryptionKeyTexts & { readonly home: EncryptionKeyHome }> {
  const [current, previous, contextId] = await Promise.all([
    secrets.lookup('settings_encryption_key'),
    secrets.lookup('settings_encryption_previous_key'),
    secrets.lookup('settings_encryption_context_id'),
  ]);
  return {
    ...(current === undefined ? {} : { current }),
    ...(previous === undefined ? {} : { previous }),
    ...(contextId === undefined ? {} : { contextId }),
    home: {
      current: await secrets.homeOf('settings_encryption_key'),
      previous: await secrets.homeOf('settings_encryption_previous_key'),
    },
  };
}
