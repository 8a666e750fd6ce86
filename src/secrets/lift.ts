import { createFile, replaceFile } from '../config/files/write.js';
import { readConfigFile, type ConfigFile } from '../config/files/read.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { SecretValue } from '../values/secret-value.js';
import type { InlineSecret } from './inventory.js';
import type { WriteNote } from './providers/contract.js';
import { formatVaultReference } from '../config/reference.js';
import { replaceValues } from './replace-values.js';
import type { Secrets } from './resolver.js';
import { faultDiagnostic } from './source.js';

/**
 * One inline secret on its way to the provider. `write`: the provider has nothing under the path. `present`: it
 * already has this very value. `conflict`: it has another one, which is never overwritten.
 */
export interface LiftEntry {
  readonly secret: InlineSecret;
  /** Path under which the provider holds the value, or will. */
  readonly path: string;
  /** The reference that stands in the file afterwards. */
  readonly reference: string;
  readonly action: 'write' | 'present' | 'conflict';
  /** What is to be known about the write; empty for the other actions. */
  readonly notes: readonly WriteNote[];
}

export interface LiftPlan {
  readonly entries: readonly LiftEntry[];
  readonly writable: boolean;
  /** Where `vault://` leads. */
  readonly provider: string;
}

/** Where a setting's secret goes: `auth.jwt.secret` to `<prefix>auth_jwt_secret`. */
function liftedPath(key: string, prefix: string): string {
  const name = key.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return prefix === '' ? name : `${prefix.replace(/\/+$/, '')}/${name}`;
}

const valueOf = ({ leaf }: InlineSecret): SecretValue =>
  new SecretValue(leaf.node.kind === 'scalar' ? leaf.node.text : '');

/**
 * Looks for each secret in the provider. Nothing is written.
 * @param prefix path of the provider under which the secrets shall lie; empty for none
 * @throws ToolError `secrets/unresolved` when the provider cannot say whether it holds one
 */
export async function planLift(
  secrets: Secrets,
  inline: readonly InlineSecret[],
  prefix: string,
  file: string,
): Promise<LiftPlan> {
  const wanted = inline
    .filter(({ advice }) => advice === 'lift')
    .map((secret) => {
      const path = liftedPath(secret.key, prefix);
      return { secret, path, reference: formatVaultReference({ path }) };
    });
  const results = await secrets.tryResolve(
    wanted.map(({ secret, reference }) => ({
      key: secret.key,
      text: reference,
      origin: { file, position: secret.position },
    })),
  );
  const failed: Diagnostic[] = [];
  const found = wanted.map((entry, index): Omit<LiftEntry, 'notes'> => {
    const result = results[index];
    // A document that does not exist yet, or whose current version is deleted, can be written.
    if (result?.state === 'failed' && !result.fault.vacant) {
      failed.push(faultDiagnostic(result.source, result.fault));
    }
    if (!result || !('value' in result)) return { ...entry, action: 'write' };
    const same = result.value.reveal() === valueOf(entry.secret).reveal();
    return { ...entry, action: same ? 'present' : 'conflict' };
  });
  if (failed.length > 0) {
    throw new ToolError('secrets/unresolved', 'whether the provider already holds the secrets is not known', {
      diagnostics: failed,
    });
  }
  const writable = await secrets.canWrite();
  const entries: LiftEntry[] = [];
  for (const entry of found) {
    const isWritten = writable && entry.action === 'write';
    const { reference, notes } = isWritten
      ? await secrets.writeTarget(entry.path)
      : { reference: entry.reference, notes: [] };
    entries.push({ ...entry, reference, notes });
  }
  return { entries, writable, provider: await secrets.describeProvider() };
}

