import { isEmptyBlock } from '../config/empty-block.js';
import { readLeafValue, type LeafValue } from '../config/file-layer.js';
import type { ConfigLeaf } from '../config/leaves.js';
import { keyOfLookup, providerEntry, type SettingKey } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import { findLegacyBlock, findLegacyPath, lookupPath } from '../registry/index.js';
import { fromData } from '../values/index.js';
import { isCommaList, readCommaList } from './comma-list.js';
import { staysUnder18 } from './faults.js';
import { interpretPostgresBlock, type OverridingParts } from './postgres-block.js';
import type { PlanReason } from './reasons.js';
import type { FaultIfMoved, FileRename, Reading, Remark, Statement } from './statement.js';

/** A file read in today's terms, with everything that is wrong in it. */
export interface Interpretation extends Reading {
  readonly diagnostics: readonly Diagnostic[];
}

const postgresBlock = 'database.postgres.';
const userinfoParts = ['userinfo_url', 'subject_claim', 'email_claim', 'name_claim'] as const;

/** Collects what leaves turn out to mean. */
class Interpreter {
  readonly statements: Statement[] = [];
  readonly remarks: Remark[] = [];
  readonly renames: FileRename[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly doubts: Diagnostic[] = [];
  readonly faultsIfMoved: FaultIfMoved[] = [];
  readonly #paths: ReadonlySet<string>;
  /** Leaves under older names beside today's name, with today's path. */
  readonly #taken: { readonly leaf: ConfigLeaf; readonly now: string }[] = [];

  constructor(
    private readonly leaves: readonly ConfigLeaf[],
    private readonly file: string,
    private readonly over: OverridingParts,
  ) {
    this.#paths = new Set(leaves.map((leaf) => leaf.name));
  }

  run(): Interpretation {
    const postgres = this.leaves.filter((leaf) => leaf.name.startsWith(postgresBlock));
    const userinfo = new Map<string, ConfigLeaf[]>();
    for (const leaf of this.leaves) {
      if (!findLegacyPath(leaf.path.map(String))?.now?.endsWith('.userinfo')) continue;
      const entry = leaf.path.slice(0, -1).join('.');
      userinfo.set(entry, [...(userinfo.get(entry) ?? []), leaf]);
    }
    const grouped = new Set([...postgres, ...[...userinfo.values()].flat()]);
    for (const leaf of this.leaves) if (!grouped.has(leaf)) this.#leaf(leaf);
    for (const [entry, leaves] of userinfo) this.#userinfo(entry, leaves);
    for (const { leaf, now } of this.#taken) this.#superseded([leaf], this.#earlierText(leaf, now), now);
    if (postgres.length > 0) {
      const hasUrl = this.#paths.has('database.url');
      const { renames, remarks, diagnostics } = interpretPostgresBlock(
        postgres,
        hasUrl,
        this.file,
        this.over,
      );
      this.renames.push(...renames);
      this.remarks.push(...remarks);
      this.diagnostics.push(...diagnostics);
    }
    return this;
  }

  #leaf(leaf: ConfigLeaf): void {
    if (leaf.lookup.kind === 'invalid-provider-id') {
      // Servers take such an entry from the file, and ignore rows of such an id.
      this.#remark(leaf, 'stays', 'provider-id');
      return;
    }
    if (leaf.lookup.kind === 'block') {
      this.#block(leaf);
      return;
    }
    const key = keyOfLookup(leaf.lookup);
    if (key) this.#known(leaf, key);
    else this.#earlierOrUnknown(leaf);
  }

  /** A block that holds nothing is nothing to move; one that holds a value or a list is no block. */
  #block(leaf: ConfigLeaf): void {
    if (isEmptyBlock(leaf.node)) this.#remark(leaf, 'stays', 'no-value');
    else this.#stays(leaf, undefined, this.#fault(leaf, 'a map of settings'));
  }

