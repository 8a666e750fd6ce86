import type { SettingKey } from '../config/setting-key.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { databaseKeyType } from '../registry/index.js';
import { databaseTypes, isDatabaseType, type SecretValue } from '../values/index.js';
import type { DecodedRow } from './decode.js';
import { PlanDraft, type PlanContext, type RowMarks } from './draft.js';
import { UNVERIFIED } from './export/format.js';
import type { PlacedEntry, ReadExport } from './export/read.js';
import { ExportSealer } from './export/seal.js';
import { foldKey } from './key.js';
import {
  bootstrapFault,
  keyFault,
  nameKey,
  unknownKey,
  unknownKeyFault,
  type UnknownName,
} from './named-key.js';
import type { SettingsPlan } from './plan.js';
import { checkVerbatim } from './proposed-value.js';
import { incompleteProviders } from './provider-completeness.js';

export type ImportChoice = 'keep' | 'overwrite';

export interface ImportOptions {
  /** What to do where a row that somebody set disagrees; without a choice the import stops there. */
  readonly onConflict: ImportChoice | undefined;
  /** Takes rows away that the export does not hold. */
  readonly prune: boolean;
  /** Also keys that the registry does not know. */
  readonly allowUnknown: boolean;
  /** Also values that the registry refuses: rows of another database as they were. */
  readonly allowInvalid: boolean;
  /** For an export with encrypted secrets: 64 hexadecimal characters. */
  readonly key: SecretValue | undefined;
}

/** What the import will do, with the keys whose choice was `keep`. */
export interface ImportSettingsPlan extends SettingsPlan {
  readonly kept: readonly string[];
  /** Masked secrets whose stored value is kept although it could not be recognised. */
  readonly unverified: readonly string[];
}

/** An entry whose value is known, or the word that the stored value is meant. */
type Meant = { readonly text: string } | { readonly fingerprint: string };

const ALLOW_UNKNOWN = 'Pass --allow-unknown to take rows that the registry does not know.';
const ALLOW_BOTH = 'Pass --allow-unknown --allow-invalid to take it as it stood in the other database.';

/** What is wrong with the type of an entry, or undefined. */
function typeFault({ key, type }: PlacedEntry): Diagnostic | undefined {
  const known = databaseKeyType(key);
  if (known === type || (known === undefined && isDatabaseType(type))) return undefined;
  return {
    code: 'settings/invalid-value',
    severity: 'error',
    message:
      known === undefined
        ? `${key} is of type ${type} in the export, and servers know ${databaseTypes.join(', ')}`
        : `${key} is of type ${known}, and the export says ${type}`,
    key,
    hint: 'Pass --allow-invalid to take it as it stood in the other database.',
  };
}

/** An import in the making: one entry after the other. */
class ImportDraft {
  readonly draft: PlanDraft;
  readonly kept: string[] = [];
  readonly unverified: string[] = [];
  readonly #sealer: ExportSealer | undefined;
  readonly #named = new Set<string>();

  constructor(
    private readonly source: ReadExport,
    private readonly context: PlanContext,
    private readonly options: ImportOptions,
  ) {
    this.draft = new PlanDraft(context);
    this.#sealer = options.key && new ExportSealer(options.key, source.salt);
  }

