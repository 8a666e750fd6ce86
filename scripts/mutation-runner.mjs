// Asks one test after the other about every mutant that it reaches, in the process that has loaded everything already:
// a mutant costs no more than the test itself. `scripts/mutation-whole.mjs` gives it what to ask and reads what it found.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { TestRunner } from 'vitest';

const folder = process.env.MUTATION_WHOLE;
const { drawn, budgetMs, mostMs, mostOfFile, limitMs } = JSON.parse(
  readFileSync(join(folder, 'asked.json'), 'utf8'),
);
const candidates = new Set(drawn);
const journal = join(folder, 'journal.jsonl');
const current = join(folder, `current-${process.pid}.json`);

/** A mutant whose code runs this much more often than the code itself is a loop without end; what runs often may run less of it. */
const mostHits = (hits) => Math.min(hits * 100, hits * 10 + 10_000) + 1000;
/** A wait without end whose mutant is not asked again is found by the time it takes: limitMs, and so many times what its test takes. */
const LONGER = 20;

/** Ends this process where a message is not followed by another one within the ms that it says. */
const watch = new Worker(
  `let timer;
  require('node:worker_threads').parentPort.on('message', (ms) => {
    clearTimeout(timer);
    if (ms > 0) timer = setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms);
  });`,
  { eval: true, stdout: true, stderr: true },
);
watch.unref();

const mutants = (globalThis.__stryker__ ??= {});
mutants.mutantCoverage = { static: {}, perTest: {} };

/** What is known so far, by all processes: read from where the last reading ended. */
class Journal {
  #lines = 0;
  settled = new Set();
  suspects = new Set();
  spent = new Map();
  asked = new Map();
  /** How many tests of a file have been asked about a mutant. */
  #ofFile = new Map();

  ofFile(name, id) {
    return this.#ofFile.get(`${fileOf(name)} ${id}`) ?? 0;
  }

  read() {
    const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(this.#lines)) this.#take(JSON.parse(line));
    this.#lines = lines.length;
  }

  #take({ killed, suspect, test, survived = [] }) {
    if (killed !== undefined) this.settled.add(killed);
    if (suspect !== undefined) this.suspects.add(suspect);
    const asked = this.asked.get(test) ?? new Set();
    if (test !== undefined) this.asked.set(test, asked);
    for (const [id, ms] of survived) {
      asked.add(id);
      this.#ofFile.set(`${fileOf(test)} ${id}`, this.ofFile(test, id) + 1);
      this.spent.set(id, (this.spent.get(id) ?? 0) + ms);
    }
  }
}

const known = new Journal();
const note = (entry) => appendFileSync(journal, `${JSON.stringify(entry)}\n`);

const fileOf = (name) => name.slice(0, name.indexOf(' > '));

function nameOf(test) {
  const names = [];
  for (let task = test; task && task !== test.file; task = task.suite) names.unshift(task.name);
  return `${relative(process.cwd(), test.file.filepath)} > ${names.join(' > ')}`;
}

/** What happens to one test: it passes twice as it is, then it is repeated with one mutant at a time. */
class Interview {
  #phase = 'first';
  #queue = [];
  #hits = {};
  #mutant;
  #begun = 0;
  #usualMs = 0;
  #survived = [];

  constructor(name, isFresh) {
    this.name = name;
    this.isFresh = isFresh;
  }

