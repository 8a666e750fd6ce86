import fc from 'fast-check';

/**
 * Property tests try something new on every run, except in CI: there a run must say something about the change and
 * not about luck. `SEED` repeats a run, `SEED=random` looks for new faults in CI as well, and `RUNS` is the number
 * of cases of each property that names none itself.
 */
const { SEED, RUNS, CI } = process.env;
const seed = SEED ?? (CI ? '20261121' : 'random');
fc.configureGlobal({
  ...(seed === 'random' ? {} : { seed: Number(seed) }),
  ...(RUNS === undefined ? {} : { numRuns: Number(RUNS) }),
});
