import { ToolError } from '../src/errors/index.js';
import { readExport, type PlacedEntry, type ReadExport } from '../src/settings/export/read.js';
import { ExportSealer } from '../src/settings/export/seal.js';
import type { SecretValue } from '../src/values/index.js';
import { loadText, type Context } from './context.js';
import { resolveOption } from './settings-session.js';

/** An export that was read, with the key of its secrets. */
export interface ExportFile {
  readonly source: ReadExport;
  readonly key: SecretValue | undefined;
  readonly sealer: ExportSealer | undefined;
}

/** @throws ToolError `settings/bad-export`, `settings/export-key`, `secrets/unresolved`, and those of reading a file */
export async function readExportFile(
  name: string,
  keyText: string | undefined,
  context: Context,
): Promise<ExportFile> {
  const source = readExport((await loadText(name, context.io)).document);
  const key = keyText === undefined ? undefined : await resolveOption(context, '--key', keyText);
  return { source, key, sealer: key && new ExportSealer(key, source.salt) };
}

/**
 * The value of an entry in the clear.
 * @throws ToolError `settings/export-key` when it is encrypted with another key; `settings/masked-secret`
 */
export function valueOfEntry(entry: PlacedEntry, { source, sealer }: ExportFile): string {
  const { key, value, position } = entry;
  if (value.kind === 'plain') return value.text;
  const refuse = (code: 'settings/masked-secret' | 'settings/export-key', message: string, hint: string) => {
    const fault = { code, severity: 'error', message, file: source.file, position, key, hint } as const;
    return new ToolError(code, message, { hint, diagnostics: [fault] });
  };
  if (value.kind === 'masked') {
    const message = `The export holds masks in place of secrets, such as ${key}`;
    throw refuse('settings/masked-secret', message, 'Export with --secrets encrypted --key env://NAME.');
  }
  const text = sealer?.open(key, value.sealed);
  if (text !== undefined) return text;
  const why = sealer ? 'the given key does not open it' : 'it is encrypted, and no key is given';
  const message = `The value of ${key} cannot be read: ${why}`;
  throw refuse('settings/export-key', message, 'Name the key of the export: --key env://NAME');
}
