import { providerEntryOf } from '../config/file-layer.js';
import type { ConfigLeaf } from '../config/leaves.js';
import { entryOwner, impliedProviderField } from '../config/precedence.js';
import { keyOfLookup, keyOfProviderField, entryOfKey, type SettingKey } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import { providerFamilies, settingByDatabaseKey, type ProviderFamily } from '../registry/index.js';
import type { DecodedRow } from '../settings/decode.js';
import { isSameUse } from '../settings/effective.js';
import type { Decision, DesiredRow } from './decide.js';
import type { PlanInputs } from './plan-inputs.js';
import type { Remark } from './statement.js';
import { entriesThatStay } from './whole-entries.js';

/** A row of a provider that would take effect once the file's provider of the same id is gone. */
export interface HiddenRow {
  readonly key: SettingKey;
  /** Undefined for a row that cannot be read. */
  readonly text: string | undefined;
  /**
   * What becomes of it: the operator is asked, or said that it is kept or removed; `unchosen`: it is removed, since nobody
   * chose it.
   */
  readonly fate: 'asked' | 'kept' | 'overwritten' | 'unchosen';
}

/** A provider of the file with all that stands in it. */
interface FileEntry {
  readonly name: string;
  readonly family: ProviderFamily;
  readonly id: string;
  readonly leaves: readonly ConfigLeaf[];
}

/** What becomes of providers: each leaves the file whole, with everything in it, or stays whole. */
export interface SettledProviders {
  readonly decisions: readonly Decision[];
  readonly remarks: readonly Remark[];
  readonly hidden: readonly HiddenRow[];
  /** Rows of providers that variables define, where their entry is what is stored (`--shadowed env`). */
  readonly fromVariables: readonly DesiredRow[];
  /** Fields that cannot go with their provider: they stop the plan. */
  readonly blockers: readonly Diagnostic[];
  /** Values that settings must have afterwards where the operator chose the database's provider. */
  readonly chosen: ReadonlyMap<string, string | undefined>;
}

/** The providers of a file whose rows could carry them. */
export function entriesOf(leaves: readonly ConfigLeaf[]): FileEntry[] {
  const entries = new Map<string, ConfigLeaf[]>();
  for (const leaf of leaves) {
    const name = providerEntryOf(leaf);
    if (name !== undefined) entries.set(name, [...(entries.get(name) ?? []), leaf]);
  }
  return [...entries].flatMap(([name, own]): FileEntry[] => {
    const family = providerFamilies.find(({ path }) => name.startsWith(`${path}.`));
    const id = family && name.slice(family.path.length + 1);
    // An id that no row can carry: the entry stays as it is.
    if (!family || id === undefined || !family.idPattern.test(id)) return [];
    return [{ name, family, id, leaves: own }];
  });
}

/** Rows of the provider that the file does not speak of, and that a server would take for a part of it. */
function surfacing(
  { name, family, id }: FileEntry,
  stated: ReadonlySet<string>,
  { rows, unreadable }: Pick<PlanInputs, 'rows' | 'unreadable'>,
): { readonly key: SettingKey; readonly row: DecodedRow | undefined }[] {
  return [...rows.keys(), ...unreadable].flatMap((rowKey) => {
    const found = stated.has(rowKey) ? undefined : settingByDatabaseKey(rowKey);
    const key = found && keyOfLookup(found);
    if (!key || entryOfKey(key) !== name) return [];
    const row = rows.get(rowKey);
    const implied = impliedProviderField(key, 'row', 'documented');
    if (row && isSameUse(key, row.text, implied ?? '')) return [];
    // Off is what a provider without the flag is too.
    if (row?.text === 'false' && key.type === 'bool') return [];
    return family.idPattern.test(id) ? [{ key, row }] : [];
  });
}

/** Settles one provider after the other: see `settleProviders`. */
class Settlement {
  readonly hidden: HiddenRow[] = [];
  readonly fromVariables: DesiredRow[] = [];
  readonly blockers: Diagnostic[] = [];
  readonly chosen = new Map<string, string | undefined>();
  #decisions: readonly Decision[];
  #remarks: readonly Remark[];

  constructor(
    private readonly inputs: PlanInputs,
    decisions: readonly Decision[],
    leaves: readonly ConfigLeaf[],
  ) {
    this.#decisions = decisions;
    this.#remarks = inputs.remarks;
    const staying = entriesThatStay(inputs.remarks);
    for (const entry of entriesOf(leaves)) if (!staying.has(entry.name)) this.#settle(entry);
  }

  get decisions(): readonly Decision[] {
    return this.#decisions;
  }

  get remarks(): readonly Remark[] {
    return this.#remarks;
  }

