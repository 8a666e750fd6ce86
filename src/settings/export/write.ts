import { EXPORT_MARK, EXPORT_VERSION, type ExportEntry, type SettingsExport } from './format.js';

/** Characters that some readers refuse or change when they stand in a text as they are; both formats know the escape. */
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/gu;

function escapeUnsafe(text: string): string {
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

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
  return `${escapeUnsafe(JSON.stringify(plainDocument(document), null, 2))}\n`;
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
  return `${heading}${escapeUnsafe(text)}`;
}
