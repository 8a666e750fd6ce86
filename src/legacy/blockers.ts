import type { Diagnostic } from '../errors/index.js';
import { makeKeyHint } from '../settings/key-words.js';
import type { PlanInputs } from './plan-inputs.js';
import type { DesiredRow } from './decide.js';
import type { PlanEntry, Shadow } from './plan.js';
import { mayStoreSecrets } from './row-writes.js';
import { olderShadowFinding } from './older-findings.js';
import { inUse, oneLine } from './show.js';
import type { Proof } from './proof.js';

interface Facts {
  readonly inputs: PlanInputs;
  readonly entries: readonly PlanEntry[];
  readonly shadows: readonly Shadow[];
  readonly desired: readonly DesiredRow[];
  readonly writes: readonly Diagnostic[];
  /** Fields that cannot go with their provider. */
  readonly stuck: readonly Diagnostic[];
  readonly proof: Proof | undefined;
}

function place(
  inputs: PlanInputs,
  entry: Pick<PlanEntry, 'position'>,
): Pick<Diagnostic, 'file' | 'position'> {
  return inputs.document && entry.position ? { file: inputs.document.file, position: entry.position } : {};
}

/** Values that cannot be stored, each at the place that states it. */
function unstorable({ inputs, entries, desired, writes }: Facts): Diagnostic[] {
  return writes.map((finding) => {
    const row = desired.find(({ key }) => key.path === finding.key);
    const entry = entries.find(({ key }) => key !== undefined && key === row?.key.key);
    return { ...finding, ...(entry ? place(inputs, entry) : {}) };
  });
}

function conflicts({ inputs, entries }: Facts): Diagnostic[] {
  const undecided = entries.filter(
    ({ reason }) => reason === 'explicit-differs' || reason === 'row-surfaces',
  );
  return undecided.map((entry) => ({
    code: 'legacy/conflict',
    severity: 'error',
    message:
      entry.reason === 'row-surfaces'
        ? `${entry.path} is in the database only and would take effect once the provider leaves the file`
        : `${entry.path} is ${oneLine(entry.value ?? '')} here, but somebody set the row ${entry.key} to ${oneLine(entry.current ?? '')}`,
    key: entry.key ?? entry.path,
    hint: 'Decide with --on-conflict keep (the row stays) or --on-conflict overwrite (the file wins).',
    ...place(inputs, entry),
  }));
}

function undecidedShadows({ inputs, shadows }: Facts): Diagnostic[] {
  return shadows
    .filter((shadow) => shadow.choice === undefined)
    .map((shadow) => {
      if (shadow.older !== undefined) return olderShadowFinding(shadow, inputs.document?.file ?? '');
      return {
        code: 'legacy/shadowed',
        severity: 'error',
        message: `${shadow.path} is overridden by the variable ${shadow.variable}, which says otherwise`,
        key: shadow.key,
        hint: "Decide with --shadowed env (store what the server uses now) or --shadowed file (store the file's value).",
        ...place(inputs, shadow),
      };
    });
}

function plaintextSecrets({ inputs, desired, entries }: Facts): Diagnostic[] {
  if (mayStoreSecrets(inputs)) return [];
  const how = inputs.production
    ? 'auth.build_mode is production, so there is no way around it.'
    : 'Or pass --allow-plaintext-secrets for a server that is not in production.';
  return desired
    .filter(({ key }) => key.secret)
    .map(({ key }) => ({
      code: 'legacy/plaintext-secret',
      severity: 'error',
      message: `${key.path} is a secret and would be stored in plain text: no encryption key is configured`,
      key: key.path,
      hint: `${makeKeyHint(inputs.cipher.home)} ${how}`,
      ...place(inputs, entries.find((entry) => entry.key === key.key) ?? { position: undefined }),
    }));
}

function failedProof({ proof }: Facts): Diagnostic[] {
  return (proof?.differences ?? []).map(({ key, before, after }) => ({
    code: 'legacy/proof-failed',
    severity: 'error',
    message: `${key} is ${inUse(before)} now and would be ${inUse(after)} afterwards`,
    key,
    hint: 'Nothing is written while a setting would change. Please report this with the plan (--dry-run --json).',
  }));
}

/** What stops a plan: conflicts and shadows without a choice, secrets without a key, and a proof that fails. */
export function blockersOf(facts: Facts): Diagnostic[] {
  return [
    ...facts.stuck,
    ...unstorable(facts),
    ...plaintextSecrets(facts),
    ...conflicts(facts),
    ...undecidedShadows(facts),
    ...failedProof(facts),
  ];
}
