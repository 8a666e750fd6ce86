import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverModels } from '../../src/config/precedence.js';
import type { PlanOptions } from '../../src/legacy/plan.js';
import { imagineImport } from '../support/imagined-import.js';
import { changedUse, observations } from '../support/observations.js';
import { usedBy, type ServerState } from '../support/reference-server/index.js';

/** What stops an import for somebody to decide, or to mend. A proof that fails is none of these. */
const decisions = [
  'legacy/conflict',
  'legacy/shadowed',
  'legacy/provider-not-whole',
  'legacy/invalid-values',
  'config/cannot-cut',
];

/** Settings that server 1.8 never takes from its file: stored, they take effect, and the proof says so. */
const takingEffect = ['auth.oauth_callback_url', 'features.saml_enabled', 'extraction.async_enabled'];

const counts = { done: 0, refused: 0, changes: 0 };

function check(state: ServerState, options: Partial<PlanOptions> = {}): void {
  const imagined = imagineImport(state, options);
  const where = JSON.stringify({ ...state, options }, undefined, 1);
  if (imagined.kind === 'refused') {
    for (const code of imagined.codes) {
      expect(decisions, `${imagined.messages.join('\n')}\n${where}`).toContain(code);
    }
    counts.refused++;
    return;
  }
  const { plan, after } = imagined;
  const shown = new Set(plan.proof?.chosen.map(({ key }) => key));
  const differing = changedUse(usedBy(state), usedBy(after));
  for (const key of differing) expect([...shown], `${key}\n${after.file}\n${where}`).toContain(key);
  if (options.onConflict === undefined && options.shadowed === undefined) {
    const allowed = state.model === '1.8' ? takingEffect : [];
    const others = differing.filter((key) => !allowed.includes(key) && !key.endsWith('.id'));
    expect(others, where).toEqual([]);
  }
  const again = imagineImport(after, options);
  expect(again, `${after.file}\n${where}`).toMatchObject({ kind: 'done', isIdle: true });
  counts.done++;
  counts.changes += plan.writes.length;
}

const choices: readonly Partial<PlanOptions>[] = [
  {},
  { onConflict: 'keep', shadowed: 'env' },
  { onConflict: 'overwrite', shadowed: 'file' },
];

describe.each(serverModels)('an import for a server %s', (model) => {
  it.each(choices)('changes nothing that such a server uses, in any recorded state (%j)', (options) => {
    Object.assign(counts, { done: 0, refused: 0, changes: 0 });
    for (const { file, environment, rows } of observations)
      check({ model, file, environment, rows }, options);
    expect(counts.done + counts.refused).toBe(300);
    expect(counts.done).toBeGreaterThan(40);
    expect(counts.changes).toBeGreaterThan(100);
  });

  it('changes nothing in files, variables and rows put together at random', () => {
    const index = fc.integer({ min: 0, max: observations.length - 1 });
    fc.assert(
      fc.property(index, index, index, fc.constantFrom(...choices), (a, b, c, options) => {
        const [file = '', environment = {}, rows = []] = [
          observations[a]?.file,
          observations[b]?.environment,
          observations[c]?.rows,
        ];
        check({ model, file, environment, rows }, options);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    );
  }, 300_000);
});
