// Mutation tests: breaks the code in small ways and asks whether a test notices.
//   node scripts/mutation.mjs                                    what has changed since main (or since the last commit)
//   node scripts/mutation.mjs src/legacy src/config/yaml         whole folders
//   node scripts/mutation.mjs src/settings --sample 150 --seed 1 some mutants of them, the same for the same seed
//   ... --again                                               those of the last report that nothing noticed, once more
//   ... --since REV, --concurrency N, --fresh (forgets what earlier runs found)
//   ... --tests 'test/legacy/**' names the tests to ask; otherwise those near the folders, or all
// A larger sample of the same seed holds the smaller one, and what is known of it is not asked again.
// Quick tests first, by --tests, and the slow ones for --again, take a fraction of the time of all of them at once.
// The report is reports/mutation/<name>.json; survivors are printed with their place.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { drawFrom, instrument, sourcesOf, testsNear } from './mutation-places.mjs';
import { draw } from './mutation-sample.mjs';

const { values: given, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    since: { type: 'string' },
    concurrency: { type: 'string', default: '2' },
    fresh: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    tests: { type: 'string' },
  },
});

const noticed = ['Killed', 'Timeout'];
const missed = ['Survived', 'NoCoverage'];

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** The tests to ask, as globs; undefined for all. */
function testsFor(places) {
  if (given.tests) return given.tests;
  return testsNear(places)?.join(' ');
}

/** The sources that differ from main, or from the commit before on main itself. */
function changedFiles() {
  const base = given.since ?? (git('rev-parse', 'HEAD') === git('rev-parse', 'main') ? 'HEAD~1' : 'main');
  const names = git('diff', '--name-only', '--diff-filter=d', base, '--', 'src', 'commands').split('\n');
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
}

/** Some mutants of these files. Mutants at the same place are drawn together. */
async function sampleOf(files, size, seed) {
  const { mutants } = await instrument(files);
  const drawn = drawFrom(mutants, size, seed);
  console.error(`${drawn.length} of ${mutants.length} mutants, drawn with seed ${seed}`);
  return drawn;
}

/** What nothing noticed in a report: its mutants count lines and columns from 1. */
function missedIn(report) {
  const { files } = JSON.parse(readFileSync(report, 'utf8'));
  const fromZero = ({ line, column }) => ({ line: line - 1, column: column - 1 });
  return Object.entries(files).flatMap(([fileName, { mutants }]) =>
    mutants
      .filter(({ status }) => missed.includes(status))
      .map(({ location: { start, end } }) => ({
        fileName,
        location: { start: fromZero(start), end: fromZero(end) },
      })),
  );
}

/** A name for the report. Many files would make one that no file system takes, so the folders and a checksum stand for them. */
function nameOf(asked) {
  const whole = (asked.join('+') || 'changed').replaceAll('/', '-');
  const parents = [...new Set(asked.map((place) => place.split('/').slice(0, 2).join('-')))].join('+');
  const sum = createHash('sha256').update(asked.join('\n')).digest('hex').slice(0, 8);
  const short = whole.length <= 80 ? whole : `${parents.slice(0, 60)}-${asked.length}-places-${sum}`;
  return short + (given.sample ? `-seed${given.seed}` : '');
}

/** A place as Stryker takes it, with lines from 1 and columns from 0. */
const placeOf = ({ fileName, location: { start, end } }) =>
  `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;

/** The same from a result, which counts both from 1 and has the whole path. */
const placeOfResult = ({ fileName, location: { start, end } }) =>
  `${relative(process.cwd(), fileName)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;

const files = folders.length > 0 ? folders.flatMap(sourcesOf) : changedFiles();
if (files.length === 0) {
  console.error('Nothing has changed.');
  process.exit(0);
}
const folder = 'reports/mutation';
mkdirSync(folder, { recursive: true });
const first = nameOf(folders);
const drawn = given.again
  ? missedIn(join(folder, `${first}.json`))
  : given.sample
    ? await sampleOf(files, Number(given.sample), Number(given.seed))
    : undefined;
if (drawn) draw(drawn.map(({ location }) => location));
const places = drawn && new Set(drawn.map(placeOf));
const mutate = places ? [...places].sort() : files;
const tests = testsFor(folders);
if (tests) process.env.MUTATION_TESTS = tests;
const name = given.again ? `${first}-again` : first;
const incrementalFile = join(folder, `${name}.incremental.json`);
if (given.fresh && existsSync(incrementalFile)) rmSync(incrementalFile);

const results = await new Stryker({
  mutate,
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: true },
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation-sample.mjs'],
  ignorers: ['sample', 'constant'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  incremental: true,
  incrementalFile,
  concurrency: Number(given.concurrency),
  disableTypeChecks: true,
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: join(folder, `${name}.json`) },
  ignorePatterns: ['/dist', '/coverage', '/reports', '/try'],
  tempDirName: join('reports', 'stryker-tmp', name),
  // Loops without end are noticed by counting; these limits only have to be longer than a busy machine takes.
  timeoutMS: 120_000,
  timeoutFactor: 5,
  dryRunTimeoutMinutes: 30,
  logLevel: 'warn',
}).runMutationTest();

const byFolder = new Map();
for (const result of results) {
  if (places && !places.has(placeOfResult(result))) continue;
  const { fileName, status, location, mutatorName, replacement } = result;
  const place = relative(process.cwd(), fileName);
  const group = place.split('/').slice(0, 2).join('/');
  const counts = byFolder.get(group) ?? {};
  counts[status] = (counts[status] ?? 0) + 1;
  byFolder.set(group, counts);
  if (!missed.includes(status)) continue;
  const text = replacement.replaceAll(/\s+/g, ' ').slice(0, 80);
  console.log(`${place}:${location.start.line}:${location.start.column} ${status} ${mutatorName}: ${text}`);
}
for (const [place, counts] of byFolder) {
  const sum = (names) => names.reduce((total, name) => total + (counts[name] ?? 0), 0);
  const share = (100 * sum(noticed)) / sum([...noticed, ...missed]);
  const each = Object.entries(counts).map(([status, count]) => `${status} ${count}`);
  console.log(`${place}: ${share.toFixed(1)} % noticed (${each.sort().join(', ')})`);
}
