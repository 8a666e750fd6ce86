import type { Rule } from '../rule.js';
import { addressUnfit } from './address-unfit.js';
import { alertingIncomplete } from './alerting-incomplete.js';
import { baseUrlMissing } from './base-url-missing.js';
import { buildModeUnknown } from './build-mode-unknown.js';
import { chunkOverlap } from './chunk-overlap.js';
import { contentSourceIncomplete } from './content-source-incomplete.js';
import { contentTokenKey } from './content-token-key.js';
import { cookieInsecure } from './cookie-insecure.js';
import { corsInsecure } from './cors-insecure.js';
import { corsOriginInvalid } from './cors-origin-invalid.js';
import { corsWildcard } from './cors-wildcard.js';
import { databaseSqlite } from './database-sqlite.js';
import { databaseTlsOff } from './database-tls-off.js';
import { databaseUrlEncoding } from './database-url-encoding.js';
import { databaseUrlInvalid } from './database-url-invalid.js';
import { drift } from './drift.js';
import { earlierName } from './earlier-name.js';
import { earlierVariable } from './earlier-variable.js';
import { extractedTextKept } from './extracted-text-kept.js';
import { extractorContradiction } from './extractor-contradiction.js';
import { firstUserPromoted } from './first-user-promoted.js';
import { herokuDatabaseUrl } from './heroku-database-url.js';
import { herokuPort } from './heroku-port.js';
import { inlineSecret } from './inline-secret.js';
import { invalidValue } from './invalid-value.js';
import { invalidVariable } from './invalid-variable.js';
import { jwtKeyFiles } from './jwt-key-files.js';
import { jwtSecretDefault } from './jwt-secret-default.js';
import { jwtSecretGuessable } from './jwt-secret-guessable.js';
import { jwtSecretReused } from './jwt-secret-reused.js';
import { jwtSecretShort } from './jwt-secret-short.js';
import { loggingBodies } from './logging-bodies.js';
import { loggingDebug } from './logging-debug.js';
import { loggingDev } from './logging-dev.js';
import { loggingTokens } from './logging-tokens.js';
import { notABlock } from './not-a-block.js';
import { numberOutOfRange } from './number-out-of-range.js';
import { obsoleteKey } from './obsolete-key.js';
import { maskValue } from './mask-value.js';
import { placeholderValue } from './placeholder-value.js';
import { poolContradiction } from './pool-contradiction.js';
import { providerId } from './provider-id.js';
import { providerIncomplete } from './provider-incomplete.js';
import { providerOverridden } from './provider-overridden.js';
import { providerSubjectClaim } from './provider-subject-claim.js';
import { providerVariableInexact } from './provider-variable-inexact.js';
import { rateLimitingOff } from './rate-limiting-off.js';
import { redisIncomplete } from './redis-incomplete.js';
import { redisNoPassword } from './redis-no-password.js';
import { redisUrlAndParts } from './redis-url-and-parts.js';
import { redisUrlInvalid } from './redis-url-invalid.js';
import { referenceMalformed } from './reference-malformed.js';
import { referenceMisspelt } from './reference-misspelt.js';
import { referenceNotResolved } from './reference-not-resolved.js';
import { requiredSetting } from './required-setting.js';
import { samlSwitchedOff } from './saml-switched-off.js';
import { secretsOverHttp } from './secrets-over-http.js';
import { secretsProviderUnsupported } from './secrets-provider-unsupported.js';
import { interfaceImpossible } from './interface-impossible.js';
import { redisDatabaseNumber } from './redis-database-number.js';
import { secretsProviderIncomplete } from './secrets-provider-incomplete.js';
import { sessionContradiction } from './session-contradiction.js';
import { timeoutOutOfRange } from './timeout-out-of-range.js';
import { timmyIncomplete } from './timmy-incomplete.js';
import { tlsFilesMissing } from './tls-files-missing.js';
import { tlsNameMissing } from './tls-name-missing.js';
import { tlsOff } from './tls-off.js';
import { tlsRedirectOff } from './tls-redirect-off.js';
import { trustedProxyEveryone } from './trusted-proxy-everyone.js';
import { trustedProxyInvalid } from './trusted-proxy-invalid.js';
import { unknownKey } from './unknown-key.js';
import { strayCharacters } from './stray-characters.js';
import { unknownVariable } from './unknown-variable.js';
import { urlInvalid } from './url-invalid.js';
import { variableOverridesFile } from './variable-overrides-file.js';
import { vaultInSecretsBlock } from './vault-in-secrets-block.js';
import { walletUnused } from './wallet-unused.js';
import { webhooksOverHttp } from './webhooks-over-http.js';
import { goUrlRules } from './go-urls.js';
import { environmentRules } from './environment.js';
import { rowRules } from './rows.js';
import { secretsRules } from './secrets.js';
import { syntaxRules } from './syntax.js';
import { workerRules } from './worker.js';

/** The one list of rules that need nothing but the configuration, in the order of the documentation. */
export const offlineRules: readonly Rule[] = [
  ...syntaxRules,
  invalidValue,
  invalidVariable,
  unknownKey,
  unknownVariable,
  strayCharacters,
  earlierName,
  earlierVariable,
  obsoleteKey,
  notABlock,
  providerId,
  requiredSetting,
  buildModeUnknown,
  drift,
  vaultInSecretsBlock,
  referenceMalformed,
  referenceMisspelt,
  referenceNotResolved,
  placeholderValue,
  maskValue,
  secretsOverHttp,
  secretsProviderIncomplete,
  secretsProviderUnsupported,
  inlineSecret,
  jwtSecretDefault,
  jwtSecretShort,
  jwtSecretGuessable,
  jwtSecretReused,
  jwtKeyFiles,
  interfaceImpossible,
  tlsFilesMissing,
  tlsOff,
  tlsRedirectOff,
  tlsNameMissing,
  baseUrlMissing,
  urlInvalid,
  addressUnfit,
  trustedProxyInvalid,
  trustedProxyEveryone,
  timeoutOutOfRange,
  numberOutOfRange,
  rateLimitingOff,
  corsWildcard,
  corsOriginInvalid,
  corsInsecure,
  databaseUrlInvalid,
  databaseUrlEncoding,
  ...goUrlRules,
  databaseSqlite,
  databaseTlsOff,
  walletUnused,
  poolContradiction,
  redisIncomplete,
  redisUrlInvalid,
  redisDatabaseNumber,
  redisNoPassword,
  redisUrlAndParts,
  loggingDev,
  loggingDebug,
  loggingBodies,
  loggingTokens,
  cookieInsecure,
  firstUserPromoted,
  sessionContradiction,
  webhooksOverHttp,
  alertingIncomplete,
  providerIncomplete,
  providerSubjectClaim,
  providerVariableInexact,
  providerOverridden,
  samlSwitchedOff,
  contentTokenKey,
  contentSourceIncomplete,
  timmyIncomplete,
  extractedTextKept,
  chunkOverlap,
  extractorContradiction,
  herokuDatabaseUrl,
  herokuPort,
  variableOverridesFile,
];

/** Everything that can be found out about a server. */
export const serverRules: readonly Rule[] = [
  ...offlineRules,
  ...secretsRules,
  ...environmentRules,
  ...rowRules,
];

export { workerRules };

/** Every rule there is. */
export const allRules: readonly Rule[] = [...serverRules, ...workerRules];
