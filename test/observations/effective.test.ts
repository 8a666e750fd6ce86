import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { providerEntry } from '../../src/config/setting-key.js';
import { effectiveConfig, type RowValue } from '../../src/settings/effective.js';
import { observations, wrongIn, type Observation } from '../support/observations.js';
import type { familyKinds } from '../support/reference-server/index.js';
import { type Used } from '../support/reference-server/index.js';

/** What the tool says that a server 1.8 uses, in the shape of an observation. */
function usedAsTheToolSays({ file, environment, rows }: Observation): Used {
  const { root } = parseYaml(Buffer.from(file), 'config.yml');
  const held = rows.map(({ key, value, origin }): [string, RowValue] => [
    key,
    { text: value, origin: origin === 'explicit' ? 'explicit' : 'seeded' },
  ]);
  const config = effectiveConfig({
    model: '1.8',
    file: readFileLayer(readLeaves(root), 'config.yml'),
    environment: readEnvironment(environment),
    rows: new Map(held),
  });
  const settings: Record<string, string> = {};
  const entries = new Map<
    string,
    { kind: (typeof familyKinds)[number]; id: string; fields: Record<string, unknown> }
  >();
  for (const { key, text = '' } of config.values()) {
    if (!key.provider) settings[key.key] = text;
    else if (text !== '') {
      const { family, id, field } = key.provider;
      const name = providerEntry(family, id);
      const entry = entries.get(name) ?? { kind: family.kind, id, fields: {} };
      entry.fields[field.name] = field.type === 'string' ? text : (JSON.parse(text) as unknown);
      entries.set(name, entry);
    }
  }
  const enabled = [...entries.values()].filter(({ fields }) => fields['enabled'] === true);
  const of = (kind: (typeof familyKinds)[number]) =>
    Object.fromEntries(enabled.filter((entry) => entry.kind === kind).map(({ id, fields }) => [id, fields]));
  return { settings, oauth: of('oauth'), saml: of('saml'), content_oauth: of('content_oauth') };
}

describe('the effective configuration under the model 1.8', () => {
  it('is what the real server was seen to use, in every observation', () => {
    expect(observations).toHaveLength(300);
    const wrong = observations.flatMap((observation, index) =>
      wrongIn(observation, usedAsTheToolSays(observation)).map((one) => [index, ...one]),
    );
    expect(wrong).toEqual([]);
  });
});
