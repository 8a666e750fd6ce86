import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
// Where the packages are found from here: a copy of the sources below the project, as mutation tests make one, has none.
const packages = dirname(dirname(createRequire(import.meta.url).resolve('esbuild/package.json')));

/** A program that node can run, in a folder of its own that every user may read. */
export interface Bundle {
  /** Path of the program. */
  readonly file: string;
  dispose(): void;
}

/**
 * Bundles the sources as they are, for a test that needs a process of its own.
 * @param entry path of a TypeScript file from the root of the project
 */
export async function bundle(entry: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bundle-'));
  chmodSync(folder, 0o755);
  // The bundle finds packages beside it, as the source does.
  symlinkSync(packages, join(folder, 'node_modules'));
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return {
    file: join(folder, basename(entry).replace(/\.ts$/, '.mjs')),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
