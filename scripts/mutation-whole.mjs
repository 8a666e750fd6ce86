// All mutants of whole folders, or many of them, in minutes where one process for each would take a day: StrykerJS makes
// them, and each test is repeated in its own process with one mutant after the other (scripts/mutation-runner.mjs).
//   node scripts/mutation-whole.mjs src/config/yaml
//   node scripts/mutation-whole.mjs src/legacy --sample 1000 --seed 1 --workers 2 --budget 20
//   ... --tests FILES  files of tests to ask, the quickest first; otherwise those near the folder, which are timed before
// A mutant is given up, and counts as one that nothing noticed, when the tests have looked at it for --budget seconds.
// One that keeps a test --limit seconds longer than twenty times what it takes ends its process, and is noticed.
// What was found stands in reports/mutation/whole-NAME; a run that was stopped goes on there unless --fresh is given, or the
// sources are others by now: mutants have numbers, which would be those of other places.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { spawnSync } from 'node:child_process';
import { drawFrom, instrument, sourcesOf, testsNear } from './mutation-places.mjs';
import { constants } from './mutation-sample.mjs';

const { values: given, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    budget: { type: 'string', default: '20' },
    limit: { type: 'string', default: '30' },
    tests: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
});

/** New processes for one file of tests, where mutants left something behind. */
const MOST_ROUNDS = 60;
/** Tests that take longer than this wait until the others have been asked about everything. */
const QUICK_MS = 300;
/** What so many tests of one file did not notice is shown to other files before the rest of that one, which is often alike. */
const FEW = 2;
const ALL = Number.MAX_SAFE_INTEGER;

const folder = join('reports/mutation', `whole-${folders.join('+').replaceAll('/', '-')}`);
const file = (name) => join(folder, name);
const journal = file('journal.jsonl');

const { files, mutants } = await instrument(folders.flatMap(sourcesOf), [constants]);
const asked = mutants.filter(
  ({ ignoreReason, status }) => ignoreReason === undefined && status !== 'Ignored',
);
const drawn = given.sample ? drawFrom(asked, Number(given.sample), Number(given.seed)) : asked;
console.error(`${drawn.length} of ${asked.length} mutants`);
const sources = JSON.stringify(Object.fromEntries(files.map(({ name, content }) => [name, content])));
const goesOn =
  !given.fresh && existsSync(file('sources.json')) && readFileSync(file('sources.json'), 'utf8') === sources;
if (!goesOn) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(journal, '');
  writeFileSync(file('sources.json'), sources);
}
const entries = () =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** All that some entries have under one name. */
const named = (list, what) => new Set(list.flatMap((entry) => entry[what] ?? []));

const vitest = (config, ...args) =>
  spawnSync('npx', ['vitest', 'run', '--config', config, '--silent', ...args], {
    env: {
      ...process.env,
      CI: '1',
      NODE_NO_WARNINGS: '1',
      MUTATION_WHOLE: folder,
      MUTATION_WORKERS: given.workers,
      MUTATION_TESTS: testsNear(folders)?.join(' '),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** The files of tests near the folders, by how long one test takes. */
function quickestFirst() {
  vitest('vitest.mutation.config.ts', '--reporter=json', `--outputFile=${file('times.json')}`);
  const { testResults } = JSON.parse(readFileSync(file('times.json'), 'utf8'));
  const mean = ({ assertionResults: tests }) =>
    tests.reduce((sum, { duration }) => sum + (duration ?? 0), 0) / tests.length;
  return testResults
    .map((result) => ({ name: relative(process.cwd(), result.name), ms: mean(result) }))
    .sort((a, b) => a.ms - b.ms)
    .map(({ name }) => name);
}

/**
 * Asks these files of tests.
 * @param mostMs of one test
 * @param mostOfFile so many tests of a file about one mutant
 * @returns what was noted meanwhile
 */
function ask(tests, mostMs, mostOfFile) {
  for (const name of readdirSync(folder)) if (name.startsWith('current-')) rmSync(file(name));
  writeFileSync(file('order.json'), JSON.stringify(tests));
  const asking = {
    drawn: drawn.map(({ id }) => id),
    budgetMs: 1000 * Number(given.budget),
    limitMs: 1000 * Number(given.limit),
    mostMs,
    mostOfFile,
  };
  writeFileSync(file('asked.json'), JSON.stringify(asking));
  const before = entries().length;
  vitest('vitest.mutation-whole.config.ts', '--reporter=dot');
  for (const name of readdirSync(folder).filter((each) => each.startsWith('current-'))) {
    const text = readFileSync(file(name), 'utf8');
    if (text === '') continue;
    // A process that was ended by a mutant has noticed it.
    const { mutant, test } = JSON.parse(text);
    appendFileSync(journal, `${JSON.stringify({ killed: mutant, by: test })}\n`);
  }
  return entries().slice(before);
}

const tests = given.tests?.split(' ') ?? quickestFirst();
for (const [mostMs, mostOfFile] of [
  [QUICK_MS, FEW],
  [ALL, FEW],
  [ALL, ALL],
]) {
  let left = tests;
  for (let round = 1; round <= MOST_ROUNDS && left.length > 0; round += 1) {
    const news = ask(left, mostMs, mostOfFile);
    const [finished, again] = [named(news, 'finished'), named(news, 'restart')];
    left = left.filter((name) => again.has(name) || !finished.has(name));
    console.error(
      `tests ${mostMs === ALL ? 'of any length' : `of ${mostMs} ms at most`}, ${mostOfFile === ALL ? 'all' : mostOfFile} of a file, round ${round}: ${left.length} files are to be asked again`,
    );
  }
}

const all = entries();
const [killed, reached, loaded] = ['killed', 'reached', 'loaded'].map((what) => named(all, what));
// What ran while its file was loaded, and never again, cannot be asked about.
const counted = drawn.filter(({ id }) => killed.has(id) || reached.has(id) || !loaded.has(id));
const open = counted.filter(({ id }) => !killed.has(id));
const survived = open.filter(({ id }) => reached.has(id));
for (const { fileName, location, mutatorName, replacement, id } of open) {
  const text = replacement.replaceAll(/\s+/g, ' ').slice(0, 80);
  const status = reached.has(id) ? 'Survived' : 'NoCoverage';
  console.log(
    `${fileName}:${location.start.line + 1}:${location.start.column + 1} ${status} ${mutatorName}: ${text}`,
  );
}
const noticed = counted.length - open.length;
const share = ((100 * noticed) / counted.length).toFixed(1);
console.log(
  `${folders.join(' ')}: ${share} % noticed (${noticed} noticed, ${survived.length} survived, ${open.length - survived.length} not reached, ${drawn.length - counted.length} made when their file is loaded)`,
);
for (const name of named(all, 'unrepeatable')) console.error(`cannot be repeated: ${name}`);
