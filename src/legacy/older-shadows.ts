import { isReference } from '../config/reference.js';
import { keyOfProviderField, type SettingKey } from '../config/setting-key.js';
import { overriddenBy } from '../config/written.js';
import type { ConfigLeaf } from '../config/leaves.js';
import type { Diagnostic } from '../errors/index.js';
import { isSameUse } from '../settings/effective.js';
import { notTaken } from './older-findings.js';
import { olderProviderFields, olderValueOf, type OlderValue } from './older-variables.js';
import type { Shadow } from './plan.js';
import type { PlanInputs } from './plan-inputs.js';
import { entriesOf } from './provider-entries.js';
import type { Remark, Statement } from './statement.js';
import { entriesThatStay } from './whole-entries.js';

type Inputs = Pick<
  PlanInputs,
  'statements' | 'remarks' | 'older' | 'options' | 'environment' | 'rows' | 'document'
>;

export interface SettledOlder {
  readonly statements: readonly Statement[];
  readonly remarks: readonly Remark[];
  readonly shadows: readonly Shadow[];
  /** Variables that were chosen and cannot be taken. */
  readonly stuck: readonly Diagnostic[];
}

/** Settles one setting after the other: see `settleOlderVariables`. */
class Settlement implements SettledOlder {
  readonly statements: Statement[] = [];
  readonly remarks: Remark[] = [];
  readonly shadows: Shadow[] = [];
  readonly stuck: Diagnostic[] = [];

  constructor(
    private readonly inputs: Inputs,
    leaves: readonly ConfigLeaf[],
  ) {
    for (const statement of inputs.statements) this.#statement(statement);
    for (const remark of inputs.remarks) this.#remark(remark);
    const staying = entriesThatStay(inputs.remarks);
    for (const { name, family, id, leaves: own } of entriesOf(leaves)) {
      const [first] = own;
      if (!first || family.kind !== 'oauth' || staying.has(name)) continue;
      for (const field of family.fields)
        if (olderProviderFields.includes(field.name))
          this.#absent(keyOfProviderField(family, id, field), first);
    }
  }

  /** What a variable under an older name says otherwise, unless something of today says more than either. */
  #overriding(key: SettingKey, text: string): OlderValue | undefined {
    const { older, environment } = this.inputs;
    // First what is seldom there: keys are asked about by the hundred.
    const value = olderValueOf(key, older);
    if (!value || isSameUse(key, value.text, text)) return undefined;
    const nothing = { values: new Map(), providers: new Set<string>() };
    return overriddenBy(key, { file: nothing, environment }) ? undefined : value;
  }

  /** @returns true when the variable's value is to be taken */
  #choose(key: SettingKey, leaf: ConfigLeaf, value: OlderValue, name = leaf.name): boolean {
    const choice = this.inputs.options.shadowed;
    const { position } = leaf;
    const older = key.setting?.env ?? null;
    this.shadows.push({ path: name, key: key.key, position, variable: value.variable, choice, older });
    if (choice !== 'env') return false;
    const place = { name, position, file: this.inputs.document?.file };
    const refuse = (why: string): void => void this.stuck.push(notTaken(place, key, value.variable, why));
    if (!key.operational) refuse('the setting stays in the file, and the import writes none there');
    else if (!value.isValid) refuse('no server takes such a value');
    else return true;
    return false;
  }

  #statement(statement: Statement): void {
    const { key, text, leaves } = statement;
    const [leaf] = leaves;
    const row = this.inputs.rows.get(key.key);
    // A row that somebody set outranks either, so it is settled where it agrees with the file.
    const isSettled = !key.provider && row?.origin === 'explicit' && row.text === text;
    const value = leaf && !isSettled ? this.#overriding(key, text) : undefined;
    if (!leaf || !value || !this.#choose(key, leaf, value)) this.statements.push(statement);
    else
      this.statements.push({ ...statement, text: value.text, instead: { variable: value.variable, text } });
  }

  #remark(remark: Remark): void {
    const { key, leaf, reason, text = '' } = remark;
    const isEmpty = reason === 'no-value' || reason === 'empty-text';
    // Where a reference leads is the server's to find out; a file that has one is of a time without these variables.
    const counts = key && !key.provider && (isEmpty || (reason === 'bootstrap' && !isReference(text)));
    const value = counts ? this.#overriding(key, isEmpty ? '' : text) : undefined;
    if (!key || !value || !this.#choose(key, leaf, value)) {
      this.remarks.push(remark);
      return;
    }
    const renamed = leaf.lookup.kind !== 'setting';
    const instead = { variable: value.variable, text: '' };
    this.statements.push({ key, text: value.text, leaves: [leaf], renamed, instead });
  }

  /** A field that the file's entry does not state, or states without a value. */
  #absent(key: SettingKey, entry: ConfigLeaf): void {
    const value = this.#overriding(key, '');
    if (!value || this.inputs.statements.some((statement) => statement.key.key === key.key)) return;
    if (!this.#choose(key, entry, value, key.path)) return;
    const { variable, text } = value;
    this.statements.push({
      key,
      text,
      leaves: [],
      renamed: false,
      variable,
      instead: { variable, text: '' },
    });
  }
}

/**
 * Finds the variables under older names that servers of their time took over the file's values, and that no server of
 * today reads: what they say is lost with those servers unless somebody decides. `--shadowed env` puts what they say in the
 * place of what the file says.
 */
export function settleOlderVariables(inputs: Inputs, leaves: readonly ConfigLeaf[]): SettledOlder {
  if (inputs.older.size > 0) return new Settlement(inputs, leaves);
  return { statements: inputs.statements, remarks: inputs.remarks, shadows: [], stuck: [] };
}