/** @throws ToolError `secrets/lift-conflict`, `secrets/not-writable` */
function refuseUnfit(plan: LiftPlan, file: string): void {
  const conflicts = plan.entries.filter(({ action }) => action === 'conflict');
  if (conflicts.length > 0) {
    throw new ToolError('secrets/lift-conflict', 'the provider holds other values; nothing was written', {
      diagnostics: conflicts.map(({ secret, reference }) => ({
        code: 'secrets/lift-conflict',
        severity: 'error',
        message: `${reference} is there already, with another value than ${secret.key} has in the file`,
        file,
        position: secret.position,
        key: secret.key,
      })),
      hint: 'Give the secrets a place of their own with --prefix, or write the reference by hand if the other value is right.',
    });
  }
  if (!plan.writable && plan.entries.some(({ action }) => action === 'write')) {
    throw new ToolError('secrets/not-writable', `the tool does not write to ${plan.provider}`, {
      hint: 'Store the values there yourself, then run again: values that are already there need no writing.',
    });
  }
}

export interface LiftResult {
  /** Number of values that were written to the provider. */
  readonly written: number;
  /** Path of the file's old bytes. */
  readonly backup: string;
}

/**
 * Writes the secrets to the provider, reads each back through its reference, and only then puts the references into
 * the file. Killed at any point, the file still works; the next run finds the values present and goes on.
 * @param backup path for the file's old bytes, which nothing has yet
 * @throws ToolError `secrets/lift-conflict`, `secrets/not-writable`, `secrets/read-back-mismatch`,
 *   `secrets/cannot-rewrite`, `secrets/changed-meanwhile`
 */
export async function applyLift(
  plan: LiftPlan,
  file: ConfigFile,
  document: YamlDocument,
  secrets: Secrets,
  backup: string,
): Promise<LiftResult> {
  refuseUnfit(plan, file.name);
  // Tried before anything is written: a file that cannot be rewritten leaves the provider untouched.
  replaceValues(
    document,
    plan.entries.map(({ secret, reference }) => ({ leaf: secret.leaf, text: new SecretValue(reference) })),
  );
  const references = new Map<LiftEntry, string>();
  // One after the other: values that share a document would overwrite each other.
  for (const entry of plan.entries) {
    const isThere = entry.action === 'present';
    references.set(
      entry,
      isThere ? entry.reference : await secrets.write(entry.path, valueOf(entry.secret), { replace: false }),
    );
  }
  await readBack(references, file.name, secrets);
  const bytes = replaceValues(
    document,
    [...references].map(([{ secret }, reference]) => ({
      leaf: secret.leaf,
      text: new SecretValue(reference),
    })),
  );
  await replaceConfig(file, bytes, backup);
  return { written: plan.entries.filter(({ action }) => action === 'write').length, backup };
}

async function readBack(
  references: ReadonlyMap<LiftEntry, string>,
  file: string,
  secrets: Secrets,
): Promise<void> {
  const values = await secrets.resolve(
    [...references].map(([{ secret }, text]) => ({
      key: secret.key,
      text,
      origin: { file, position: secret.position },
    })),
  );
  for (const { secret } of references.keys()) {
    if (values.get(secret.key)?.reveal() === valueOf(secret).reveal()) continue;
    throw new ToolError(
      'secrets/read-back-mismatch',
      `the provider returns another value for ${secret.key} than was written; the file was left as it is`,
    );
  }
}

async function replaceConfig(file: ConfigFile, bytes: Uint8Array, backup: string): Promise<void> {
  const now = await readConfigFile(file.realPath, '/');
  if (!Buffer.from(now.bytes).equals(file.bytes)) {
    throw new ToolError('secrets/changed-meanwhile', `${file.name} changed while its secrets were moved`, {
      hint: 'Run again: what was written to the provider is found there.',
    });
  }
  const { mode, uid, gid } = file;
  // The old bytes hold secrets: nobody but the owner may read them, whatever the file itself allows.
  if (!(await createFile(backup, file.bytes, { mode: mode & 0o600, uid, gid }))) {
    throw new ToolError(
      'secrets/changed-meanwhile',
      `${backup} exists already; ${file.name} was left as it is`,
    );
  }
  await replaceFile(file.realPath, bytes, { mode, uid, gid });
}
