export { administratorFields, subjectTypes, type AdministratorField } from './administrators.js';
export { databaseKeyType, isSecretKey } from './keys.js';
export {
  findLegacyBlock,
  findLegacyPath,
  legacyPaths,
  type LegacyPath,
  type LegacyPathMatch,
} from './legacy-names.js';
export {
  composedUrlVariables,
  engineVariable,
  findLegacyVariable,
  formerVariables,
  herokuVariables,
  type LegacyVariable,
} from './legacy-variables.js';
export { checkLimits } from './limits.js';
export {
  lookupPath,
  nearestDatabaseKey,
  providerFieldOf,
  settingByDatabaseKey,
  settingByEnv,
  settingByPath,
  type PathMatch,
  type ProviderFieldMatch,
  type SettingMatch,
} from './lookup.js';
export { nearestOf } from './nearest.js';
export { providerFamilies, seedSet, settings, type DeclaredSetting, type SeedRow } from './settings.js';
export type {
  Category,
  DatabaseType,
  Limits,
  ProviderFamily,
  ProviderField,
  ProviderKind,
  Server18Source,
  Setting,
  SettingType,
} from './types.js';
