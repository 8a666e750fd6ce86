// npm run chaos -- [--seconds 30] [--seed 1] [--engines sqlite,postgres,mariadb] [--scenarios backup,restore,reset]
// [--kills 1000] [--rounds 100]: kills runs of the tool at random, cuts their connections at random, and looks at files
// and rows after each time; chaos/judge.mjs says what counts as lost. Ends with 1 when anything was lost. With
// --self-test it breaks nothing, plants losses, and ends with 1 unless each one is seen.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngines } from './chaos/engines.mjs';
import { Loss } from './chaos/judge.mjs';
import { seeded } from './chaos/random.mjs';
import { backup, restore } from './chaos/scenarios/backup.mjs';
import { importAndUndo } from './chaos/scenarios/import.mjs';
import { ledger, ledgerCounts } from './chaos/scenarios/ledger.mjs';
import { reset } from './chaos/scenarios/reset.mjs';
import { reencrypt, settingsImport } from './chaos/scenarios/settings.mjs';
import { Tool } from './chaos/tool.mjs';
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
    program: { type: 'string', default: program },
    'self-test': { type: 'boolean', default: false },
  },
});
const wanted = options.scenarios.split(',');
const scenarios = everyScenario.filter(({ name }) => wanted.includes(name));
const random = seeded(Number(options.seed));
const tool = new Tool(options.program, random);
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

/** Lets a stage run to its end, and looks at what it leaves. */
async function complete(stage) {
  const { code, output } = await tool.alone(stage.call());
  if (!(stage.mayEndWith ?? [0]).includes(code)) {
    throw new Loss(`${stage.name}, let alone, ended with ${code}: ${output}`);
  }
  stage.ended?.({ code, output });
  await stage.done();
}

/** Breaks each stage one to three times, then lets it end. */
async function torment(stages, target) {
  for (const stage of stages) {
    try {
      for (let breaks = 1 + Math.floor(random() * 3); breaks > 0; breaks -= 1) {
        await tool.broken(stage.call(), target, stage.longest);
        await stage.check();
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
  const rounds = new Map();
  let lost = 0;
  console.log(`seed ${options.seed}, ${options.seconds} s, ${engines.map(({ name }) => name).join(', ')}`);
  const goesOn = (round) =>
    round < Number(options.rounds) && Date.now() < end && tool.counts.kills < Number(options.kills);
  for (let round = 0; goesOn(round); round += 1) {
    const engine = engines[round % engines.length];
    // Each engine gets the scenarios in the same order.
    const turn = Math.floor(round / engines.length);
    const scenario = scenarios[turn % scenarios.length];
    const even = Math.floor(turn / 2) % 2 === 0;
    const what = `${scenario.name} on ${engine.name}`;
    try {
      await inScenario(scenario, engine, even, torment);
    } catch (error) {
      if (!(error instanceof Loss)) throw error;
      lost += 1;
      console.log(`LOST in round ${round}, ${what}: ${error.message}`);
    }
    rounds.set(what, (rounds.get(what) ?? 0) + 1);
  }
  const { kills, cuts, late, steps } = tool.counts;
  const list = (counts) => [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  console.log(`rounds: ${list(rounds)}`);
  console.log(`hit a running process: ${kills} kills, ${cuts} cut lines; came too late: ${late}`);
  console.log(`last step before the break: ${list(steps)}`);
  if (ledgerCounts.judged > 0) {
    const { judged, compared, refused, changes, refusedChanges } = ledgerCounts;
    console.log(`beside backups: ${list(changes)}; refused or too late: ${refusedChanges}`);
    console.log(
      `backups judged: ${judged}, ${compared} of them beside pg_dump; refused: ${list(refused) || 'none'}`,
    );
  }
  console.log(`lost: ${lost}`);
  return lost;
}

/**
 * Plants every loss once, on SQLite, whose databases are files that can be put back: the rules are the same on every
 * engine. @returns how many losses nobody saw
 */
async function selfTest() {
  let unseen = 0;
  for (const scenario of new Set(scenarios)) {
    for (const even of [true, false]) {
      await inScenario(scenario, engines[0], even, async (stages, _, folders) => {
        for (const stage of stages) {
          // The control: nothing is planted, and nothing may be seen.
          await complete(stage);
          await stage.check();
          const name = `${stage.name}${even ? '' : ', other variant'}`;
          unseen += await plant(name, stage.plants, stage.done, folders);
          unseen += await plant(name, stage.statePlants ?? {}, stage.check, folders);
        }
      });
    }
  }
  return unseen;
}

/** @returns how many of the losses `look` did not see */
async function plant(name, plants, look, folders) {
  let unseen = 0;
  const before = mkdtempSync(join(tmpdir(), 'tmi-dbtool-chaos-before-'));
  folders.forEach((folder, i) => cpSync(folder, join(before, String(i)), { recursive: true }));
  for (const [loss, cause] of Object.entries(plants)) {
    await cause();
    let seen;
    try {
      await look();
    } catch (error) {
      if (!(error instanceof Loss)) throw error;
      seen = error.message.split('\n')[0];
    }
    if (seen === undefined) unseen += 1;
    console.log(`${name}, ${loss}: ${seen ?? 'NOT SEEN'}`);
    for (const [i, folder] of folders.entries()) {
      for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
      cpSync(join(before, String(i)), folder, { recursive: true });
    }
  }
  rmSync(before, { recursive: true });
  return unseen;
}

try {
  process.exitCode = (await (options['self-test'] ? selfTest() : chaos())) === 0 ? 0 : 1;
} finally {
  for (const engine of engines) await engine.stop();
}
