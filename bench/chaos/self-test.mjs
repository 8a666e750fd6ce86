// Plants every loss once and looks whether it is seen.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Loss } from './judge.mjs';

/** What a run says that a server kept waiting for too long. */
const timeout = { code: 3, output: 'x [database/timeout] The database did not answer in time.' };

/**
 * @param inScenario prepares a scenario and hands its stages to a function
 * @param complete lets a stage run to its end, by way of a function that is given its call
 * @param alone runs a call
 * @returns how many losses nobody saw
 */
export async function selfTest(scenarios, inScenario, complete, alone) {
  let unseen = 0;
  for (const scenario of new Set(scenarios)) {
    for (const even of [true, false]) {
      await inScenario(scenario, even, async (stages, _, folders) => {
        for (const stage of stages) {
          // The control: nothing is planted, and nothing may be seen, though the first run ends too late.
          await complete(
            stage,
            afterTimeout(alone, () => undefined),
          );
          await stage.check();
          const name = `${stage.name}${even ? '' : ', other variant'}`;
          unseen += await plant(name, stage.plants, stage.done, folders);
          unseen += await plant(name, stage.statePlants ?? {}, stage.check, folders);
          // A late answer excuses nothing: the rows are looked at as after every break.
          const [[loss, cause]] = Object.entries(stage.statePlants ?? stage.plants);
          const late = () => complete(stage, afterTimeout(alone, cause));
          unseen += await plant(`${name}, behind a late answer`, { [loss]: () => undefined }, late, folders);
        }
      });
    }
  }
  return unseen;
}

/** Runs a call, but the first time something else happens, and it seems that the server was too late. */
function afterTimeout(alone, cause) {
  let first = true;
  return async (call) => {
    if (!first) return alone(call);
    first = false;
    await cause();
    return timeout;
  };
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
