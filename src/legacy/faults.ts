import { server18ReadsOf, type ServerModel } from '../config/precedence.js';
import type { SettingKey } from '../config/setting-key.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import type { Reading } from './statement.js';
import { keepWhole } from './whole-entries.js';

/** True for a setting that server 1.8 reads from file and variables only: there it stays where it stands. */
export function staysUnder18(key: SettingKey): boolean {
  return key.operational && server18ReadsOf(key) === 'file';
}

/** @throws ToolError `legacy/invalid-values` with everything that no import can store */
export function refuseInvalid(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const count = diagnostics.length === 1 ? 'A value is' : `${diagnostics.length} values are`;
  throw new ToolError('legacy/invalid-values', `${count} not what any server accepts; nothing was written`, {
    diagnostics,
    hint: 'Correct them and run the command again.',
  });
}

/**
 * Decides about the faults that depend on the server: where their keys stay, they are said and left alone, and a provider
 * that cannot move whole stays whole.
 * @throws ToolError `legacy/invalid-values` where they move
 */
export function settleFaults(reading: Reading, server: ServerModel): Reading {
  const { faultsIfMoved } = reading;
  if (server !== '1.8') refuseInvalid(faultsIfMoved.map(({ diagnostic }) => diagnostic));
  return keepWhole({
    ...reading,
    faultsIfMoved: [],
    doubts: [
      ...reading.doubts,
      ...faultsIfMoved.map(({ diagnostic }): Diagnostic => ({ ...diagnostic, severity: 'warning' })),
    ],
    remarks: [...reading.remarks, ...faultsIfMoved.flatMap(({ remark }) => remark ?? [])],
  });
}
