// One run of the tool, with something done to it half way.
import { spawn } from 'node:child_process';
import { insist, Loss } from './judge.mjs';

/** What a scenario needs could not be made, since a server did not answer in time: nothing was tried yet. */
export class TimedOut extends Loss {}

const LOCKED = 7;
/** Runs that never end in time, or are always refused, are no better than runs that fail. */
export const MOST_RUNS = 10;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Every secret of a run holds this text, so that it is found wherever it should not be. */
export const CANARY = 'CANARY-chaos';

export class Tool {
  /** How often a break hit a running process, by the last step that it had announced, and how often it came too late. */
  counts = { kills: 0, cuts: 0, late: 0, timeouts: 0, steps: new Map() };

  /** @param cuts which part of the breaks of a server's runs are cut lines */
  constructor(program, random, cuts) {
    Object.assign(this, { program, random, cuts });
  }

  /** Whether a run that nobody broke ended since a server did not answer in time; such runs are counted. */
  isTimeout({ code, output }) {
    const is = code !== 0 && output.includes('[database/timeout]');
    if (is) this.counts.timeouts += 1;
    return is;
  }

  /**
   * Runs the tool to its end. @param breakIt called with the process, if it still runs, so many milliseconds after it
   * has printed something: before, it loads its program, and nothing can go wrong
   * @returns exit code (null after a kill), what it printed, and how long it took from its first words on
   */
  async run({ args, cwd, env }, delay, breakIt) {
    const child = spawn(process.execPath, [this.program, ...args, '--verbose', '--non-interactive'], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let start;
    let timer;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (start !== undefined) return;
        start = performance.now();
        if (delay !== undefined) timer = setTimeout(() => breakIt(child), delay);
      });
    }
    const [code, signal] = await new Promise((resolve) => child.once('close', (...end) => resolve(end)));
    clearTimeout(timer);
    insist(!output.includes(CANARY), `a secret was printed: ${output}`);
    insist(!/^ {4}at /m.test(output), `a stack trace was printed: ${output}`);
    return { code, signal, output, milliseconds: performance.now() - (start ?? 0) };
  }

  /** Runs the tool and breaks it at a random moment: kills it, or cuts its connections. */
  async broken(call, target, longest) {
    const cut = target.cut !== undefined && this.random() < this.cuts;
    const delay = longest * this.random();
    let hit = 0;
    const result = await this.run(call, delay, (child) => {
      if (cut) hit = target.cut();
      else child.kill('SIGKILL');
    });
    if (result.signal === 'SIGKILL') this.counts.kills += 1;
    else if (hit > 0) this.counts.cuts += 1;
    else {
      this.counts.late += 1;
      return result;
    }
    const step = [...result.output.matchAll(/^· (\S+)/gm)].at(-1)?.[1] ?? 'none';
    this.counts.steps.set(step, (this.counts.steps.get(step) ?? 0) + 1);
    return result;
  }

  /** Runs the tool to its end, waiting for the lock of a killed run, which a server frees when it notices. */
  async alone(call) {
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.run(call);
      if (result.code !== LOCKED || attempt === 100) return result;
      await pause(50);
    }
  }

  /**
   * The same, for a run that must succeed.
   * @param arrived says, after a run that came too late, whether everything is there all the same, and throws where
   * things are neither as before nor as afterwards; then there is another run. Without it there is no round.
   */
  async must(call, arrived) {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.alone(call);
      const { code, output } = result;
      if (code === 0) return result;
      const what = `${call.args.join(' ')} ended with ${code}: ${output}`;
      insist(this.isTimeout(result) && attempt < MOST_RUNS, what);
      if (arrived === undefined) throw new TimedOut(what);
      if (await arrived()) return result;
    }
  }
}
