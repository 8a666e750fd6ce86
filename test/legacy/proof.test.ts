import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { prove } from '../../src/legacy/proof.js';
import type { EffectiveInputs, RowValue } from '../../src/settings/effective.js';

/** A server's configuration: its file, its rows (set by a person), its variables. */
function server(
  file: string,
  rows: Record<string, string> = {},
  env: Record<string, string> = {},
): EffectiveInputs {
  const layer = readFileLayer(readLeaves(parseYaml(new TextEncoder().encode(file), 'c.yml').root), 'c.yml');
  return {
    model: 'documented',
    file: layer,
    environment: readEnvironment(env),
    rows: new Map(
      Object.entries(rows).map(([key, text]): [string, RowValue] => [key, { text, origin: 'explicit' }]),
    ),
  };
}

const nothingChosen = new Map<string, string | undefined>();
const port = 'server: {port: "8443"}\n';
const both = `${port}operator: {name: Ann}\n`;

describe('the proof', () => {
  it('holds when a value stands in the database in place of the file', () => {
    const proof = prove(server(both), server(port, { 'operator.name': 'Ann' }), nothingChosen);
    expect(proof.differences).toEqual([]);
    expect(proof.chosen).toEqual([]);
    expect(proof.compared).toBeGreaterThan(150);
  });

  it.each<[string, EffectiveInputs, { key: string; before?: string; after?: string }]>([
    ['a value is lost', server(port), { key: 'operator.name', before: 'Ann' }],
    [
      'a value is another',
      server(port, { 'operator.name': 'Bob' }),
      { key: 'operator.name', before: 'Ann', after: 'Bob' },
    ],
    ['a value is not cut alone', server('operator: {name: Ann}\n'), { key: 'server.port', before: '8443' }],
    [
      'a value comes from nowhere',
      server(port, { 'operator.name': 'Ann', 'operator.contact': 'x@example.com' }),
      { key: 'operator.contact', after: 'x@example.com' },
    ],
    [
      'a variable is there that was not',
      server(port, { 'operator.name': 'Ann' }, { TMI_SERVER_PORT: '9090' }),
      { key: 'server.port', before: '8443', after: '9090' },
    ],
  ])('fails when %s', (_, after, { key, before, after: now }) => {
    const { differences } = prove(server(both), after, nothingChosen);
    expect(differences.map((difference) => difference.key)).toEqual([key]);
    expect(differences[0]?.before ?? '').toContain(before ?? '');
    if (now !== undefined) expect(differences[0]?.after).toContain(now);
    expect(differences[0]?.after).not.toBe(differences[0]?.before);
  });

  it('lets a key change to the value that was chosen, and to no other', () => {
    const chosen = new Map([['operator.name', 'Bob']]);
    const as = (name: string) => prove(server(both), server(port, { 'operator.name': name }), chosen);
    expect(as('Bob').differences).toEqual([]);
    expect(as('Bob').chosen.map(({ key }) => key)).toEqual(['operator.name']);
    expect(as('Eve').chosen).toEqual([]);
    expect(as('Eve').differences.map(({ key }) => key)).toEqual(['operator.name']);
  });

  it('says which secret differs, and neither of its values', () => {
    const file = (secret: string) =>
      server(`${port}auth: {oauth: {providers: {acme: {enabled: true, client_secret: ${secret}}}}}\n`);
    const { differences } = prove(file('canary-one'), file('canary-two'), nothingChosen);
    expect(differences.map(({ key }) => key)).toEqual(['auth.oauth.providers.acme.client_secret']);
    expect(JSON.stringify(differences)).not.toContain('canary');
  });
});
