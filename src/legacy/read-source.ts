import { isStorable, objectionTo } from '../config/checks.js';
import type { EnvironmentLayer } from '../config/environment.js';
import type { Layer, LayerValue } from '../config/layer.js';
import { readLeaves } from '../config/leaves.js';
import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { lookupPath } from '../registry/index.js';
import { isReference } from '../config/reference.js';
import type { Secrets, SecretOrigin, SecretSource } from '../secrets/index.js';
import { sourceOfValue } from '../secrets/source.js';
import { refuseNoValues } from './no-values.js';
import { interpret } from './interpret.js';
import { nameOf, positionOf, type Reading, type Statement } from './statement.js';

/** What is imported, read and found valid: a file or the environment, with the environment that surrounds it. */
export interface ImportSource {
  readonly document: YamlDocument | undefined;
  readonly reading: Reading;
  readonly environment: EnvironmentLayer;
}

function refuseInvalid(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const count = diagnostics.length === 1 ? 'A value is' : `${diagnostics.length} values are`;
  throw new ToolError('legacy/invalid-values', `${count} not what any server accepts; nothing was written`, {
    diagnostics,
    hint: 'Correct them and run the command again.',
  });
}

/**
 * The variables with which no server starts and that are about settings of the database: what they hide, or would
 * store, is not known. Those of settings that stay are not the import's business.
 */
function ofOperational({ diagnostics }: EnvironmentLayer): readonly Diagnostic[] {
  return diagnostics.filter(({ key }) => {
    const found = key === undefined ? undefined : keyOfLookup(lookupPath(key.split('.')));
    return found === undefined || found.operational;
  });
}

/** @throws ToolError `legacy/invalid-values` with every invalid value of file and environment, with positions */
export function readFileSource(document: YamlDocument, environment: EnvironmentLayer): ImportSource {
  const leaves = readLeaves(document.root);
  const { diagnostics, ...reading } = interpret(leaves, document.file);
  refuseNoValues(leaves, document.file, reading.statements, environment);
  refuseInvalid([...diagnostics, ...ofOperational(environment)]);
  return { document, reading, environment };
}

/**
 * The environment as a source: every operational setting that a variable states. The variables stay where they are.
 * @throws ToolError `legacy/invalid-values`
 */
export function readEnvironmentSource(environment: EnvironmentLayer): ImportSource {
  refuseInvalid(ofOperational(environment));
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
    reading: { statements, remarks: [], renames: [], doubts: environment.doubts },
    environment,
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

async function resolveLayer(layer: Layer, secrets: () => Promise<Secrets>): Promise<Layer> {
  const references = [...layer.values()].filter(isStoredReference);
  if (references.length === 0) return layer;
  const sources = references.map((value) => ({ value, source: sourceOfValue(value) }));
  const values = await (await secrets()).resolve(sources.map(({ source }) => source));
  const resolved = new Map(layer);
  const faults: Diagnostic[] = [];
  for (const { value, source } of sources) {
    const text = values.get(value.key.path)?.reveal();
    if (text === undefined) resolved.delete(value.key.key);
    else {
      resolved.set(value.key.key, { ...value, text });
      faults.push(...unfit(value.key, text, source));
    }
  }
  refuseInvalid(faults);
  return resolved;
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
  const values = await resolveLayer(environment.values, secrets);
  const references = reading.statements.filter(isStoredReference);
  const resolved =
    references.length === 0
      ? undefined
      : await (await secrets()).resolve(references.map((statement) => sourceOf(statement, document)));
  const statements = reading.statements.flatMap((statement): Statement[] => {
    if (!isStoredReference(statement)) return [statement];
    const text = resolved?.get(statement.key.path)?.reveal();
    return text === undefined ? [] : [{ ...statement, text }];
  });
  refuseInvalid(
    references.flatMap((statement) => {
      const text = resolved?.get(statement.key.path)?.reveal();
      return text === undefined ? [] : unfit(statement.key, text, sourceOf(statement, document));
    }),
  );
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
    document,
    environment: { ...environment, values },
    reading: { ...reading, statements, remarks: [...reading.remarks, ...remarks] },
  };
}
