import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * The tests that can see a mutant: it lives in the test's own process, so those that start the built program only cost
 * time, and so do those that repeat on a server what SQLite has shown. A kill is imagined: the run goes on to its end, and
 * the disk gets back what it held. Property tests make few cases, and always the same, or a mutant would survive by luck.
 * Files of a megabyte and hundreds of references are left out: they only show that work grows in proportion. Limits are
 * wide, or a mutant would be killed by a busy machine.
 * MUTATION_TESTS names the files to run, as `scripts/mutation.mjs` sets it; without it all of them are.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: process.env.MUTATION_TESTS?.split(' ') ?? ['test/**/*.test.ts'],
    globalSetup: ['test/support/servers/none.ts'],
    env: { SEED: '20261121', RUNS: '25', KILLS: 'imagined', WITHOUT_LARGE_FILES: '1' },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    exclude: [
      'test/{bench,structure}/**',
      'test/secrets/{connections,debug,many-references,sourced}.test.ts',
      'test/database/pooler.test.ts',
      'test/{canary,command-lines,deployments,docs,examples,mutation-whole,package}.test.ts',
      'test/backup/{interruptions,memory,one-state}.test.ts',
      'test/commands/{exec,frozen,full-disk,interrupt,process-io,server-environment,startable,stop,store-trouble,terminal,value-input}.test.ts',
      'test/database/{lock,faults,wait}.test.ts',
      'test/legacy/{elsewhere,release-0.1.0}.test.ts',
    ],
  },
});