  /** What no server takes and what does not move either is not the import's business: it is said, and stays. */
  #stays(leaf: ConfigLeaf, key: SettingKey | undefined, fault: Diagnostic): void {
    this.doubts.push({ ...fault, severity: 'warning' });
    this.#remark(leaf, 'stays', 'not-valid', key);
  }

  /** A value that no row can hold stays where servers take it, and a provider with it whole. */
  #unfit(leaf: ConfigLeaf, key: SettingKey, fault: Diagnostic): void {
    this.doubts.push(fault);
    this.#remark(leaf, 'stays', 'not-storable', key);
  }

  /** A value with which no server starts: it stops the import where its key moves. */
  #refused(leaf: ConfigLeaf, key: SettingKey, fault: Diagnostic): void {
    if (!key.operational || key.setting?.alsoStored) this.#stays(leaf, key, fault);
    else if (!staysUnder18(key)) this.diagnostics.push(fault);
    else {
      const remark: Remark = { leaf, action: 'stays', reason: 'not-valid', key, text: undefined };
      this.faultsIfMoved.push({ diagnostic: fault, remark });
    }
  }

  #known(leaf: ConfigLeaf, key: SettingKey): void {
    const value = readLeafValue(leaf, key, this.file);
    if (value.kind === 'value' && value.doubt) this.doubts.push(value.doubt);
    if (value.kind === 'invalid') this.#refused(leaf, key, value.diagnostic);
    else if (value.kind === 'absent') this.#remark(leaf, 'stays', 'no-value', key);
    else if (!key.operational) this.#remark(leaf, 'stays', 'bootstrap', key, value.text);
    else if (value.kind === 'unfit') this.#unfit(leaf, key, value.diagnostic);
    else if (value.text === '') this.#remark(leaf, 'stays', 'empty-text', key, value.text);
    else this.statements.push({ key, text: value.text, leaves: [leaf], renamed: false });
  }

  #earlierOrUnknown(leaf: ConfigLeaf): void {
    const earlier = findLegacyPath(leaf.path.map(String));
    if (!earlier) {
      const isOlderBlock = isEmptyBlock(leaf.node) && findLegacyBlock(leaf.path.map(String)) !== undefined;
      if (isOlderBlock) this.#remark(leaf, 'stays', 'older-block');
      else this.#remark(leaf, 'unknown', 'unknown');
    } else if (earlier.now === null) this.#remark(leaf, 'stays', 'obsolete');
    else if (this.#isTaken(earlier.now)) this.#taken.push({ leaf, now: earlier.now });
    else this.#renamed(leaf, earlier.now);
  }

  /** True when the file uses today's name too, or for a provider's field, today's entry: that one is what was read. */
  #isTaken(now: string): boolean {
    if (this.#paths.has(now)) return true;
    const path = now.split('.');
    return this.leaves.some((leaf) => {
      const entry =
        leaf.lookup.kind === 'provider-field' ? providerEntry(leaf.lookup.family, leaf.lookup.id) : undefined;
      return entry !== undefined && path.slice(0, -1).join('.') === entry;
    });
  }

  /**
   * Leaves beside today's name. They go with it when they say the same, since their value is in the database then;
   * otherwise they stay, and mean as little as before.
   */
  #superseded(leaves: readonly ConfigLeaf[], text: string | undefined, now: string): void {
    const index = this.statements.findIndex(({ key }) => key.path === now);
    const winner = this.statements[index];
    if (winner && winner.text === text) {
      this.statements[index] = { ...winner, leaves: [...winner.leaves, ...leaves] };
      return;
    }
    if (winner) this.statements[index] = { ...winner, disputed: true };
    for (const leaf of leaves) this.#remark(leaf, 'stays', 'superseded');
  }

  #earlierValue(leaf: ConfigLeaf, key: SettingKey): LeafValue {
    // The allowlist of an earlier release could be a list; today it is comma-separated text.
    return leaf.node.kind === 'sequence' && isCommaList(key)
      ? readCommaList(leaf, leaf.node, key, this.file)
      : readLeafValue(leaf, key, this.file);
  }

  #earlierText(leaf: ConfigLeaf, now: string): string | undefined {
    const key = keyOfLookup(lookupPath(now.split('.')));
    const value = key && this.#earlierValue(leaf, key);
    return value?.kind === 'value' ? value.text : undefined;
  }

  #renamed(leaf: ConfigLeaf, now: string): void {
    const path = now.split('.');
    const key = keyOfLookup(lookupPath(path));
    if (!key) {
      this.#remark(leaf, 'unknown', 'unknown');
      return;
    }
    const value = this.#earlierValue(leaf, key);
    if (value.kind === 'value' && value.doubt) this.doubts.push(value.doubt);
    if (value.kind === 'invalid') this.#refused(leaf, key, value.diagnostic);
    else if (value.kind === 'unfit') this.#unfit(leaf, key, value.diagnostic);
    else if (value.kind === 'absent' || value.text === '') {
      this.#remark(leaf, 'stays', value.kind === 'absent' ? 'no-value' : 'empty-text', key);
    } else if (key.operational && !key.setting?.alsoStored) {
      this.statements.push({ key, text: value.text, leaves: [leaf], renamed: true });
    } else {
      // `secrets.aws.region` becomes `secrets.aws_region`: the new pair stands where the nested block stood.
      this.renames.push({
        key,
        text: value.text,
        leaves: [leaf],
        at: leaf.path.slice(0, path.length),
        name: path.at(-1) as string,
      });
    }
  }

  /** `userinfo_url` with its claims is one `userinfo` entry today. Claims without an address mean nothing. */
  #userinfo(entry: string, leaves: readonly ConfigLeaf[]): void {
    const now = `${entry}.userinfo`;
    const key = keyOfLookup(lookupPath(now.split('.')));
    const part = (name: string): string | undefined => {
      const node = leaves.find((leaf) => leaf.path.at(-1) === name)?.node;
      return node?.kind === 'scalar' && !node.isNull && node.text !== '' ? node.text : undefined;
    };
    const url = part('userinfo_url');
    if (!key || url === undefined) {
      for (const leaf of leaves) this.#remark(leaf, 'stays', 'incomplete', key);
      return;
    }
    // An empty or null claim says nothing, so it stays where it is.
    const used = leaves.filter((leaf) => part(String(leaf.path.at(-1))) !== undefined);
    for (const leaf of leaves) if (!used.includes(leaf)) this.#remark(leaf, 'stays', 'empty-text', key);
    const claims = userinfoParts.slice(1).flatMap((name) => {
      const text = part(name);
      return text === undefined ? [] : [[name, text] as const];
    });
    const value = fromData('userinfo_list', [{ url, claims: Object.fromEntries(claims) }]);
    if (this.#paths.has(now)) this.#superseded(used, value.ok ? value.text : undefined, now);
    else if (value.ok) this.statements.push({ key, text: value.text, leaves: used, renamed: true });
    else this.#invalid(used[0] as ConfigLeaf, value.expected);
  }

  #remark(
    leaf: ConfigLeaf,
    action: Remark['action'],
    reason: PlanReason,
    key?: SettingKey,
    text?: string,
  ): void {
    this.remarks.push({ leaf, action, reason, key, text });
  }

  #fault(leaf: ConfigLeaf, expected: string): Diagnostic {
    return {
      code: 'config/invalid-value',
      severity: 'error',
      message: `${leaf.name} is not valid: expected ${expected}`,
      file: this.file,
      position: leaf.position,
      key: leaf.name,
    };
  }

  #invalid(leaf: ConfigLeaf, expected: string): void {
    this.diagnostics.push(this.#fault(leaf, expected));
  }
}

/**
 * Reads the leaves of a file in today's terms: older names are followed to what they mean now, older forms are put
 * together, and every leaf ends up as part of a statement, a rename, a remark or a diagnostic.
 * @param over what goes over the parts of an older `database.postgres` block
 */
export function interpret(
  leaves: readonly ConfigLeaf[],
  file: string,
  over: OverridingParts = new Map(),
): Interpretation {
  const { statements, remarks, renames, diagnostics, doubts, faultsIfMoved } = new Interpreter(
    leaves,
    file,
    over,
  ).run();
  return { statements, remarks, renames, diagnostics, doubts, faultsIfMoved };
}
