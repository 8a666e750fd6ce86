import type { Severity } from '../errors/index.js';
import type { Configuration } from './configuration.js';

/**
 * How grave it is when a Go server 1.8 does not take something that other servers take: an error when that server is
 * the one that reads the file, a warning while nobody has said which one does, undefined when it is another.
 */
export function severityForGoServer({ options: { server } }: Configuration): Severity | undefined {
  if (server === 'documented') return undefined;
  return server === '1.8' ? 'error' : 'warning';
}

/** For what keeps other servers from starting, and what a Go server 1.8 starts with all the same. */
export function softerForGoServer({ options: { server } }: Configuration): { readonly severity?: 'warning' } {
  return server === '1.8' ? { severity: 'warning' } : {};
}
