import type { MapNode, YamlNode } from '../../config/yaml/node.js';
import type { YamlText } from '../../config/yaml/parse.js';
import { ToolError, type Diagnostic, type Position } from '../../errors/index.js';
import {
  EXPORT_MARK,
  EXPORT_VERSION,
  secretModes,
  type ExportEntry,
  type ExportValue,
  type SecretMode,
  type SettingsExport,
} from './format.js';

/** An entry with the place it stands at. */
export interface PlacedEntry extends ExportEntry {
  readonly position: Position;
}

export interface ReadExport extends SettingsExport {
  readonly file: string;
  readonly entries: readonly PlacedEntry[];
}

const origins: readonly (string | null)[] = ['explicit', 'seeded', 'default', null];
const fields: readonly string[] = [
  'key',
  'value',
  'encrypted',
  'masked',
  'type',
  'origin',
  'modified_at',
  'modified_by',
  'description',
];

/** Characters that the columns of the table hold. */
const widths = { key: 256, type: 50, author: 36 } as const;

/** True for text that a column of this width holds, which counts characters. */
function fits(text: string, width: number): boolean {
  return [...text].length <= width;
}

function child(map: MapNode, key: string): YamlNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}

/** Text of a scalar; null for null and for a key that is not there; undefined for a list or map. */
function textAt(map: MapNode, key: string): string | null | undefined {
  const node = child(map, key);
  if (!node) return null;
  if (node.kind !== 'scalar') return undefined;
  return node.isNull ? null : node.text;
}

/** True for a document that says that it is an export. */
export function isExport(document: Pick<YamlText, 'root'>): boolean {
  return child(document.root, EXPORT_MARK) !== undefined;
}

/** Reads the entries one by one, collecting what is wrong. */
class Reader {
  readonly faults: Diagnostic[] = [];

  constructor(private readonly file: string) {}

  fault(position: Position, message: string, key?: string): undefined {
    const fault: Diagnostic = {
      code: 'settings/bad-export',
      severity: 'error',
      message,
      file: this.file,
      position,
    };
    this.faults.push(key === undefined ? fault : { ...fault, key });
    return undefined;
  }

  #value(map: MapNode, key: string): ExportValue | undefined {
    const named = ['value', 'encrypted', 'masked'].filter((field) => child(map, field));
    const [field] = named;
    const text = field === undefined ? null : textAt(map, field);
    if (named.length !== 1 || typeof text !== 'string') {
      return this.fault(map.position, `${key} needs one of value, encrypted and masked, as text`, key);
    }
    if (field === 'value') return { kind: 'plain', text };
    return field === 'encrypted'
      ? { kind: 'encrypted', sealed: text }
      : { kind: 'masked', fingerprint: text };
  }

  entry(node: YamlNode): PlacedEntry | undefined {
    if (node.kind !== 'map') return this.fault(node.position, 'An entry of settings is not a map');
    const key = textAt(node, 'key');
    if (typeof key !== 'string' || key === '')
      return this.fault(node.position, 'An entry of settings has no key');
    if (!fits(key, widths.key)) {
      return this.fault(node.position, `A key of settings is longer than ${widths.key} characters`);
    }
    const before = this.faults.length;
    for (const { key: field, keyPosition } of node.entries) {
      if (!fields.includes(field)) this.fault(keyPosition, `${key} has an unknown field ${field}`, key);
    }
    const value = this.#value(node, key);
    const [type, origin] = [textAt(node, 'type'), textAt(node, 'origin')];
    if (typeof type !== 'string' || !fits(type, widths.type)) {
      this.fault(node.position, `${key} has no type of at most ${widths.type} characters`, key);
    }
    if (origin === undefined || !origins.includes(origin)) {
      this.fault(node.position, `${key} has an origin other than explicit, seeded and default`, key);
    }
    const modifiedAt = textAt(node, 'modified_at');
    if (modifiedAt === undefined || (modifiedAt !== null && !isInstant(modifiedAt))) {
      this.fault(node.position, `modified_at of ${key} is not a time such as 2026-08-01T10:20:30.125Z`, key);
    }
    const [modifiedBy, description] = [textAt(node, 'modified_by'), textAt(node, 'description')];
    if (modifiedBy === undefined || (modifiedBy !== null && !fits(modifiedBy, widths.author))) {
      const message = `modified_by of ${key} is not text of at most ${widths.author} characters, such as a user's UUID`;
      this.fault(node.position, message, key);
    }
    if (description === undefined) this.fault(node.position, `description of ${key} is not text`, key);
    if (!value || this.faults.length > before) return undefined;
    return {
      key,
      value,
      type: type as string,
      origin: origin as PlacedEntry['origin'],
      modifiedAt: modifiedAt ?? null,
      modifiedBy: modifiedBy ?? null,
      description: description ?? null,
      position: node.position,
    };
  }
}

/** True for a time that there is: a calendar without 31 February, and a year that every engine holds. */
function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) || text.startsWith('0000')) return false;
  const time = new Date(text);
  const seconds = 'YYYY-MM-DDTHH:MM:SS'.length;
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, seconds) === text.slice(0, seconds);
}

/**
 * Reads an export, YAML or JSON, which is YAML as well.
 * @throws ToolError `settings/bad-export` with every fault and its place
 */
export function readExport(document: YamlText): ReadExport {
  const { root, file } = document;
  const reader = new Reader(file);
  if (!isExport(document)) {
    throw new ToolError('settings/bad-export', `${file} is no export of settings`, {
      hint: 'A configuration file is imported with: tmi-dbtool import-legacy FILE',
    });
  }
  if (textAt(root, EXPORT_MARK) !== String(EXPORT_VERSION)) {
    throw new ToolError(
      'settings/bad-export',
      `${file} has a version of the format that this release cannot read`,
      {
        hint: 'Use the release that wrote it, or a newer one.',
      },
    );
  }
  const secrets = textAt(root, 'secrets') ?? '';
  if (!(secretModes as readonly string[]).includes(secrets)) {
    reader.fault(root.position, `secrets is not one of ${secretModes.join(', ')}`);
  }
  const salt = textAt(root, 'salt') ?? '';
  if (!/^[0-9a-f]{32}$/.test(salt)) reader.fault(root.position, 'salt is not 32 hexadecimal characters');
  const list = child(root, 'settings');
  if (list?.kind !== 'sequence') reader.fault(root.position, 'settings is not a list');
  const nodes = list?.kind === 'sequence' ? list.items : [];
  const entries = nodes.map((node) => reader.entry(node)).filter((entry) => entry !== undefined);
  const seen = new Set<string>();
  for (const { key, position } of entries) {
    if (seen.has(key)) reader.fault(position, `${key} stands in the export twice`, key);
    seen.add(key);
  }
  if (reader.faults.length > 0) {
    const { faults } = reader;
    throw new ToolError('settings/bad-export', `${file} is not a sound export (${faults.length} faults)`, {
      diagnostics: faults,
    });
  }
  return {
    file,
    exportedAt: textAt(root, 'exported_at') ?? '',
    secrets: secrets as SecretMode,
    salt,
    entries,
  };
}
