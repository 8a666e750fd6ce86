// npm run chaos -- [--seconds 30] [--seed 1] [--engines sqlite,postgres,mariadb] [--scenarios backup,restore,reset]
// [--kills 1000] [--rounds 100] [--breaks 3] [--cuts 0.4]: kills runs of the tool at random, cuts their connections at
// random, and looks at files and rows after each time; chaos/judge.mjs says what counts as lost. Ends with 1 when anything
// was lost. Each stage is broken once to --breaks times; --cuts says which part of the breaks of a server's runs are cut
// lines. Every 50 kills and on SIGTERM it prints what it has counted; after SIGTERM the round is the last one. With
// --self-test it breaks nothing, plants losses, and ends with 1 unless each one is seen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngines } from './chaos/engines.mjs';
import { Loss } from './chaos/judge.mjs';
import { seeded } from './chaos/random.mjs';
import { Report } from './chaos/report.mjs';
import { backup, restore } from './chaos/scenarios/backup.mjs';
import { importAndUndo } from './chaos/scenarios/import.mjs';
import { ledger } from './chaos/scenarios/ledger.mjs';
import { reset } from './chaos/scenarios/reset.mjs';
import { reencrypt, settingsImport } from './chaos/scenarios/settings.mjs';
import { selfTest } from './chaos/self-test.mjs';
import { MOST_RUNS, TimedOut, Tool } from './chaos/tool.mjs';
import { program } from './support.mjs';

/** The import is what the tool is for: it is every other round. */
const everyScenario = [
  importAndUndo,
  settingsImport,
  importAndUndo,
  backup,
  importAndUndo,
  restore,
  importAndUndo,
  reencrypt,
  importAndUndo,
  reset,
  importAndUndo,
  ledger,
];

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    engines: { type: 'string', default: 'sqlite,postgres,mariadb' },
    scenarios: {
      type: 'string',
      default: 'importAndUndo,settingsImport,backup,restore,reencrypt,reset,ledger',
    },
    kills: { type: 'string', default: 'Infinity' },
    rounds: { type: 'string', default: 'Infinity' },
    breaks: { type: 'string', default: '3' },
    cuts: { type: 'string', default: '0.4' },
    program: { type: 'string', default: program },
    'self-test': { type: 'boolean', default: false },
  },
});
const wanted = options.scenarios.split(',');
const scenarios = everyScenario.filter(({ name }) => wanted.includes(name));
const random = seeded(Number(options.seed));
const tool = new Tool(options.program, random, Number(options.cuts));
const report = new Report(tool.counts);
const engines = await startEngines(options['self-test'] ? ['sqlite'] : options.engines.split(','));
let databases = 0;

/** Prepares a scenario and hands its stages to `act`. @throws Loss; then the folder is kept */
async function inScenario(scenario, engine, even, act) {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-chaos-'));
  const databaseFolder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-chaos-db-'));
  const create = () => engine.create((databases += 1), databaseFolder);
  const target = await create();
  const other = await create();
  const deferred = [];
  const defer = (work) => deferred.push(work);
  try {
    const stages = await scenario({ tool, target, other, folder, even, defer });
    await act(stages, target, [folder, databaseFolder]);
    for (const path of [folder, databaseFolder]) rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (error instanceof Loss) error.message += ` (kept in ${folder} and ${databaseFolder})`;
    throw error;
  } finally {
    for (const work of deferred) await work();
    await target.drop();
    await other.drop();
  }
}

/**
 * Lets a stage run to its end, and looks at what it leaves. On a loaded machine a server may not answer in time, and a
 * stage may be refused for what others do meanwhile: then everything must be as before or as afterwards, and it gets
 * another run, so that there is an end to look at.
 */
async function complete(stage, run = (call) => tool.alone(call)) {
  for (let attempt = 1; ; attempt += 1) {
    const result = await run(stage.call());
    if ((tool.isTimeout(result) || stage.isRefused?.(result)) && attempt < MOST_RUNS) {
      await stage.check();
      continue;
    }
    const { code, output } = result;
    if (!(stage.mayEndWith ?? [0]).includes(code)) {
      throw new Loss(`${stage.name}, let alone, ended with ${code}: ${output}`);
    }
    return void (await stage.done());
  }
}

/** Breaks each stage a few times, then lets it end. */
async function torment(stages, target) {
  for (const stage of stages) {
    try {
      for (let breaks = 1 + Math.floor(random() * Number(options.breaks)); breaks > 0; breaks -= 1) {
        await tool.broken(stage.call(), target, stage.longest);
        await stage.check();
        report.progress();
      }
      await complete(stage);
    } catch (error) {
      if (error instanceof Loss) error.message = `${stage.name}: ${error.message}`;
      throw error;
    }
  }
}

async function chaos() {
  const end = Date.now() + Number(options.seconds) * 1000;
  let stopped = false;
  process.on('SIGTERM', () => {
    stopped = true;
    report.print('stopped');
  });
  console.log(`seed ${options.seed}, ${options.seconds} s, ${engines.map(({ name }) => name).join(', ')}`);
  const goesOn = (round) =>
    !stopped &&
    round < Number(options.rounds) &&
    Date.now() < end &&
    tool.counts.kills < Number(options.kills);
  for (let round = 0; goesOn(round); round += 1) {
    const engine = engines[round % engines.length];
    // Each engine gets the scenarios in the same order.
    const turn = Math.floor(round / engines.length);
    const scenario = scenarios[turn % scenarios.length];
    const even = Math.floor(turn / 2) % 2 === 0;
    const what = `${scenario.name} on ${engine.name}`;
    try {
      await inScenario(scenario, engine, even, torment);
      report.round(what);
    } catch (error) {
      if (error instanceof TimedOut) report.unprepared(what);
      else if (error instanceof Loss) report.loss(`round ${round}, ${what}: ${error.message}`);
      else throw error;
    }
  }
  report.print('the end');
  return report.lost;
}

/** Every loss once, on SQLite, whose databases are files that can be put back: the rules are the same on every engine. */
const testItself = () =>
  selfTest(
    scenarios,
    (scenario, even, act) => inScenario(scenario, engines[0], even, act),
    complete,
    (call) => tool.alone(call),
  );

try {
  process.exitCode = (await (options['self-test'] ? testItself() : chaos())) === 0 ? 0 : 1;
} finally {
  for (const engine of engines) await engine.stop();
}
