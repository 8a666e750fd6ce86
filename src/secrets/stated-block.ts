import type { Stated } from '../config/stated.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { settings } from '../registry/index.js';
import { sourceOfValue, type SecretSource } from './source.js';

const BLOCK = 'secrets.';

/**
 * The `secrets` block, as `createSecrets` takes it, from what file and environment state. A setting of it that holds
 * something else than it takes is never left out: without it another provider would be asked, or another secret, and
 * what was to be encrypted would be stored as it is.
 * @param stated what is stated for a path
 * @throws ToolError `secrets/provider-not-configured` with a diagnostic for each such setting
 */
export function statedSecretsBlock(stated: (path: string) => Stated): Record<string, SecretSource> {
  const block: Record<string, SecretSource> = {};
  const diagnostics: Diagnostic[] = [];
  for (const { path } of settings) {
    if (!path?.startsWith(BLOCK)) continue;
    const found = stated(path);
    if (found.kind === 'invalid') {
      diagnostics.push({ ...found.diagnostic, code: 'secrets/provider-not-configured' });
    } else if (found.kind === 'value' && found.value.text !== '') {
      block[path.slice(BLOCK.length)] = sourceOfValue(found.value);
    }
  }
  // A block that is none is one fault, however many settings it should hold.
  const faults = diagnostics.filter(
    ({ message }, index) => diagnostics.findIndex((other) => other.message === message) === index,
  );
  if (faults.length === 0) return block;
  throw new ToolError('secrets/provider-not-configured', 'It is not clear which secrets provider is meant', {
    diagnostics: faults,
  });
}