  before() {
    mutants.mutantCoverage.static = {};
    mutants.activeMutant = undefined;
    mutants.hitCount = undefined;
    if (this.#phase === 'mutant') {
      this.#mutant = this.#queue.shift();
      writeFileSync(current, JSON.stringify({ mutant: this.#mutant, test: this.name }));
      mutants.activeMutant = this.#mutant;
      mutants.hitCount = 0;
      mutants.hitLimit = mostHits(this.#hits[this.#mutant] ?? 0);
      watch.postMessage(limitMs + LONGER * this.#usualMs);
    }
    this.#begun = performance.now();
  }

  /** @returns 'on', 'done', or 'restart' where a mutant has left something behind */
  after(failed) {
    mutants.activeMutant = undefined;
    watch.postMessage(0);
    const step = this.#step(failed);
    if (step !== 'on') {
      this.#tell();
      writeFileSync(current, '');
    }
    return step;
  }

  #tell() {
    note({ test: this.name, survived: this.#survived });
    this.#survived = [];
  }

  #step(failed) {
    if (this.#phase === 'first') {
      if (failed) return 'done';
      this.#phase = 'second';
      // What only the first run reaches is remembered from then on: no repetition could tell.
      return Object.keys(mutants.mutantCoverage.static).length > 0 ? 'on' : 'done';
    }
    if (this.#phase === 'second') {
      if (failed) {
        note({ unrepeatable: this.name });
        return 'done';
      }
      // The slow ones are asked about what the others have left.
      this.#usualMs = performance.now() - this.#begun;
      if (this.#usualMs > mostMs) return 'done';
      this.#choose();
      this.#phase = 'mutant';
    } else if (this.#phase === 'mutant') {
      const ms = Math.round(performance.now() - this.#begun);
      if (failed) {
        this.#phase = 'check';
        return 'on';
      }
      this.isFresh = false;
      this.#survived.push([this.#mutant, ms]);
      if (this.#survived.length >= 50) this.#tell();
    } else if (this.#phase === 'check') {
      if (!failed || this.isFresh) note({ killed: this.#mutant, by: this.name });
      else note({ suspect: this.#mutant });
      this.isFresh = false;
      if (failed) return 'restart';
      this.#phase = 'mutant';
    }
    return this.#queue.length > 0 ? 'on' : 'done';
  }

  #choose() {
    known.read();
    this.#hits = mutants.mutantCoverage.static;
    const asked = known.asked.get(this.name) ?? new Set();
    const isOpen = (id) =>
      candidates.has(id) &&
      !known.settled.has(id) &&
      !asked.has(id) &&
      known.ofFile(this.name, id) < mostOfFile &&
      (known.spent.get(id) ?? 0) < budgetMs;
    const open = Object.keys(this.#hits).filter(isOpen);
    note({ reached: Object.keys(this.#hits).filter((id) => candidates.has(id)), by: this.name });
    // Whoever was the last when something was left behind is the first in the new process.
    this.#queue = [
      ...open.filter((id) => known.suspects.has(id)),
      ...open.filter((id) => !known.suspects.has(id)),
    ];
  }
}

export default class AskingRunner extends TestRunner {
  #interview;
  #isFresh = true;
  #isSpoiled = false;

  /** What has run by now ran while the file was loaded; a switch that comes later changes nothing of it. */
  onCollected(files) {
    note({ loaded: Object.keys(mutants.mutantCoverage.static).filter((id) => candidates.has(id)) });
    return super.onCollected?.(files);
  }

  async onBeforeRunTask(test) {
    if (this.#isSpoiled || test.fails) test.mode = 'skip';
    test.repeats = Number.MAX_SAFE_INTEGER;
    test.retry = 0;
    this.#interview = new Interview(nameOf(test), this.#isFresh);
    await super.onBeforeRunTask(test);
  }

  onBeforeTryTask(test) {
    super.onBeforeTryTask(test);
    this.#interview.before();
  }

  onAfterRetryTask(test) {
    const step = this.#interview.after(test.result.state === 'fail');
    this.#isFresh = this.#interview.isFresh;
    if (step === 'restart') {
      this.#isSpoiled = true;
      note({ restart: relative(process.cwd(), test.file.filepath) });
    }
    // What is skipped is not repeated.
    if (step !== 'on') test.result.pending = true;
    test.result.state = step === 'on' ? 'run' : 'skip';
    test.result.errors = undefined;
  }

  onAfterRunFiles(files) {
    for (const file of files ?? []) note({ finished: relative(process.cwd(), file.filepath) });
    return super.onAfterRunFiles(files);
  }
}
