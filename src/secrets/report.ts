import { createFingerprint, type Fingerprint } from './fingerprint.js';
import type { ConfiguredReference } from './configured.js';
import type { SecretFault } from './fault.js';
import { displayReference, parseReference } from '../config/reference.js';
import type { Secrets } from './resolver.js';
import type { SecretOrigin, SecretResult } from './source.js';

/** What became of one reference, without its value. */
export interface ReferenceReport {
  readonly key: string;
  readonly origin: SecretOrigin;
  /** As it may be printed. */
  readonly reference: string;
  /** Who answers it: the configured provider, `variable` or `file`; undefined for a malformed reference. */
  readonly provider: string | undefined;
  /** `default`: the reference's own default was taken. `absent`: there is nothing, and that is allowed. */
  readonly state: 'resolved' | 'default' | 'absent' | 'failed' | 'overridden';
  /** Number of characters. */
  readonly length: number | undefined;
  readonly fingerprint: string | undefined;
  /** The variable that the server takes in its place. */
  readonly overriddenBy: string | undefined;
  readonly fault: SecretFault | undefined;
}

function answererOf(text: string, secrets: Pick<Secrets, 'provider'>): string | undefined {
  switch (parseReference(text)?.kind) {
    case 'vault':
      return secrets.provider;
    case 'env':
      return 'variable';
    case 'file':
      return 'file';
    case 'malformed':
    case undefined:
      return undefined;
  }
}

function outcome(result: SecretResult | undefined, fingerprint: Fingerprint) {
  const none = { length: undefined, fingerprint: undefined, fault: undefined };
  switch (result?.state) {
    case undefined:
      return { ...none, state: 'overridden' as const };
    case 'absent':
      return { ...none, state: result.state };
    case 'failed':
      return { ...none, state: result.state, fault: result.fault };
    case 'inline':
    case 'resolved':
    case 'default':
      return {
        state: result.state === 'default' ? ('default' as const) : ('resolved' as const),
        length: [...result.value.reveal()].length,
        fingerprint: fingerprint(result.value),
        fault: undefined,
      };
  }
}

/**
 * Resolves every reference that is in use and tells what became of each, in their order. A reference that a variable
 * overrides is not asked for: whether it works makes no difference to the server.
 */
export async function reportReferences(
  references: readonly ConfiguredReference[],
  secrets: Secrets,
  fingerprint: Fingerprint = createFingerprint(),
): Promise<{ readonly reports: readonly ReferenceReport[]; readonly results: readonly SecretResult[] }> {
  const used = references.filter(({ overriddenBy }) => overriddenBy === undefined);
  const results = await secrets.tryResolve(used.map(({ source }) => source));
  const bySource = new Map(results.map((result) => [result.source, result]));
  const reports = references.map(({ source, overriddenBy }) => ({
    key: source.key,
    origin: source.origin,
    reference: displayReference(source.text),
    provider: answererOf(source.text, secrets),
    ...outcome(bySource.get(source), fingerprint),
    overriddenBy,
  }));
  return { reports, results };
}
