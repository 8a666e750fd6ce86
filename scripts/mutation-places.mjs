// What both ways to ask about mutants share: the sources of a folder, the tests near it, its mutants and a draw of them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commonTokens } from '@stryker-mutator/api/plugin';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';

/** The tests that know a folder best. Asking the others as well takes many times as long and finds a few more. */
const near = {
  'src/config': ['test/config/**/*.test.ts'],
  'src/legacy': ['test/legacy/**/*.test.ts', 'test/commands/{import-*,which-server,legacy-flags}.test.ts'],
  'src/settings': ['test/settings/**/*.test.ts', 'test/commands/settings*.test.ts'],
  'src/secrets': ['test/secrets/**/*.test.ts', 'test/commands/{lift-stores,resolve-secrets}.test.ts'],
  'src/backup': ['test/backup/**/*.test.ts', 'test/commands/db-*.test.ts'],
};

/** Globs of the tests near these folders; undefined where one has none of its own. */
export function testsNear(places) {
  const found = places.map((place) => near[place.split('/').slice(0, 2).join('/')]);
  return found.length > 0 && found.every(Boolean) ? [...new Set(found.flat())] : undefined;
}

/** Every source below a folder, or the file itself. */
export function sourcesOf(place) {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true })
    .map((name) => join(place, String(name)))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort();
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function* randomNumbers(seed) {
  for (let state = seed >>> 0; ;) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Files with all their mutants, each behind a switch, and a list of these. */
export function instrument(files, ignorers = []) {
  const silent = new Proxy({}, { get: () => () => false });
  const injector = createInjector()
    .provideValue(commonTokens.logger, silent)
    .provideValue(commonTokens.options, { mutator: { plugins: null } });
  return createInstrumenter(injector).instrument(
    files.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: true })),
    { plugins: null, excludedMutations: [], ignorers, noHeader: false },
  );
}

/** So many of them, the same for the same seed; a larger draw holds the smaller one. */
export function drawFrom(mutants, size, seed) {
  const numbers = randomNumbers(seed);
  return mutants
    .map((mutant) => ({ mutant, lot: numbers.next().value }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, size)
    .map(({ mutant }) => mutant);
}
