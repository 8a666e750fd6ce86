// Mutation tests: breaks the code in small ways and asks whether a test notices.
//   node scripts/mutation.mjs                                    what has changed since main (or since the last commit)
//   node scripts/mutation.mjs src/legacy src/config/yaml         whole folders
//   node scripts/mutation.mjs src/settings --sample 150 --seed 1 some mutants of them, the same for the same seed
//   ... --since REV, --concurrency N, --fresh (forgets what earlier runs found)
// The report is reports/mutation/<name>.json; survivors are printed with their place.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commonTokens } from '@stryker-mutator/api/plugin';
import { Stryker } from '@stryker-mutator/core';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';

const { values: given, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    since: { type: 'string' },
    concurrency: { type: 'string', default: '2' },
    fresh: { type: 'boolean', default: false },
  },
});

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** The sources that differ from main, or from the commit before on main itself. */
function changedFiles() {
  const base = given.since ?? (git('rev-parse', 'HEAD') === git('rev-parse', 'main') ? 'HEAD~1' : 'main');
  const names = git('diff', '--name-only', '--diff-filter=d', base, '--', 'src', 'commands').split('\n');
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
}

/** Every source below a folder, or the file itself. */
function sourcesOf(place) {
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

/** Some mutants of these files, as the ranges that Stryker takes. A range takes what lies inside it along. */
async function sampleOf(files, size, seed) {
  const silent = new Proxy({}, { get: () => () => false });
  const injector = createInjector()
    .provideValue(commonTokens.logger, silent)
    .provideValue(commonTokens.options, { mutator: { plugins: null } });
  const { mutants } = await createInstrumenter(injector).instrument(
    files.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [], noHeader: false },
  );
  const numbers = randomNumbers(seed);
  const drawn = mutants
    .map((mutant) => ({ mutant, lot: numbers.next().value }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, size)
    .map(
      ({
        mutant: {
          fileName,
          location: { start, end },
        },
      }) => {
        return `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
      },
    );
  console.error(`${drawn.length} of ${mutants.length} mutants, drawn with seed ${seed}`);
  return [...new Set(drawn)].sort();
}

const files = folders.length > 0 ? folders.flatMap(sourcesOf) : changedFiles();
if (files.length === 0) {
  console.error('Nothing has changed.');
  process.exit(0);
}
const mutate = given.sample ? await sampleOf(files, Number(given.sample), Number(given.seed)) : files;
const name =
  (folders.join('+') || 'changed').replaceAll('/', '-') + (given.sample ? `-seed${given.seed}` : '');
const folder = 'reports/mutation';
mkdirSync(folder, { recursive: true });
const incrementalFile = join(folder, `${name}.incremental.json`);
if (given.fresh && existsSync(incrementalFile)) rmSync(incrementalFile);

const results = await new Stryker({
  mutate,
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: true },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  incremental: true,
  incrementalFile,
  concurrency: Number(given.concurrency),
  disableTypeChecks: true,
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: join(folder, `${name}.json`) },
  ignorePatterns: ['/dist', '/coverage', '/reports', '/try'],
  tempDirName: 'reports/stryker-tmp',
  timeoutMS: 20_000,
  logLevel: 'warn',
}).runMutationTest();

/** What was detected, by folder, as shares of what could be. */
const detected = new Set(['Killed', 'Timeout']);
const missed = new Set(['Survived', 'NoCoverage']);
const byFolder = new Map();
for (const { fileName, status, location, mutatorName, replacement } of results) {
  const place = fileName.replace(`${process.cwd()}/`, '');
  const count = byFolder.get(place.split('/').slice(0, 2).join('/')) ?? { detected: 0, missed: 0 };
  if (detected.has(status)) count.detected++;
  if (missed.has(status)) {
    count.missed++;
    console.log(
      `${place}:${location.start.line}:${location.start.column} ${status} ${mutatorName}: ${replacement.slice(0, 80)}`,
    );
  }
  byFolder.set(place.split('/').slice(0, 2).join('/'), count);
}
for (const [place, count] of byFolder) {
  const all = count.detected + count.missed;
  console.log(
    `${place}: ${count.detected} of ${all} mutants noticed, ${((100 * count.detected) / all).toFixed(1)} %`,
  );
}
