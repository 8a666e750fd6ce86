import { describe, expect, it } from 'vitest';
import { diffSettings, type DiffSide, type DiffValue } from '../../src/settings/diff.js';

const side = (values: Record<string, string | DiffValue>, facts: Partial<DiffSide> = {}): DiffSide => ({
  name: 'side',
  layer: 'row',
  values: new Map(
    Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? { text: value } : value]),
  ),
  holdsBootstrap: false,
  statesOrigin: false,
  ...facts,
});
const bootstrap = (key: string): boolean => key.startsWith('server.');
const secret = 'auth.oauth.providers.google.client_secret';

describe('diffSettings', () => {
  const states = (a: DiffSide, b: DiffSide) =>
    diffSettings(a, b, bootstrap).map(({ key, state }) => [key, state]);

  it('finds what is in one only, and what differs', () => {
    expect(states(side({ a: '1', b: '1', c: '1' }), side({ b: '2', c: '1', d: '1' }))).toEqual([
      ['a', 'only-a'],
      ['b', 'differs'],
      ['d', 'only-b'],
    ]);
  });

  it('compares bootstrap settings only where both sides can hold them', () => {
    const file = side({ 'server.port': '1' }, { holdsBootstrap: true, layer: 'file' });
    expect(states(file, side({}))).toEqual([]);
    expect(states(side({ 'server.port': '1' }), side({}))).toEqual([['server.port', 'only-a']]);
    expect(states(file, side({}, { holdsBootstrap: true }))).toEqual([['server.port', 'only-a']]);
  });

  it('compares origins where both sides state them', () => {
    const a = side({ a: { text: '1', origin: 'seeded' } }, { statesOrigin: true });
    const b = side({ a: { text: '1', origin: 'explicit' } }, { statesOrigin: true });
    expect(diffSettings(a, b, bootstrap)).toMatchObject([
      { state: 'origin', a: '1 (seeded)', b: '1 (explicit)' },
    ]);
    expect(states(a, side({ a: '1' }))).toEqual([]);
  });

  it('takes a provider of a file whole, whatever the entry leaves out', () => {
    const entry = 'auth.oauth.providers.google';
    const rows = side({ [`${entry}.icon`]: { text: 'row', origin: 'explicit' } });
    const file = side({}, { layer: 'file', providers: new Set([entry]) });
    expect(diffSettings(file, rows, bootstrap)).toMatchObject([{ state: 'only-b', wins: 'a' }]);
    expect(diffSettings(side({}, { layer: 'file' }), rows, bootstrap)).toMatchObject([{ wins: 'b' }]);
  });

  it('leaves a row unused that a key without a value hides from server 1.8, and from no other', () => {
    const key = 'timmy.llm_model';
    const row = side({ [key]: { text: 'row', origin: 'explicit' } });
    const holding = (facts: Partial<DiffSide>): DiffSide => side({}, { layer: 'file', ...facts });
    const wins = (file: DiffSide, model: '1.8' | 'documented') =>
      diffSettings(file, row, bootstrap, model)[0]?.wins;
    for (const file of [holding({ nulls: new Set([key]) }), holding({ emptyTexts: new Set([key]) })]) {
      expect(wins(file, '1.8')).toBe('a');
      expect(wins(file, 'documented')).toBe('b');
    }
    expect(wins(holding({}), '1.8')).toBe('b');
    // Read from the file only: neither of the two is used.
    const other = side({ 'auth.cookie.domain': { text: 'row', origin: 'explicit' } });
    expect(
      diffSettings(holding({ nulls: new Set(['auth.cookie.domain']) }), other, bootstrap, '1.8'),
    ).toMatchObject([{ wins: null }]);
  });

  it('compares through fingerprints, and says when it cannot', () => {
    const masked = (answer: boolean | undefined): DiffSide =>
      side({ [secret]: { text: undefined, matches: () => answer } });
    const clear = side({ [secret]: 'hunter2' });
    expect(states(masked(true), clear)).toEqual([]);
    expect(states(clear, masked(true))).toEqual([]);
    expect(states(masked(false), clear)).toEqual([[secret, 'differs']]);
    expect(states(masked(undefined), clear)).toEqual([[secret, 'unknown']]);
    expect(states(masked(true), masked(true))).toEqual([[secret, 'unknown']]);
  });

  it('says which of the two a server uses', () => {
    const file = side({ a: '1' }, { layer: 'file' });
    const row = (origin: 'seeded' | 'explicit') => side({ a: { text: '2', origin } });
    const wins = (a: DiffSide, b: DiffSide) =>
      diffSettings(a, b, bootstrap).map((difference) => difference.wins);
    expect(wins(file, row('explicit'))).toEqual(['b']);
    expect(wins(file, row('seeded'))).toEqual(['a']);
    expect(wins(row('seeded'), file)).toEqual(['b']);
    expect(wins(side({ a: '0' }, { layer: 'default' }), row('seeded'))).toEqual(['b']);
    expect(wins(side({}, { layer: 'file' }), row('seeded'))).toEqual(['b']);
    expect(wins(side({ a: '1' }), row('explicit'))).toEqual([null]);
  });

  it('never shows a secret', () => {
    const differences = diffSettings(side({ [secret]: 'hunter2' }), side({ [secret]: 'hunter3' }), bootstrap);
    expect(differences).toMatchObject([{ a: '********', b: '********', secret: true }]);
  });
});
