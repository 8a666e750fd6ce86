export { defaultTimeouts, type SecretTimeouts } from './attempts.js';
export {
  configuredReferences,
  inlineSecretSources,
  readConfigured,
  type Configured,
  type ConfiguredReference,
} from './configured.js';
export {
  configuredEnvironment,
  resolveEnvironment,
  type EffectiveEnvironment,
  type EffectiveVariable,
} from './effective-environment.js';
export { loadEncryptionKeys, type EncryptionKeyHome, type EncryptionKeyTexts } from './encryption-keys.js';
export { secretHome, secretVariable, type SecretHome } from './key-home.js';
export { environmentFormats, formatEnvironment, type EnvironmentFormat } from './environment-formats.js';
export { faultOrder, type SecretFault, type SecretFaultCode } from './fault.js';
export { createFingerprint, type Fingerprint } from './fingerprint.js';
export { inlineSecrets, type Advice, type InlineSecret } from './inventory.js';
export { applyLift, planLift, type LiftEntry, type LiftPlan, type LiftResult } from './lift.js';
export type { ProviderName } from './providers/contract.js';
export { providerNames } from './providers/index.js';
export {
  displayReference,
  formatVaultReference,
  isReference,
  parseReference,
  suspiciousScheme,
  type MalformedReference,
  type Reference,
} from '../config/reference.js';
export { replaceValues } from './replace-values.js';
export { reportReferences, type ReferenceReport } from './report.js';
export { createSecrets, type Secrets, type SecretsInput } from './resolver.js';
export {
  faultDiagnostic,
  schemeWarnings,
  sourceOfValue,
  type SecretOrigin,
  type SecretResult,
  type SecretSource,
} from './source.js';
export { statedSecretsBlock } from './stated-block.js';
