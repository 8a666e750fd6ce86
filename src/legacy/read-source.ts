import { isStorable, objectionTo } from '../config/checks.js';
import type { EnvironmentLayer } from '../config/environment.js';
import type { Layer, LayerValue } from '../config/layer.js';
import { readLeaves } from '../config/leaves.js';
import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import type { Diagnostic } from '../errors/index.js';
import { lookupPath } from '../registry/index.js';
import { isReference } from '../config/reference.js';
import type { Secrets, SecretOrigin, SecretSource } from '../secrets/index.js';
import { sourceOfValue } from '../secrets/source.js';
import { refuseInvalid, staysUnder18 } from './faults.js';
import { refuseNoValues } from './no-values.js';
import { addressShadows, overridingParts } from './older-address.js';
import type { OlderVariables } from './older-variables.js';
import type { Shadow, ShadowChoice } from './plan.js';
import { interpret } from './interpret.js';
import { type FaultIfMoved, nameOf, positionOf, type Reading, type Statement } from './statement.js';

/** What is imported, read and found valid: a file or the environment, with the environment that surrounds it. */
export interface ImportSource {
  readonly document: YamlDocument | undefined;
  readonly reading: Reading;
  readonly environment: EnvironmentLayer;
  /** Variables that only servers of earlier releases read. */
  readonly older: OlderVariables;
  /** Parts of the file's address of the database that such variables override. */
  readonly addressShadows: readonly Shadow[];
}

/**
 * The variables with which no server starts and that are about settings of the database: what they hide, or would
 * store, is not known. Those of settings that stay are not the import's business.
 */
function faultsOfVariables({ diagnostics }: EnvironmentLayer): {
  readonly stopping: readonly Diagnostic[];
  readonly ifMoved: readonly FaultIfMoved[];
} {
  const stopping: Diagnostic[] = [];
  const ifMoved: FaultIfMoved[] = [];
  for (const diagnostic of diagnostics) {
    const { key } = diagnostic;
    const found = key === undefined ? undefined : keyOfLookup(lookupPath(key.split('.')));
    if (found && staysUnder18(found)) ifMoved.push({ diagnostic });
    else if (found === undefined || found.operational) stopping.push(diagnostic);
  }
  return { stopping, ifMoved };
}

/** All faults at once, also those that only some servers' imports stop for, once there is one that always stops. */
function refuseFaults(stopping: readonly Diagnostic[], ifMoved: readonly FaultIfMoved[]): void {
  if (stopping.length > 0) refuseInvalid([...stopping, ...ifMoved.map(({ diagnostic }) => diagnostic)]);
}

/**
 * What is wrong in keys that server 1.8 leaves in the file is handed on, since only the database says whose it is.
 * @param choice whether variables under older names are taken
 * @throws ToolError `legacy/invalid-values` with every invalid value of file and environment, with positions
 */
export function readFileSource(
  document: YamlDocument,
  environment: EnvironmentLayer,
  older: OlderVariables = new Map(),
  choice?: ShadowChoice,
): ImportSource {
  const leaves = readLeaves(document.root);
  const over = choice === 'env' ? overridingParts(older) : undefined;
  const { diagnostics, ...reading } = interpret(leaves, document.file, over);
  refuseNoValues(leaves, document.file, reading.statements, environment);
  const variables = faultsOfVariables(environment);
  const faultsIfMoved = [...reading.faultsIfMoved, ...variables.ifMoved];
  refuseFaults([...diagnostics, ...variables.stopping], faultsIfMoved);
  return {
    document,
    reading: { ...reading, faultsIfMoved },
    environment,
    older,
    addressShadows: addressShadows(document, older, environment, choice),
  };
}

/**
 * The environment as a source: every operational setting that a variable states. The variables stay where they are.
 * @throws ToolError `legacy/invalid-values`
 */
export function readEnvironmentSource(environment: EnvironmentLayer): ImportSource {
  const { stopping, ifMoved: faultsIfMoved } = faultsOfVariables(environment);
  refuseFaults(stopping, faultsIfMoved);
  const unfit = new Set(
    environment.doubts.flatMap(({ code, key }) => (code === 'config/invalid-variable' ? [key] : [])),
  );
  const statements = [...environment.values.values()].flatMap(({ key, text, written }): Statement[] =>
    key.operational &&
    text !== '' &&
    written.layer === 'environment' &&
    isStorable(key, text) &&
    !unfit.has(key.path)
      ? [{ key, text, leaves: [], renamed: false, variable: written.variable }]
      : [],
  );
  refuseNoValues([], '', statements, environment);
  return {
    document: undefined,
    reading: { statements, remarks: [], renames: [], doubts: environment.doubts, faultsIfMoved },
    environment,
    older: new Map(),
    addressShadows: [],
  };
}

