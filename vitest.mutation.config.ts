import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * The tests that can see a mutant: it lives in the test's own process, so those that start the built program only cost time.
 * Property tests make few cases, and always the same, or a mutant would survive by luck.
 */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      env: { SEED: '20261121', RUNS: '25' },
      exclude: [
        'test/{bench,structure}/**',
        'test/secrets/{debug,sourced}.test.ts',
        'test/database/pooler.test.ts',
        'test/{canary,command-lines,deployments,docs,examples,package}.test.ts',
        'test/backup/{interruptions,memory}.test.ts',
        'test/commands/{exec,frozen,full-disk,interrupt,process-io,server-environment,startable,stop,store-trouble,terminal,value-input}.test.ts',
        'test/database/{lock,faults,wait}.test.ts',
        'test/legacy/{earlier-runs,elsewhere,kill,release-0.1.0,rotation}.test.ts',
      ],
    },
  }),
);