  #fault(entry: PlacedEntry, fault: Diagnostic): undefined {
    this.draft.faults.push({ ...fault, file: this.source.file, position: entry.position });
    return undefined;
  }

  #key(entry: PlacedEntry): SettingKey | undefined {
    const named = nameKey(entry.key);
    const { allowUnknown, allowInvalid } = this.options;
    // Rows stand under keys of the database; a path of the file is none.
    if (named.kind === 'stored' && named.key.key === entry.key) return named.key;
    const own = unknownKey(entry.key, isDatabaseType(entry.type) ? entry.type : 'string');
    if (named.kind === 'bootstrap') {
      return allowUnknown ? own : this.#fault(entry, bootstrapFault(named.setting, ALLOW_UNKNOWN));
    }
    const { variantOf, wrongId } = named.kind === 'unknown' ? named : {};
    const odd = keyFault(entry.key);
    // A key that nobody would choose is taken for an exact copy of a database only.
    if (odd || variantOf || wrongId !== undefined) {
      if (allowUnknown && allowInvalid) return own;
      const fault = odd ?? unknownKeyFault(named as UnknownName);
      return this.#fault(entry, { ...fault, hint: [fault.hint, ALLOW_BOTH].filter(Boolean).join(' ') });
    }
    if (allowUnknown) return own;
    const unknown: UnknownName =
      named.kind === 'unknown'
        ? named
        : {
            kind: 'unknown',
            name: entry.key,
            nearest: named.key.key,
            variantOf: undefined,
            wrongId: undefined,
          };
    return this.#fault(entry, unknownKeyFault(unknown, ALLOW_UNKNOWN));
  }

  #meant(entry: PlacedEntry, key: SettingKey): Meant | undefined {
    const { value } = entry;
    if (value.kind === 'masked') return { fingerprint: value.fingerprint };
    const text = value.kind === 'plain' ? value.text : this.#sealer?.open(key.key, value.sealed);
    if (text === undefined) {
      const why = this.#sealer ? 'the given key does not open it' : 'it is encrypted, and no key is given';
      const message = `The value of ${key.key} cannot be read: ${why}`;
      const hint = 'Name the key of the export: --key env://NAME';
      return this.#fault(entry, {
        code: 'settings/export-key',
        severity: 'error',
        message,
        key: key.key,
        hint,
      });
    }
    const fault = typeFault(entry);
    if (fault !== undefined && !this.options.allowInvalid) return this.#fault(entry, fault);
    const checked = checkVerbatim(key, text);
    const tolerable =
      checked.ok || (this.options.allowInvalid && checked.fault.code === 'settings/invalid-value');
    return tolerable ? { text } : this.#fault(entry, checked.fault);
  }

  #marks(entry: PlacedEntry): RowMarks {
    return {
      origin: entry.origin === 'default' ? 'seeded' : entry.origin,
      modifiedAt: entry.modifiedAt ?? this.context.now,
      modifiedBy: entry.modifiedBy,
      description: entry.description,
      type: entry.type,
    };
  }

  #conflict(entry: PlacedEntry, key: SettingKey): 'overwrite' | 'keep' | undefined {
    const { onConflict } = this.options;
    if (onConflict === 'keep') this.kept.push(key.key);
    if (onConflict !== undefined) return onConflict;
    return this.#fault(entry, {
      code: 'settings/conflict',
      severity: 'error',
      message: `Somebody set ${key.key} to another value`,
      key: key.key,
      hint: 'Decide with --on-conflict keep (the row stays) or --on-conflict overwrite (the export wins).',
    });
  }

  /** The value is the same: marks of the export are taken where it says more, or where it is to win. */
  #same(entry: PlacedEntry, key: SettingKey, row: DecodedRow): void {
    const marks = this.#marks(entry);
    const becomesExplicit = entry.origin === 'explicit' && row.origin !== 'explicit';
    if (this.options.onConflict !== 'overwrite' && !becomesExplicit) return this.draft.keep(key, row, {});
    const { modifiedAt, ...others } = marks;
    this.draft.keep(key, row, sameTime(modifiedAt, row) ? others : marks);
  }

  #masked(entry: PlacedEntry, key: SettingKey, fingerprint: string): void {
    const row = this.draft.row(key.key);
    const unreadable = this.draft.decoded.unreadable.get(foldKey(key.key, this.context.capabilities));
    if (unreadable) {
      this.#fault(entry, unreadable);
      return;
    }
    if (!row || row.text === '') {
      const message = `The export holds a mask for ${key.key}, and the database has no value to keep`;
      const hint = 'Export with --secrets encrypted --key env://NAME, or set the secret first.';
      this.#fault(entry, { code: 'settings/masked-secret', severity: 'error', message, key: key.key, hint });
      return;
    }
    const salt = Buffer.from(this.source.salt, 'hex');
    const own = this.context.cipher.fingerprints(key.key, row.text, salt);
    const comparable = fingerprint !== UNVERIFIED && own.length > 0;
    if (!comparable) this.unverified.push(key.key);
    if (!comparable || own.includes(fingerprint)) return this.#same(entry, key, row);
    const choice = this.#conflict(entry, key);
    if (choice === 'keep') this.draft.keep(key, row, {});
    if (choice === 'overwrite') {
      const message = `The export holds a mask for ${key.key}, and the stored value is another one`;
      const hint = 'Export with --secrets encrypted, or keep the stored value with --on-conflict keep.';
      this.#fault(entry, { code: 'settings/masked-secret', severity: 'error', message, key: key.key, hint });
    }
  }

  take(entry: PlacedEntry): void {
    this.#named.add(foldKey(entry.key, this.context.capabilities));
    // Defaults are there for the reader: no row held them.
    if (entry.origin === 'default') return;
    const key = this.#key(entry);
    const meant = key && this.#meant(entry, key);
    if (!key || !meant) return;
    if ('fingerprint' in meant) return this.#masked(entry, key, meant.fingerprint);
    const row = this.draft.row(key.key);
    if (row?.text === meant.text && row.stored.type === entry.type) return this.#same(entry, key, row);
    const stored = this.draft.stored(key.key);
    const chosen = row ? row.origin === 'explicit' : stored?.origin === 'explicit';
    const choice = chosen ? this.#conflict(entry, key) : 'overwrite';
    if (choice === 'overwrite') this.draft.write(key, meant.text, this.#marks(entry));
    if (choice === 'keep' && row) this.draft.keep(key, row, {});
  }

  prune(): void {
    for (const row of this.context.table.rows.values()) {
      if (this.#named.has(foldKey(row.key, this.context.capabilities))) continue;
      const named = nameKey(row.key);
      this.draft.delete(named.kind === 'stored' ? named.key : unknownKey(row.key, 'string'));
    }
  }
}

/** Equal to the millisecond: columns of some engines hold no finer time. */
function sameTime(meant: Date | string, row: DecodedRow): boolean {
  const there = row.stored.modifiedAt;
  return there !== null && Math.abs(new Date(meant).getTime() - there.getTime()) <= 1;
}

/**
 * Plans to bring a table to what an export says, all or nothing. A row that nobody chose gives way; one that somebody
 * set does not, unless told so.
 * @throws ToolError with every finding and its place in the file
 */
export function planSettingsImport(
  source: ReadExport,
  context: PlanContext,
  options: ImportOptions,
): ImportSettingsPlan {
  if (options.prune && source.entries.length === 0) {
    throw new ToolError(
      'settings/bad-export',
      `${source.file} holds no settings, and --prune would remove every row`,
      {
        hint: 'Leave --prune out, or check that this is the right file.',
      },
    );
  }
  const run = new ImportDraft(source, context, options);
  for (const entry of source.entries) run.take(entry);
  if (options.prune) run.prune();
  const { draft } = run;
  if (draft.faults.length === 0 && !options.allowInvalid) {
    const touched = draft.plan.changes.filter(({ action }) => action !== 'unchanged' && action !== 'mark');
    draft.faults.push(
      ...incompleteProviders(
        touched.map(({ key }) => key),
        draft.after,
      ),
    );
  }
  const finished = draft.finish({ replaceUnreadable: options.onConflict === 'overwrite' });
  return { ...finished, kept: run.kept, unverified: run.unverified };
}
