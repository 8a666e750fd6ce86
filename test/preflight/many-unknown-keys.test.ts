import * as levenshtein from 'fastest-levenshtein';
import { afterEach, expect, it, vi } from 'vitest';
import { main } from '../../commands/main.js';
import { FakeIo } from '../support/io.js';

// What is counted is work, since a clock says more about the machine than about the tool.
vi.mock('fastest-levenshtein', async (original) => {
  const real = await original<typeof levenshtein>();
  return { ...real, distance: vi.fn(real.distance) };
});

afterEach(() => void vi.clearAllMocks());

/** How often names are compared when a file has so many keys that nobody knows. */
async function comparisons(count: number): Promise<number> {
  vi.mocked(levenshtein.distance).mockClear();
  const keys = Array.from({ length: count }, (_, index) => `  unknwon_key_${index}: 1\n`);
  const io = new FakeIo({ stdin: `server:\n${keys.join('')}` });
  expect(await main(['validate-config', '-', '--json'], io)).toBe(3);
  const { findings } = JSON.parse(io.out) as { findings: { rule: string }[] };
  expect(findings.filter(({ rule }) => rule === 'unknown-key')).toHaveLength(count);
  return vi.mocked(levenshtein.distance).mock.calls.length;
}

it('takes twice the work for twice as many unknown keys', async () => {
  const [some, more] = [await comparisons(500), await comparisons(1000)];
  expect(some).toBeGreaterThan(0);
  expect(more / some).toBeLessThan(2.2);
});
