import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from './vitest.mutation.config.js';

const folder = process.env.MUTATION_WHOLE ?? '';
const sources = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8')) as Record<string, string>;
const order = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8')) as string[];

/** Quick tests first: whoever notices a mutant spares the others. */
class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      order.indexOf(relative(process.cwd(), moduleId));
    return Promise.resolve([...files].sort((a, b) => place(a) - place(b)));
  }
}

/** Every mutant of a source at once, each behind a switch, and tests that are repeated with one of them switched on. */
export default defineConfig({
  ...base,
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      transform: (_, id) => sources[relative(process.cwd(), id)],
    },
  ],
  test: {
    ...base.test,
    include: order,
    runner: './scripts/mutation-runner.mjs',
    pool: 'forks',
    maxWorkers: Number(process.env.MUTATION_WORKERS ?? 2),
    sequence: { sequencer: QuickestFirst },
    // Of one repetition: what waits for ever is noticed by it.
    testTimeout: 20_000,
    fileParallelism: true,
  },
});
