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

/**
 * What is to be known about a write before it is done. `new-document`: the document is made. `over-deleted`: its
 * current version is deleted, and a new one is put over it. `no-check-and-set`: the store cannot refuse a write that
 * is based on an older version.
 */
export type WriteNote = 'new-document' | 'over-deleted' | 'no-check-and-set';

export interface WriteTarget {
  /** The reference that gives the value once it is written. */
  readonly reference: string;
  readonly notes: readonly WriteNote[];
}

export interface WriteRequest {
  readonly path: string;
  readonly value: SecretValue;
  /** False: another value that stands there by now is not replaced. */
  readonly replace: boolean;
}

/** How a provider is written. */
export interface SecretWriter {
  /** Looks at the place where a path would be written; nothing is written. @throws SecretFault */
  target(path: string, signal: AbortSignal): Promise<WriteTarget>;
  /**
   * Stores a value under a path and keeps what else the document holds, in one attempt. A value that is there already
   * is not written again. Resolves with the reference that now gives the value.
   * @throws SecretFault
   */
  write(request: WriteRequest, signal: AbortSignal): Promise<string>;
}

export interface SecretProvider {
  readonly name: ProviderName;
  /** Where secrets come from, in a few words that may be printed: `AWS Secrets Manager in eu-central-1`. */
  describe(): string;
  /** Where to look for a path, in order. Never empty. */
  locate(path: string): readonly [Candidate, ...Candidate[]];
  /**
   * Fetches one document, in one attempt: retries, backoff and deadlines are the caller's work.
   * @throws SecretFault with the reason of the failure; never a vendor's own error.
   */
  fetch(address: DocumentAddress, signal: AbortSignal): Promise<SecretDocument>;
  /**
   * Fetches the current versions of many documents in one request, where the service has one for that. What the answer
   * does not hold is asked for by `fetch`, which finds out why; so it is when this rejects.
   */
  readonly many?: {
    /** Most documents of one request. */
    readonly size: number;
    fetch(documents: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, SecretDocument>>;
  };
  /** Absent where a provider cannot be written. */
  readonly writer?: SecretWriter;
  /** Drops what it remembers about the store, so that what was written is read back without the write's assumptions. */
  forget?(): void;
  /** Gives back what it got from the store, such as a login, and frees connections, so that the process can end. */
  close?(): void | Promise<void>;
}

export interface ProviderInput {
  /** The `secrets` block, resolved. */
  readonly settings: ProviderSettings;
  readonly environment: Environment;
  readonly readFile: ReadFile;
  /** Requests may go over plain http beyond this machine. */
  readonly allowPlainHttp: boolean;
}

/** @throws SecretFault when settings, the vendor's package or credentials are missing. */
export type CreateProvider = (input: ProviderInput) => Promise<SecretProvider>;
