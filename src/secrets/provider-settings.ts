import type { SecretValue } from '../values/secret-value.js';
import { SecretFault } from './fault.js';

/** The resolved `secrets` block: `provider`, `vault_address` and so on. Empty values count as not set. */
export class ProviderSettings {
  readonly #values: ReadonlyMap<string, SecretValue>;

  constructor(values: ReadonlyMap<string, SecretValue>) {
    this.#values = values;
  }

  get(name: string): string | undefined {
    const text = this.#values.get(name)?.reveal().trim();
    return text === '' ? undefined : text;
  }

  /** @throws SecretFault `secrets/provider-not-configured` when it is not set. */
  require(name: string): string {
    const text = this.get(name);
    if (text !== undefined) return text;
    throw new SecretFault(
      'secrets/provider-not-configured',
      `the provider needs secrets.${name}, which is not set`,
      {
        hint: `Set secrets.${name} in the file, or the variable TMI_${name.toUpperCase()}.`,
      },
    );
  }
}
