import { emptyFileLayer, readFileLayer } from '../config/file-layer.js';
import { readLeaves } from '../config/leaves.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { readYamlDocument } from '../config/yaml/read-document.js';
import type { DecodedRow } from '../settings/decode.js';
import type { EffectiveInputs } from '../settings/effective.js';
import type { DesiredRow } from './decide.js';
import { withNormalTexts } from './normal-rows.js';
import type { PlanInputs } from './plan-inputs.js';
import type { Statement } from './statement.js';

/** The file's values as the server takes them, with references in stored secrets replaced by what they lead to. */
function fileInputs(
  document: YamlDocument | undefined,
  statements: readonly Statement[],
): EffectiveInputs['file'] {
  if (!document) return emptyFileLayer;
  const layer = readFileLayer(readLeaves(document.root), document.file);
  const resolved = new Map(layer.values);
  for (const { key, text, renamed, instead } of statements) {
    const value = layer.values.get(key.key);
    if (value && !renamed) resolved.set(key.key, { ...value, text: instead?.text ?? text });
  }
  return { ...layer, values: resolved };
}

/** The rows as they will be, in the clear. */
export function rowsAfter(
  rows: ReadonlyMap<string, DecodedRow>,
  desired: readonly DesiredRow[],
  deletes: readonly string[],
  hasOrigin: boolean,
): EffectiveInputs['rows'] {
  const after = new Map<string, { text: string; origin: 'seeded' | 'explicit' }>(rows);
  for (const { key, text, origin } of desired) {
    // Without an origin column the server and this tool can only infer who chose a value.
    const inferred = text === key.setting?.default ? 'seeded' : 'explicit';
    after.set(key.key, { text, origin: hasOrigin ? origin : inferred });
  }
  for (const key of deletes) after.delete(key);
  return after;
}

/** The layers before anything happens, as the server reads them today. */
export function layersBefore(inputs: PlanInputs): EffectiveInputs {
  return {
    model: inputs.options.server,
    file: fileInputs(inputs.document, inputs.statements),
    environment: inputs.environment,
    rows: inputs.rows,
  };
}

/** What the file says once it holds the new bytes; without any it stays as it is. */
export function fileAfter(inputs: PlanInputs, newBytes: Uint8Array | undefined): EffectiveInputs['file'] {
  const { document, statements } = inputs;
  if (newBytes === undefined || !document) return fileInputs(document, statements);
  return fileInputs(readYamlDocument(newBytes, document.file), statements);
}

/** The layers once the file says that and the rows are as given. */
export function layersAfter(
  inputs: PlanInputs,
  file: EffectiveInputs['file'],
  rows: EffectiveInputs['rows'],
): EffectiveInputs {
  return {
    model: inputs.options.server,
    file,
    environment: inputs.environment,
    rows: withNormalTexts(rows),
  };
}
