import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const source = 'fixtures/mutation/source.mjs';
const checks = join(process.cwd(), 'fixtures/mutation/checks.mjs');
const report = `reports/mutation/whole-${source.replaceAll('/', '-')}`;

interface Place {
  line: number;
  column: number;
}
interface Mutant {
  fileName: string;
  location: { start: Place; end: Place };
  mutatorName: string;
  replacement: string;
}

// A script has no types.
const script: string = '../scripts/mutation-places.mjs';
const { instrument } = (await import(script)) as {
  instrument: (files: readonly string[]) => Promise<{ mutants: Mutant[] }>;
};

/** The text with one mutant in it, as an editor would put it there. */
function withMutant(text: string, { location: { start, end }, replacement }: Mutant): string {
  const lines = text.split('\n');
  const before = [...lines.slice(0, start.line), lines[start.line]!.slice(0, start.column)].join('\n');
  const after = [lines[end.line]!.slice(end.column), ...lines.slice(end.line + 1)].join('\n');
  return before + replacement + after;
}

/** The second opinion: a process of its own with a file that has this one mutant, and no vitest, no switch and no journal. */
function isNoticed(text: string): boolean {
  const { status } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { checksOf } from ${JSON.stringify(checks)};
      const source = await import('data:text/javascript,' + encodeURIComponent(${JSON.stringify(text)}));
      for (const [, check] of checksOf(source)) check();`,
    ],
    { timeout: 5000, stdio: 'ignore' },
  );
  return status !== 0;
}

const ask = () =>
  spawnSync(
    process.execPath,
    [
      'scripts/mutation-whole.mjs',
      source,
      '--workers',
      '1',
      '--tests',
      'fixtures/mutation/source.test.mjs',
      '--budget',
      '5',
      '--limit',
      '3',
    ],
    { encoding: 'utf8' },
  );

/** Every line of a survivor: its place, whether a test reached it, and what it is. */
const openOnes = (output: string): string[] => output.split('\n').filter((line) => /:\d+:\d+ /.test(line));

describe('mutants of a whole file', () => {
  const text = readFileSync(source, 'utf8');
  let mutants: Mutant[];
  let first: ReturnType<typeof ask>;

  beforeAll(async () => {
    rmSync(report, { recursive: true, force: true });
    ({ mutants } = await instrument([source]));
    first = ask();
  }, 300_000);
  afterAll(() => rmSync(report, { recursive: true, force: true }));

  it('are noticed where the same checks fail on a file with that one mutant', () => {
    const unnoticed = mutants.filter((mutant) => !isNoticed(withMutant(text, mutant)));
    const placeOf = ({ location: { start }, mutatorName, replacement }: Mutant): string =>
      `${start.line + 1}:${start.column + 1} ${mutatorName}: ${replacement.replaceAll(/\s+/g, ' ')}`;
    expect(mutants.length).toBeGreaterThan(25);
    expect(unnoticed.length).toBeGreaterThan(2);
    expect(
      openOnes(first.stdout).map((line) =>
        line.slice(source.length + 1).replace(/ (Survived|NoCoverage) /, ' '),
      ),
    ).toEqual(unnoticed.map(placeOf));
  });

  it('are told apart by whether a test reaches them', () => {
    const unused = text.split('\n').findIndex((line) => line.includes('function unused')) + 1;
    const states = openOnes(first.stdout).map((line) => {
      const [, place, state] = /:(\d+):\d+ (\w+) /.exec(line)!;
      return [Number(place) >= unused, state];
    });
    expect(new Set(states.map(([isUnused, state]) => `${isUnused} ${state}`))).toEqual(
      new Set(['false Survived', 'true NoCoverage']),
    );
  });

  it('are counted, each once', () => {
    const open = openOnes(first.stdout);
    const unreached = open.filter((line) => line.includes(' NoCoverage ')).length;
    const noticed = mutants.length - open.length;
    const share = ((100 * noticed) / mutants.length).toFixed(1);
    expect(first.stdout.trim().split('\n').at(-1)).toBe(
      `${source}: ${share} % noticed (${noticed} noticed, ${open.length - unreached} survived, ${unreached} not reached, 0 made when their file is loaded)`,
    );
  });

  it('are not asked about again in a second run, which says the same', () => {
    const before = readFileSync(join(report, 'journal.jsonl'), 'utf8');
    const second = ask();
    expect(second.stdout).toBe(first.stdout);
    const news = readFileSync(join(report, 'journal.jsonl'), 'utf8').slice(before.length);
    expect(news).not.toContain('killed');
    expect(news).not.toContain('suspect');
  });
});
