import type { FakeIoOptions } from '../io.js';
import type { CanaryCase } from './cases.js';
import { CanaryWorld, type Place, type Wrong } from './world.js';

export interface Outcome {
  readonly call: string;
  readonly code: number;
  readonly traces: readonly string[];
  /** What was printed as an error, for a test that says why it failed. */
  readonly err: string;
}

/** What a run is told besides its case. */
export interface Circumstances {
  readonly way?: readonly string[];
  readonly wrong?: Wrong;
  readonly place?: Partial<Place>;
  /** Happens between what the case needs and its run. @returns what the run's surroundings are told */
  readonly before?: (world: CanaryWorld) => FakeIoOptions;
}

/** Runs a case of a command in a world of its own. */
export async function runCase(
  words: readonly string[],
  one: CanaryCase,
  { way = [], wrong, place, before }: Circumstances = {},
): Promise<Outcome> {
  const world = await CanaryWorld.create(wrong, place);
  try {
    // What cannot be prepared where something is wrong is a failure to look at as well.
    if (wrong) await one.prepare?.(world).catch(() => undefined);
    else await one.prepare?.(world);
    const call = [...words, ...way, ...one.args];
    const run = await world.run(call, { ...one, ...before?.(world) });
    return { call: call.join(' '), code: run.code, traces: world.traces(run), err: run.io.err };
  } finally {
    await world.dispose();
  }
}

/** Runs tasks, a few at a time: most of them wait for a service that does not answer. */
export async function inParallel<T>(tasks: readonly (() => Promise<T>)[], width: number): Promise<T[]> {
  const results: T[] = [];
  const next = tasks.entries();
  const worker = async (): Promise<void> => {
    for (const [index, task] of next) results[index] = await task();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** The runs that show a secret, with what they show. */
export const leaks = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ traces }) => traces.length > 0).map(({ call, traces }) => ({ call, traces }));
