import { ToolError, type Diagnostic } from '../errors/index.js';
import { SecretValue } from '../values/secret-value.js';
import { malformedFault, SecretFault } from './fault.js';
import {
  displayReference,
  parseReference,
  type EnvReference,
  type FileReference,
} from '../config/reference.js';
import { faultDiagnostic, type SecretSource } from './source.js';

/**
 * Phase 1: the block that configures the provider cannot ask that provider, so only `env://` and `file://`
 * stand in it. Every fault of the block is reported at once.
 * @throws ToolError `secrets/vault-in-secrets-block` or `secrets/unresolved`.
 */
export async function resolveSecretsBlock(
  block: Readonly<Record<string, SecretSource>>,
  readLocal: (reference: EnvReference | FileReference) => Promise<SecretValue>,
): Promise<Map<string, SecretValue>> {
  const values = new Map<string, SecretValue>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, source] of Object.entries(block)) {
    const outcome = await resolveOne(source, readLocal);
    if (outcome instanceof SecretValue) values.set(name, outcome);
    else diagnostics.push(outcome);
  }
  if (diagnostics.length === 0) return values;
  const code = 'secrets/vault-in-secrets-block';
  if (diagnostics.some((d) => d.code === code)) {
    throw new ToolError(code, 'the secrets block takes env:// and file:// only', { diagnostics });
  }
  throw new ToolError('secrets/unresolved', 'the secrets block could not be resolved', { diagnostics });
}

async function resolveOne(
  source: SecretSource,
  readLocal: (reference: EnvReference | FileReference) => Promise<SecretValue>,
): Promise<SecretValue | Diagnostic> {
  const reference = parseReference(source.text);
  if (!reference) return new SecretValue(source.text);
  if (reference.kind === 'vault' || source.text.startsWith('vault://')) {
    return {
      code: 'secrets/vault-in-secrets-block',
      severity: 'error',
      message: `${displayReference(source.text)}: the secrets block says how to reach the provider, so it cannot be read from the provider`,
      key: source.key,
      ...source.origin,
      hint: 'Use env://NAME or file://PATH here.',
    };
  }
  try {
    if (reference.kind === 'malformed') throw malformedFault(reference);
    return await readLocal(reference);
  } catch (error) {
    if (error instanceof SecretFault) return faultDiagnostic(source, error);
    throw error;
  }
}
