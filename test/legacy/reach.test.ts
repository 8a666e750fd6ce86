import { expect, it } from 'vitest';
import type { ImportPlan, PlanEntry } from '../../src/legacy/plan.js';
import { namesOf, reachOf } from '../../src/legacy/running-servers.js';

// What server 1.8 reads from where, by docs/usage.md: some keys from file and variables alone, some from the row where
// somebody chose it, most from whichever stands first.

const entryOf = (key: string, facts: Partial<PlanEntry> = {}): PlanEntry => ({
  action: 'moves',
  path: key,
  position: { line: 1, column: 1 },
  key,
  file: 'cut',
  row: 'insert',
  value: 'x',
  current: undefined,
  secret: false,
  reason: 'new-row',
  ...facts,
});
const reach = (
  key: string,
  facts: Partial<PlanEntry> = {},
  source: ImportPlan['source'] = 'file',
): 'held' | 'picked up' | 'not named' => {
  const { held, pickedUp } = reachOf({ entries: [entryOf(key, facts)], source });
  expect(held.length + pickedUp.length).toBeLessThan(2);
  return held.length > 0 ? 'held' : pickedUp.length > 0 ? 'picked up' : 'not named';
};

/** Read from file and variables alone; from the row that somebody chose; from file and variables first. */
const [ofFile, ofOrigin, first] = [
  'content_extractors.wall_clock_budget',
  'auth.oauth_callback_url',
  'timmy.llm_api_key',
] as const;

it('is nothing where no row is written', () => {
  expect(reach(ofFile, { row: 'unchanged' })).toBe('not named');
  expect(reach(ofFile, { row: undefined })).toBe('not named');
  expect(reach(ofFile, { key: undefined })).toBe('not named');
  expect(reachOf({ entries: [], source: 'file' })).toEqual({ held: [], pickedUp: [] });
});

it.each(['insert', 'replace', 'delete'] as const)('counts a row that it has to %s', (row) => {
  expect(reach(ofOrigin, { row })).toBe('picked up');
});

it('is a new start for what servers read from file and variables alone, stated or not', () => {
  for (const facts of [
    {},
    { position: undefined },
    { path: 'elsewhere' },
    { reason: 'takes-effect' as const },
  ])
    expect(reach(ofFile, facts)).toBe('held');
});

it('is at once for what they take from the row that somebody chose, and for keys that nobody knows', () => {
  expect(reach(ofOrigin)).toBe('picked up');
  expect(reach('somebody.elses')).toBe('picked up');
});

it('is a new start for what the file states under its own name', () => {
  expect(reach(first)).toBe('held');
  expect(reach(first, { path: 'timmy.api_key' })).toBe('picked up');
  expect(reach(first, { position: undefined })).toBe('picked up');
  expect(reach(first, { reason: 'takes-effect' })).toBe('picked up');
});

it('is a new start for what a variable states', () => {
  expect(reach(first, { path: 'TMI_TIMMY_LLM_API_KEY', position: undefined }, 'environment')).toBe('held');
  expect(reach(first, { position: undefined }, 'environment')).toBe('picked up');
});

it('names a provider by what its fields begin with, and anything else as it is', () => {
  const google = 'auth.oauth.providers.google';
  const entries = [`${google}.client_id`, `${google}.icon`, ofFile, ofOrigin].map((key) => entryOf(key));
  const { held, pickedUp } = reachOf({ entries, source: 'file' });
  expect([...held, ...pickedUp].sort()).toEqual([`${google}.*`, `${google}.*`, ofOrigin, ofFile].sort());
  expect(namesOf([`${google}.*`, ofFile, ofOrigin])).toBe(`${google}.*, ${ofOrigin}, ${ofFile}`);
  expect(namesOf([])).toBeUndefined();
});
