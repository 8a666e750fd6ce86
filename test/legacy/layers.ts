import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import type { ServerModel } from '../../src/config/precedence.js';
import type { EffectiveInputs, RowValue } from '../../src/settings/effective.js';
import { leavesOf } from '../config/support.js';

/** What a server has before it: a file's text, rows by key, variables. */
export function layers(
  file: string,
  rows: Record<string, string> = {},
  env: Record<string, string> = {},
  model: ServerModel = 'documented',
  origin: RowValue['origin'] = 'explicit',
): EffectiveInputs {
  const held = Object.entries(rows).map(([key, text]): [string, RowValue] => [key, { text, origin }]);
  return {
    model,
    file: readFileLayer(leavesOf(file), 'config.yml'),
    environment: readEnvironment(env),
    rows: new Map(held),
  };
}
