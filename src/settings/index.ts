export { connectDatabase, type Database, type DatabaseSession } from '../database/index.js';
export { changeSettings, type ChangeRequest } from './change.js';
export { SettingsCipher, type CipherKeys } from './cipher.js';
export { decodeRows, type DecodedRow, type DecodedRows } from './decode.js';
export type { PlanContext } from './draft.js';
export { effectiveConfig, type EffectiveInputs, type EffectiveSetting } from './effective.js';
export { explainSettings, type ExplainInputs, type Explanation } from './explain.js';
export type { RowChange, SettingsPlan } from './plan.js';
export {
  effectiveValue,
  serverModels,
  type Candidates,
  type Circumstances,
  type ServerModel,
  type Winner,
} from '../config/precedence.js';
export type { RowWrite, StoredRow } from './row.js';
export { planSeed, type SeedOptions } from './seed.js';
export { planSet, planUnset, type Assignment, type SetOptions } from './set.js';
export { createSettingsTable, readSettings, type SettingsTable } from './store.js';
