export { deepFreeze } from './deep-freeze.js';
export { formatDuration, parseDuration } from './duration.js';
export { ENVELOPE_PREFIX } from './envelope-prefix.js';
export { toGoJson, type JsonValue } from './go-json.js';
export {
  toNative,
  type Administrator,
  type NativeResult,
  type NativeValue,
  type UserinfoEndpoint,
} from './native.js';
export { fromData, fromRow, fromText, isNormalForm } from './normal-form.js';
export type { Normalised } from './normalised.js';
export { formatBool, formatFloat64, parseBool, parseFloat64, parseInteger } from './scalars.js';
export { SECRET_MASK, SecretValue } from './secret-value.js';
export { shellWord } from './shell-word.js';
export { administratorFieldNames, type AdministratorFieldName } from './structures.js';
export {
  databaseTypeOf,
  databaseTypes,
  isDatabaseType,
  type DatabaseType,
  type SettingType,
} from './types.js';
