import type { SecretValue } from '../../values/secret-value.js';
import type { SecretDocument } from '../document.js';
import type { Environment, ReadFile } from '../local.js';
import type { ProviderSettings } from '../provider-settings.js';

export type ProviderName = 'env' | 'aws' | 'azure' | 'gcp' | 'oci' | 'vault';

/** One thing that a provider can fetch in one request. Equal addresses are fetched once. */
export interface DocumentAddress {
  readonly document: string;
  /** As the reference gives it; undefined for the current version. */
  readonly version: string | undefined;
}

/** A place where the value of a path can stand: a whole document, or one key of a document that holds many. */
export interface Candidate {
  readonly document: string;
  readonly key?: string;
}

export interface SecretProvider {
  readonly name: ProviderName;
  /** Where secrets come from, in a few words that may be printed: `AWS Secrets Manager in eu-central-1`. */
  describe(): string;
  /** Where to look for a path, in order. Never empty. */
  locate(path: string): readonly [Candidate, ...Candidate[]];
  /**
   * Fetches one document, in one attempt: retries, backoff and deadlines are the caller's work.
   * @throws SecretFault with the reason from the ladder; never a vendor's own error.
   */
  fetch(address: DocumentAddress, signal: AbortSignal): Promise<SecretDocument>;
  /**
   * Stores a value under a path and keeps what else the document holds. Absent where a provider cannot be
   * written. Resolves with the reference that now gives the value.
   */
  write?(path: string, value: SecretValue, signal: AbortSignal): Promise<string>;
  /** Frees connections, so that the process can end. */
  close?(): void | Promise<void>;
}

export interface ProviderInput {
  /** The `secrets` block, resolved. */
  readonly settings: ProviderSettings;
  readonly environment: Environment;
  readonly readFile: ReadFile;
}

/** @throws SecretFault when settings, the vendor's package or credentials are missing. */
export type CreateProvider = (input: ProviderInput) => Promise<SecretProvider>;
