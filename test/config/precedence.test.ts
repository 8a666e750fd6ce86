import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Server18Source } from '../../src/registry/index.js';
import {
  effectiveValue,
  serverModels,
  type Candidates,
  type Circumstances,
  type ProviderOwner,
  type Winner,
} from '../../src/config/precedence.js';

const sources: readonly (Server18Source | null)[] = ['file', 'origin', 'config-first', 'provider', null];

const operational: Circumstances = {
  model: 'documented',
  operational: true,
  server18Reads: 'file',
  file: 'own-name',
  emptySaysNothing: false,
  owner: undefined,
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

  it('has an empty text of the file below every row, and above the default', () => {
    const empty = { ...all, environment: undefined, file: '' };
    expect(order(empty, operational)).toEqual(['row', 'file', 'default']);
  });

  it('takes no notice of a key without a value', () => {
    const bare = { ...all, environment: undefined, file: undefined, fileIsNull: true };
    expect(order(bare, operational)).toEqual(['row', 'default']);
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

  it('takes for stated what the file has under the name of the row, with or without a value', () => {
    const bare = { ...explicit, environment: undefined, file: undefined, fileIsNull: true };
    expect(effectiveValue(bare, read('config-first'))).toEqual({
      winner: 'default',
      text: 'default',
      pinned: true,
    });
    expect(effectiveValue({ ...bare, file: '' }, read('config-first')).winner).toBe('file');
    expect(effectiveValue(bare, read('origin')).winner).toBe('row');
    expect(effectiveValue({ ...bare, row: all.row }, read('origin')).winner).toBe('default');
    const silent = read('config-first', { emptySaysNothing: true });
    expect(effectiveValue(bare, silent).winner).toBe('row');
    expect(effectiveValue({ ...bare, file: '' }, silent).winner).toBe('row');
    expect(effectiveValue({ ...bare, file: '[]' }, silent).winner).toBe('row');
  });

  it('never takes for stated what changes its name on the way into the database', () => {
    const other = { file: 'other-name' } as const;
    expect(order(all, read('origin', other))).toEqual(['environment', 'row', 'file', 'default']);
    expect(order(all, read('config-first', other))).toEqual(['environment', 'row', 'default']);
    expect(order(all, read('file', other))).toEqual(['environment', 'file', 'default']);
  });

  it('reads nothing from the file that has no name there', () => {
    const none = { file: 'none' } as const;
    expect(order(all, read('origin', none))).toEqual(['environment', 'row', 'default']);
    expect(order(all, read('file', none))).toEqual(['environment', 'default']);
  });
});

describe.each(serverModels)('a provider under %s', (model) => {
  const of = (owner: ProviderOwner, server18Reads: Server18Source = 'provider'): Circumstances => ({
    ...operational,
    model,
    server18Reads,
    owner,
  });

  it('comes whole from the layer that owns its entry', () => {
    expect(order(explicit, of('environment'))).toEqual(['environment', 'default']);
    expect(order(explicit, of('file'))).toEqual(['file', 'default']);
    expect(order(explicit, of('row'))).toEqual(['row', 'default']);
    expect(order(all, of('row'))).toEqual(['row', 'default']);
  });

  it('takes nothing from other layers where its own says nothing', () => {
    const rowOnly: Candidates = { ...explicit, file: undefined, environment: undefined, default: undefined };
    expect(effectiveValue(rowOnly, of('file')).text).toBeUndefined();
    expect(effectiveValue(rowOnly, of('environment')).text).toBeUndefined();
  });

  it('of content comes from rows under the documented model only', () => {
    expect(effectiveValue(explicit, of('row', 'file')).winner).toBe(
      model === 'documented' ? 'row' : 'default',
    );
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
    file: fc.constantFrom('own-name' as const, 'other-name' as const, 'none' as const),
    emptySaysNothing: fc.boolean(),
    owner: fc.option(fc.constantFrom('environment' as const, 'file' as const, 'row' as const), {
      nil: undefined,
    }),
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
        fc.pre(under.owner === undefined || under.owner === 'environment');
        fc.pre(effectiveValue(from, under).winner === 'default');
        expect(from.environment).toBeUndefined();
        if (!under.operational && under.owner === undefined) expect(from.file).toBeUndefined();
      }),
    );
  });

  it('never lets a seeded row win over the environment, nor anything over an explicit row when documented', () => {
    fc.assert(
      fc.property(candidates, circumstances, (from, under) => {
        const { winner } = effectiveValue(from, {
          ...under,
          operational: true,
          model: 'documented',
          owner: undefined,
        });
        if (from.row?.origin === 'explicit') expect(winner).toBe('row');
        else if (from.environment !== undefined) expect(winner).toBe('environment');
      }),
    );
  });
});