  #settle(entry: FileEntry): void {
    const { options, environment } = this.inputs;
    // Server 1.8 reads content providers from file and variables only.
    if (options.server === '1.8' && entry.family.server18Reads === 'file') return;
    const own = new Set(entry.leaves.map(({ name }) => name));
    const isOwn = ({ statement }: Decision): boolean => keyIn(entry, statement.key);
    this.#cutRemarks(own);
    const inFile = { providers: new Set([entry.name]) };
    if (entryOwner(entry.name, { file: inFile, environment }) === 'environment') {
      if (options.shadowed === 'env') this.#storeVariables(entry);
      return;
    }
    const decisions = this.#decisions.filter(isOwn);
    const stated = new Set(decisions.map(({ statement }) => statement.key.key));
    const rows = surfacing(entry, stated, this.inputs);
    const asked = rows.filter(({ row }) => row === undefined || row.origin === 'explicit');
    const keeps =
      options.onConflict === 'keep' &&
      (asked.length > 0 || decisions.some(({ entry: { reason } }) => reason === 'row-kept'));
    for (const { key, row } of rows) this.hidden.push({ key, text: row?.text, fate: this.#fate(row, keeps) });
    if (keeps) this.#keepRows(entry, isOwn);
  }

  #fate(row: DecodedRow | undefined, keeps: boolean): HiddenRow['fate'] {
    if (keeps) return 'kept';
    if (row && row.origin !== 'explicit') return 'unchosen';
    return this.inputs.options.onConflict === 'overwrite' ? 'overwritten' : 'asked';
  }

  /** What says nothing goes with the provider; what nobody knows would stay behind, and hide what was stored. */
  #cutRemarks(own: ReadonlySet<string>): void {
    const saysSomething = ({ leaf: { node }, reason }: Remark): boolean =>
      reason === 'no-value' && node.kind === 'scalar' && !node.isNull && node.text !== '';
    for (const remark of this.#remarks) {
      const isFault = remark.reason === 'not-valid' || remark.reason === 'not-storable';
      const stuck = remark.action === 'unknown' || isFault || saysSomething(remark);
      if (own.has(remark.leaf.name) && stuck) this.blockers.push(this.#cannotGo(remark));
    }
    this.#remarks = this.#remarks.map((remark) =>
      own.has(remark.leaf.name) && remark.action === 'stays' && !saysSomething(remark)
        ? {
            ...remark,
            action: 'removed',
            reason: remark.reason === 'superseded' ? 'superseded' : 'with-provider',
          }
        : remark,
    );
  }

  #cannotGo({ leaf, key, action, reason }: Remark): Diagnostic {
    const nearest = leaf.lookup.kind === 'unknown' ? leaf.lookup.nearest : undefined;
    const rename = nearest === undefined ? 'Take' : `Call it ${nearest} if that is meant, or take`;
    const isEmptyReference = action !== 'unknown' && reason === 'no-value';
    const what = isEmptyReference ? 'refers to nothing that could be stored' : 'is no field of a provider';
    return {
      code: 'legacy/provider-not-whole',
      severity: 'error',
      message: `${leaf.name} ${what}, so the provider cannot leave the file whole`,
      position: leaf.position,
      key: key?.path ?? leaf.name,
      hint: `${rename} the line out. A part that stays in the file would hide the stored provider.`,
      ...(this.inputs.document ? { file: this.inputs.document.file } : {}),
    };
  }

  /** The database's provider stays as it is, and the file's goes: never a mixture of the two. */
  #keepRows(entry: FileEntry, isOwn: (decision: Decision) => boolean): void {
    const { rows } = this.inputs;
    for (const field of entry.family.fields) {
      const key = keyOfProviderField(entry.family, entry.id, field);
      this.chosen.set(key.key, rows.get(key.key)?.text);
    }
    this.#decisions = this.#decisions.map((decision): Decision => {
      if (!isOwn(decision)) return decision;
      const { statement, entry: planned } = decision;
      const row = rows.get(statement.key.key);
      const same = row?.text === statement.text;
      return {
        ...decision,
        row: undefined,
        chosen: undefined,
        entry: {
          ...planned,
          action: same ? 'same' : 'conflict',
          file: 'cut',
          row: 'unchanged',
          reason: same ? 'already-stored' : 'provider-kept',
        },
      };
    });
  }

  /** Fields that only the variables state. */
  #storeVariables({ name }: FileEntry): void {
    const stated = new Set(this.#decisions.map(({ statement }) => statement.key.key));
    for (const { key, text } of this.inputs.environment.values.values()) {
      if (!keyIn({ name }, key) || stated.has(key.key) || text === '') continue;
      if (this.inputs.rows.get(key.key)?.text === text) continue;
      this.fromVariables.push({ key, text, origin: 'explicit', sameValue: false });
    }
  }
}

function keyIn({ name }: Pick<FileEntry, 'name'>, key: SettingKey): boolean {
  return entryOfKey(key) === name;
}

/**
 * A provider in the file hides every row of its id, so it leaves the file whole, with what says nothing in it, or stays
 * whole: a remnant would hide what has just been stored, and a row that the file does not speak of would become a part of
 * a provider that it never was a part of.
 */
export function settleProviders(
  inputs: PlanInputs,
  decisions: readonly Decision[],
  leaves: readonly ConfigLeaf[],
): SettledProviders {
  return new Settlement(inputs, decisions, leaves);
}
