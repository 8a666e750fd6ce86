import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Server18Source } from '../../src/registry/index.js';
import {
  effectiveValue,
  serverModels,
  type Candidates,
  type Circumstances,
  type Winner,
} from '../../src/settings/precedence.js';

const sources: readonly (Server18Source | null)[] = ['file', 'origin', 'config-first', 'provider', null];

const operational: Circumstances = {
  model: 'documented',
  operational: true,
  server18Reads: 'file',
  environmentDefinesProvider: false,
  fileDefinesProvider: false,
};

const all: Candidates = {
  default: 'default',
  file: 'file',
  environment: 'environment',
  row: { text: 'row', origin: 'seeded' },
};
const explicit: Candidates = { ...all, row: { text: 'row', origin: 'explicit' } };

/** The layers that win one after the other, when the winner is taken away each time. */
function order(candidates: Candidates, circumstances: Circumstances): Winner[] {
  const { winner, text } = effectiveValue(candidates, circumstances);
  if (text === undefined) return [];
  return [winner, ...order({ ...candidates, [winner]: undefined }, circumstances)];
}

describe('the documented model', () => {
  it('has bootstrap settings from the environment, the file, the default, and never from a row', () => {
    const bootstrap = { ...operational, operational: false, server18Reads: null };
    expect(order(explicit, bootstrap)).toEqual(['environment', 'file', 'default']);
  });

  it.each(sources)('has an explicit row above all, a seeded one above the default (%s)', (server18Reads) => {
    const circumstances = { ...operational, server18Reads };
    expect(order(explicit, circumstances)).toEqual(['row', 'environment', 'file', 'default']);
    expect(order(all, circumstances)).toEqual(['environment', 'file', 'row', 'default']);
  });

  it('takes a row without a value for none, whoever stated it', () => {
    const empty = { ...all, row: { text: '', origin: 'explicit' } } as const;
    expect(order(empty, operational)).toEqual(['environment', 'file', 'default']);
  });

  it('does not read the file where variables define the provider', () => {
    const circumstances = { ...operational, environmentDefinesProvider: true, fileDefinesProvider: true };
    expect(order(all, circumstances)).toEqual(['environment', 'row', 'default']);
    expect(order(explicit, circumstances)).toEqual(['row', 'environment', 'default']);
  });
});

describe('the model of server 1.8', () => {
  const read = (server18Reads: Server18Source | null, more: Partial<Circumstances> = {}): Circumstances => ({
    ...operational,
    model: '1.8',
    server18Reads,
    ...more,
  });

  it('never reads a row of what it takes from the file', () => {
    expect(order(explicit, read('file'))).toEqual(['environment', 'file', 'default']);
    expect(order(explicit, read(null))).toEqual(['environment', 'file', 'default']);
  });

  it('lets the origin decide where it reads origins', () => {
    expect(order(explicit, read('origin'))).toEqual(['row', 'environment', 'file', 'default']);
    expect(order(all, read('origin'))).toEqual(['environment', 'file', 'row', 'default']);
  });

  it('takes file and environment first where it reads the configuration first', () => {
    expect(order(explicit, read('config-first'))).toEqual(['environment', 'file', 'row', 'default']);
  });

  it('hides rows of a provider that the file or the environment has, field by field', () => {
    expect(order(explicit, read('provider', { fileDefinesProvider: true }))).toEqual([
      'environment',
      'file',
      'default',
    ]);
    const both = { fileDefinesProvider: true, environmentDefinesProvider: true };
    expect(order(explicit, read('provider', both))).toEqual(['environment', 'default']);
    const rowOnly: Candidates = { ...explicit, file: undefined, environment: undefined, default: undefined };
    expect(effectiveValue(rowOnly, read('provider', { fileDefinesProvider: true })).text).toBeUndefined();
    expect(effectiveValue(rowOnly, read('provider')).winner).toBe('row');
  });
});

describe('effectiveValue, in every model', () => {
  const maybe = fc.option(fc.constantFrom('', 'a', 'b'), { nil: undefined });
  const candidates: fc.Arbitrary<Candidates> = fc.record({
    default: maybe,
    file: maybe,
    environment: maybe,
    row: fc.option(
      fc.record({
        text: fc.constantFrom('a', 'b'),
        origin: fc.constantFrom('seeded' as const, 'explicit' as const),
      }),
      { nil: undefined },
    ),
  });
  const circumstances: fc.Arbitrary<Circumstances> = fc.record({
    model: fc.constantFrom(...serverModels),
    operational: fc.boolean(),
    server18Reads: fc.constantFrom(...sources),
    environmentDefinesProvider: fc.boolean(),
    fileDefinesProvider: fc.boolean(),
  });
  const textOf = (from: Candidates, winner: Winner) => (winner === 'row' ? from.row?.text : from[winner]);

  it('gives the text of the layer that it names', () => {
    fc.assert(
      fc.property(candidates, circumstances, (from, under) => {
        const { winner, text } = effectiveValue(from, under);
        expect(text).toBe(textOf(from, winner));
      }),
    );
  });

  it('keeps its winner whatever a weaker layer says: only what could have won changes the outcome', () => {
    fc.assert(
      fc.property(
        candidates,
        circumstances,
        fc.constantFrom<Winner>('default', 'file', 'environment', 'row'),
        maybe,
        (from, under, layer, text) => {
          const before = effectiveValue(from, under);
          const row =
            text === undefined || text === '' ? undefined : { text, origin: from.row?.origin ?? 'seeded' };
          const changed = { ...from, [layer]: layer === 'row' ? row : text };
          const after = effectiveValue(changed, under);
          // What one layer says moves the victory to it or away from it, never between two others.
          if (after.winner !== before.winner) expect([before.winner, after.winner]).toContain(layer);
          else if (before.winner !== layer) expect(after.text).toBe(before.text);
        },
      ),
    );
  });

  it('never lets the default win over a layer that the server reads', () => {
    fc.assert(
      fc.property(candidates, circumstances, (from, under) => {
        // A field that a layer holds belongs to a provider that the layer defines.
        fc.pre(under.environmentDefinesProvider || from.environment === undefined);
        fc.pre(under.fileDefinesProvider || from.file === undefined);
        fc.pre(effectiveValue(from, under).winner === 'default');
        expect(from.environment).toBeUndefined();
        if (!under.environmentDefinesProvider) expect(from.file).toBeUndefined();
      }),
    );
  });

  it('never lets a seeded row win over the environment, nor anything over an explicit row when documented', () => {
    fc.assert(
      fc.property(candidates, circumstances, (from, under) => {
        const { winner } = effectiveValue(from, { ...under, operational: true, model: 'documented' });
        if (from.row?.origin === 'explicit') expect(winner).toBe('row');
        else if (from.environment !== undefined) expect(winner).toBe('environment');
      }),
    );
  });
});
