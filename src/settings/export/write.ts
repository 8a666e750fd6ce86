import { escapeQuoted } from '../../redact/index.js';
import { EXPORT_MARK, EXPORT_VERSION, type ExportEntry, type SettingsExport } from './format.js';

function plainEntry(entry: ExportEntry): Record<string, string | null> {
  const { value } = entry;
  const held =
    value.kind === 'plain'
      ? { value: value.text }
      : value.kind === 'encrypted'
        ? { encrypted: value.sealed }
        : { masked: value.fingerprint };
  return {
    key: entry.key,
    ...held,
    type: entry.type,
    origin: entry.origin,
    modified_at: entry.modifiedAt,
    modified_by: entry.modifiedBy,
    description: entry.description,
  };
}

function plainDocument(document: SettingsExport): object {
  return {
    [EXPORT_MARK]: EXPORT_VERSION,
    exported_at: document.exportedAt,
    secrets: document.secrets,
    salt: document.salt,
    settings: document.entries.map(plainEntry),
  };
}

/** The export as JSON text. */
export function writeJsonExport(document: SettingsExport): string {
  return `${escapeQuoted(JSON.stringify(plainDocument(document), null, 2))}\n`;
}

/** The export as YAML text. Every text is quoted, so that no reader takes one for something else. */
export async function writeYamlExport(document: SettingsExport): Promise<string> {
  const { stringify } = await import('yaml');
  const text = stringify(plainDocument(document), {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  const heading =
    '# Settings of a TMI server. Put them into a database with: tmi-dbtool settings import FILE\n';
  return `${heading}${escapeQuoted(text)}`;
}
