import type { ExportEntry } from '../../../src/settings/export/format.js';

/** An entry of an export: a plain text that somebody set, but for what is said otherwise. */
export const entry = (key: string, text: string, changes: Partial<ExportEntry> = {}): ExportEntry => ({
  key,
  value: { kind: 'plain', text },
  type: 'string',
  origin: 'explicit',
  modifiedAt: null,
  modifiedBy: null,
  description: null,
  ...changes,
});
