export { assertHistoryMayGo, type HistoryAtRisk } from './history.js';
export { compareBackup, type TableComparison } from './compare.js';
export { backupKey } from './encryption-1.js';
export { backupBytes, readBackupFile, writeBackupFile, type BackupFileResult } from './file.js';
export type { BackupScope } from './format.js';
export type { OnProgress, Progress } from './progress.js';
export {
  parseIdentities,
  parsePassphrase,
  parseRecipients,
  type BackupKeys,
  type Encryption,
} from './recipients.js';
export { rehearseRestore } from './rehearse.js';
export { restoreBackup, type RestorePlan, type RestoreStep } from './restore.js';
export { serverTables, type TableSelection } from './select-tables.js';
export { spool, type Spool } from './spool.js';
export { verifyBackup, type VerifiedBackup } from './verify.js';
export { writeBackup, type BackupRequest, type BackupSummary } from './write.js';
export { performReset, planReset, type ResetPlan } from './reset.js';
export { resetScopes, type ResetScope } from './reset-scope.js';
export { assertLastingDisk, checkResetGates, PROHIBIT_RESET } from './reset-gates.js';
