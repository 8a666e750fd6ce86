import type { RowOrigin } from '../../config/precedence.js';

/** Version of the format, described in docs/settings-export.md. */
export const EXPORT_VERSION = 1;

/** The key at the top of a document by which an export is told from a configuration file. */
export const EXPORT_MARK = 'tmi_settings_export';

/** How secrets stand in an export. */
export const secretModes = ['mask', 'encrypted', 'reveal'] as const;
export type SecretMode = (typeof secretModes)[number];

/** In place of a fingerprint, when there was no key to make one. */
export const UNVERIFIED = 'unverified';

/** How an entry holds its value. */
export type ExportValue =
  | { readonly kind: 'plain'; readonly text: string }
  /** Base64; see seal.ts. */
  | { readonly kind: 'encrypted'; readonly sealed: string }
  /** A fingerprint by which the stored value is recognised, or `unverified`. */
  | { readonly kind: 'masked'; readonly fingerprint: string };

/** One setting of an export. */
export interface ExportEntry {
  readonly key: string;
  readonly value: ExportValue;
  readonly type: string;
  /** `default`: no row, but the registry's default, written for the reader. Null: the row says nothing. */
  readonly origin: RowOrigin | 'default' | null;
  readonly modifiedAt: string | null;
  readonly modifiedBy: string | null;
  readonly description: string | null;
}

/** A whole export. */
export interface SettingsExport {
  /** ISO text. */
  readonly exportedAt: string;
  readonly secrets: SecretMode;
  /** 32 hexadecimal characters that set this document's keys apart from every other's. */
  readonly salt: string;
  readonly entries: readonly ExportEntry[];
}
