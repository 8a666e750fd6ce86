import { describe, expect, it } from 'vitest';
import { canaryCases } from './support/canary/cases.js';
import { inParallel, leaks, runCase, type Circumstances, type Outcome } from './support/canary/run.js';
import { storeNames, widthOf, type StoreName } from './support/canary/stores.js';
import { CanaryWorld, type Place, type Wrong } from './support/canary/world.js';
import { Binary, finished } from './support/binary.js';
import { describeServers, testEngines } from './support/database.js';
import { whyMissing } from './support/servers/index.js';

/*
 * The canary in other places than test/canary.test.ts, which has every failure with AWS and SQLite: with every other store
 * and every other engine, and stopped by signals.
 */

type Task = () => Promise<Outcome>;

const allCases = Object.entries(canaryCases).flatMap(([name, cases]) =>
  cases.map((one, index) => ({ words: name.split(' '), one, isFirst: index === 0 })),
);

/** Every case as people see it, and the first of each command as programs do. */
const everyCase = (place: Partial<Place>): Task[] =>
  allCases.flatMap(({ words, one, isFirst }) =>
    (isFirst ? [[], ['--json', '--verbose']] : [[]]).map((way) => () => runCase(words, one, { way, place })),
  );

const firstCases = (circumstances: Circumstances): Task[] =>
  allCases
    .filter(({ isFirst }) => isFirst)
    .map(
      ({ words, one }) =>
        () =>
          // What is prepared needs a store that works.
          runCase(words, { ...one, prepare: () => Promise.resolve() }, circumstances),
    );

const lift = 'resolve-secrets config.yml --lift --apply --prefix tmi';
/** Exit codes that are others where the place is another: the tool writes to some stores, and not below any path. */
const elsewhere: Partial<Record<string, Readonly<Record<string, number>>>> = {
  azure: { [lift]: 5 },
  gcp: { [lift]: 5 },
  oci: { [lift]: 5 },
  vault: { [lift]: 5 },
};

function expectCodes(where: string, outcomes: readonly Outcome[]): void {
  const expected = allCases.map(({ words, one }) => {
    const call = [...words, ...one.args].join(' ');
    return [call, elsewhere[where]?.[call] ?? one.code];
  });
  const errors = new Map(outcomes.map(({ call, err }) => [call, err]));
  const found = new Map(outcomes.map(({ call, code }) => [call, code]));
  const wrong = expected.filter(([call, code]) => found.get(String(call)) !== code);
  expect(
    wrong.map(([call, code]) => [call, code, found.get(String(call)), errors.get(String(call))]),
  ).toEqual([]);
}

const troubles: Readonly<Record<string, Wrong>> = {
  refuses: { break: ({ shelf }) => shelf.upset('refused') },
  'does not know the credentials': { break: ({ shelf }) => shelf.upset('unauthorized') },
  'throttles once': { break: ({ shelf }) => shelf.upset('throttled', 1) },
  'answers nonsense once': { break: ({ shelf }) => shelf.upset('nonsense', 1) },
  'is gone': { break: (standIn) => standIn.disconnect() },
};

describe.each(storeNames.filter((name) => name !== 'aws'))('with %s', (store) => {
  it('shows no secret where all is well', { timeout: 240_000 }, async () => {
    const outcomes = await inParallel(everyCase({ store }), widthOf(store, 6));
    expect(leaks(outcomes)).toEqual([]);
    expectCodes(store, outcomes);
  });

  it.each(Object.entries(troubles))('shows no secret where it %s', { timeout: 240_000 }, async (_, wrong) => {
    expect(leaks(await inParallel(firstCases({ place: { store }, wrong }), widthOf(store, 24)))).toEqual([]);
  });
});

describeServers((engine) => {
  it('shows no secret where all is well', { timeout: 480_000 }, async () => {
    const outcomes = await inParallel(everyCase({ engine }), 6);
    expect(leaks(outcomes)).toEqual([]);
    expectCodes(engine, outcomes);
  });

  it('shows no secret when it is stopped in the middle of its output', { timeout: 240_000 }, async () => {
    const tasks = firstCases({ place: { engine }, ...stopped('output', 'SIGQUIT') });
    expect(leaks(await inParallel(tasks, 6))).toEqual([]);
  });
});

/** A signal at the first request to the store, which it never answers, or as soon as something is printed. */
function stopped(moment: 'request' | 'output', signal: NodeJS.Signals): Circumstances {
  return {
    before: ({ standIn: { http, shelf } }) => {
      const aborter = new AbortController();
      if (moment === 'output') return { signal: aborter.signal, onWrite: () => aborter.abort(signal) };
      shelf.upset('slow');
      if (http) {
        http.interfere = () => {
          aborter.abort(signal);
          return undefined;
        };
      }
      return { signal: aborter.signal };
    },
  };
}

describe.each(['SIGINT', 'SIGQUIT'] as const)('stopped by %s', (signal) => {
  const code = signal === 'SIGINT' ? 130 : 131;

  it.each(storeNames)('shows no secret while it waits for %s', { timeout: 240_000 }, async (store) => {
    const outcomes = await inParallel(
      firstCases({ place: { store }, ...stopped('request', signal) }),
      widthOf(store, 12),
    );
    expect(leaks(outcomes)).toEqual([]);
    // Those that ask the store at all, which are most of them.
    expect(outcomes.filter((outcome) => outcome.code === code).length).toBeGreaterThan(12);
  });

  it('shows no secret in the middle of its output', { timeout: 240_000 }, async () => {
    const tasks = allCases.map(
      ({ words, one }) =>
        () =>
          runCase(words, one, stopped('output', signal)),
    );
    expect(leaks(await inParallel(tasks, 6))).toEqual([]);
  });

  it('leaves nothing of its memory when it is a process', { timeout: 60_000 }, async () => {
    const world = await CanaryWorld.create({ break: ({ shelf }) => shelf.upset('slow') });
    const binary = await Binary.create();
    try {
      const child = binary.start(
        ['settings', 'list', '--config', 'config.yml'],
        world.environment,
        world.folder,
      );
      const { http } = world.standIn;
      if (http) http.interfere = () => void child.kill(signal);
      const ending = await finished(child);
      // A code and no signal: what ends by SIGQUIT itself may leave its memory in a file.
      expect([ending.code, ending.err]).toEqual([code, expect.stringContaining('internal/interrupted')]);
      expect(world.traces({ io: { ...ending, questions: [] } })).toEqual([]);
    } finally {
      binary.dispose();
      await world.dispose();
    }
  });
});

describe('the test itself', () => {
  const reveal = ['resolve-secrets', 'config.yml', '--show', 'auth.jwt.secret'];
  const places: readonly Partial<Place>[] = [
    ...storeNames.map((store: StoreName) => ({ store })),
    ...testEngines
      .filter((engine) => engine === 'sqlite' || whyMissing(engine) === undefined)
      .map((engine) => ({ engine })),
  ];

  it.each(places)('would see a leak in %o', async (place) => {
    const world = await CanaryWorld.create({}, place);
    try {
      expect(world.traces(await world.run(reveal))).not.toEqual([]);
      const rows = await world.run([
        'settings',
        'get',
        '--reveal',
        '--config',
        'config.yml',
        'timmy.llm_api_key',
      ]);
      expect([rows.code, world.traces(rows).join('\n')]).toEqual([0, expect.stringContaining('CANARY-row')]);
    } finally {
      await world.dispose();
    }
  });
});