function sourceOf(statement: Statement, document: YamlDocument | undefined): SecretSource {
  const position = positionOf(statement);
  const origin: SecretOrigin =
    document && position ? { file: document.file, position } : { variable: nameOf(statement) };
  return { key: statement.key.path, text: statement.text, origin };
}

/** What a reference leads to can be as unfit as what stands in a file. */
function unfit(key: SettingKey, text: string, { origin }: SecretSource): Diagnostic[] {
  const objection = objectionTo(key, text);
  if (!objection || objection.verdict === 'doubtful') return [];
  const { expected } = objection;
  const message = `What ${key.path} refers to is not valid: expected ${expected}`;
  return [{ code: 'config/invalid-value', severity: 'error', message, key: key.path, ...origin }];
}

function isStoredReference({ key, text }: Pick<LayerValue, 'key' | 'text'>): boolean {
  return key.operational && key.secret && isReference(text);
}

/** What references lead to, as far as it can be stored. */
interface Resolved {
  readonly layer: Layer;
  readonly faultsIfMoved: readonly FaultIfMoved[];
}

async function resolveLayer(layer: Layer, secrets: () => Promise<Secrets>): Promise<Resolved> {
  const references = [...layer.values()].filter(isStoredReference);
  if (references.length === 0) return { layer, faultsIfMoved: [] };
  const sources = references.map((value) => ({ value, source: sourceOfValue(value) }));
  const values = await (await secrets()).resolve(sources.map(({ source }) => source));
  const resolved = new Map(layer);
  const faults: Diagnostic[] = [];
  const faultsIfMoved: FaultIfMoved[] = [];
  for (const { value, source } of sources) {
    const text = values.get(value.key.path)?.reveal();
    if (text === undefined) resolved.delete(value.key.key);
    else {
      resolved.set(value.key.key, { ...value, text });
      const found = unfit(value.key, text, source);
      if (staysUnder18(value.key)) faultsIfMoved.push(...found.map((diagnostic) => ({ diagnostic })));
      else faults.push(...found);
    }
  }
  refuseInvalid(faults);
  return { layer: resolved, faultsIfMoved };
}

function staying({ key, leaves: [leaf] }: Statement, diagnostic: Diagnostic): FaultIfMoved {
  if (!leaf) return { diagnostic };
  return { diagnostic, remark: { leaf, action: 'stays', reason: 'not-storable', key, text: undefined } };
}

/**
 * Replaces references in secrets that will be stored by what they lead to, since the database never holds one.
 * References in bootstrap settings stay: the server resolves those itself.
 * @param secrets opened only when there is a reference
 * @throws ToolError `secrets/unresolved` with every reference that failed; `legacy/invalid-values` with every one that
 * leads to what no server accepts
 */
export async function resolveStoredSecrets(
  source: ImportSource,
  secrets: () => Promise<Secrets>,
): Promise<ImportSource> {
  const { document, reading, environment } = source;
  const { layer: values, faultsIfMoved: ofVariables } = await resolveLayer(environment.values, secrets);
  const faultsIfMoved = [...reading.faultsIfMoved, ...ofVariables];
  const references = reading.statements.filter(isStoredReference);
  const resolved =
    references.length === 0
      ? undefined
      : await (await secrets()).resolve(references.map((statement) => sourceOf(statement, document)));
  const statements: Statement[] = [];
  const faults: Diagnostic[] = [];
  for (const statement of reading.statements) {
    const { key } = statement;
    const text = isStoredReference(statement) ? resolved?.get(key.path)?.reveal() : statement.text;
    if (text === undefined) continue;
    const found = text === statement.text ? [] : unfit(key, text, sourceOf(statement, document));
    if (found.length === 0) statements.push({ ...statement, text });
    else if (!staysUnder18(key)) faults.push(...found);
    else faultsIfMoved.push(...found.map((diagnostic) => staying(statement, diagnostic)));
  }
  refuseInvalid(faults);
  const absent = references.filter((statement) => !resolved?.has(statement.key.path));
  const remarks = absent.flatMap(({ key, leaves }) =>
    leaves.map((leaf) => ({
      leaf,
      action: 'stays' as const,
      reason: 'no-value' as const,
      key,
      text: undefined,
    })),
  );
  return {
    ...source,
    environment: { ...environment, values },
    reading: { ...reading, statements, remarks: [...reading.remarks, ...remarks], faultsIfMoved },
  };
}
