import { randomBytes } from 'node:crypto';
import type { Capabilities } from '../../database/contract.js';
import { ToolError } from '../../errors/index.js';
import { settings } from '../../registry/index.js';
import type { SecretValue } from '../../values/index.js';
import type { SettingsCipher } from '../cipher.js';
import { decodeRows, type DecodedRow } from '../decode.js';
import { holdsSecret, isHiddenRow } from '../../redact/index.js';
import type { SettingsTable } from '../store.js';
import { unreadableError } from '../unreadable.js';
import {
  UNVERIFIED,
  type ExportEntry,
  type ExportValue,
  type SecretMode,
  type SettingsExport,
} from './format.js';
import { ExportSealer } from './seal.js';

export interface CollectOptions {
  readonly secrets: SecretMode;
  /** For `encrypted`: 64 hexadecimal characters. */
  readonly key?: SecretValue | undefined;
  /** Also the defaults of settings that have no row. */
  readonly includeDefaults: boolean;
  /** Leaves rows out that cannot be decrypted, in place of stopping. */
  readonly skipUnreadable: boolean;
  readonly now: Date;
}

export interface Collected {
  readonly document: SettingsExport;
  /** Keys of rows that were left out: they cannot be decrypted, or hold no value. */
  readonly skipped: readonly string[];
}

function valueOf(
  row: DecodedRow,
  options: CollectOptions,
  protect: {
    readonly cipher: SettingsCipher;
    readonly salt: string;
    readonly sealer: ExportSealer | undefined;
  },
): ExportValue {
  const { key } = row.stored;
  if (!holdsSecret(row.text, isHiddenRow(key)) || options.secrets === 'reveal')
    return { kind: 'plain', text: row.text };
  if (protect.sealer) return { kind: 'encrypted', sealed: protect.sealer.seal(key, row.text) };
  const [fingerprint] = protect.cipher.fingerprints(key, row.text, Buffer.from(protect.salt, 'hex'));
  return { kind: 'masked', fingerprint: fingerprint ?? UNVERIFIED };
}

function defaultEntries(table: SettingsTable): ExportEntry[] {
  return settings.flatMap((setting): ExportEntry[] => {
    const { databaseKey, default: preset, description, databaseType } = setting;
    if (databaseKey === null || !preset || preset === '[]' || table.get(databaseKey)) return [];
    return [
      {
        key: databaseKey,
        value: { kind: 'plain', text: preset },
        type: databaseType ?? 'string',
        origin: 'default',
        modifiedAt: null,
        modifiedBy: null,
        description,
      },
    ];
  });
}

/**
 * Collects an export: every row in the clear but for its secrets, in the order of the keys.
 * @throws ToolError `settings/cannot-decrypt` with every row that cannot be read; `settings/export-key`
 */
export function collectExport(
  table: SettingsTable,
  cipher: SettingsCipher,
  capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>,
  options: CollectOptions,
): Collected {
  const { rows, unreadable } = decodeRows(table, cipher, capabilities);
  if (unreadable.size > 0 && !options.skipUnreadable) {
    throw unreadableError(
      unreadable,
      cipher,
      'nothing was exported (--skip-unreadable leaves such rows out)',
    );
  }
  const salt = randomBytes(16).toString('hex');
  if (options.secrets === 'encrypted' && !options.key) {
    throw new ToolError('settings/export-key', 'Secrets are to be encrypted, and no key is given', {
      hint: 'Name one: --key env://EXPORT_KEY. Generate one with: openssl rand -hex 32',
    });
  }
  const sealer =
    options.secrets === 'encrypted' && options.key ? new ExportSealer(options.key, salt) : undefined;
  const held = [...rows.values()].filter((row) => row.text !== '');
  const entries = held.map((row): ExportEntry => ({
    key: row.stored.key,
    value: valueOf(row, options, { cipher, salt, sealer }),
    type: row.stored.type,
    // A table without the column cannot say, so what counts for servers is written down.
    origin: table.hasOrigin ? row.stored.origin : row.origin,
    modifiedAt: row.stored.modifiedAtIso,
    modifiedBy: row.stored.modifiedBy,
    description: row.stored.description,
  }));
  const all = [...entries, ...(options.includeDefaults ? defaultEntries(table) : [])];
  all.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const empty = [...rows.values()].filter((row) => row.text === '').map((row) => row.stored.key);
  const sealedAway = [...unreadable.values()].map((fault) => fault.key ?? '');
  return {
    document: { exportedAt: options.now.toISOString(), secrets: options.secrets, salt, entries: all },
    skipped: [...empty, ...sealedAway].sort(),
  };
}
