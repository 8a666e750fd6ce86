// Writes the pages of the manual, made from the commands as their help is.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const entry = `
import { program } from './commands/index.ts';
import { manPages } from './commands/man/pages.ts';
export const pages = (version) => manPages(program, undefined, version);
`;

/**
 * @param folder where the pages go
 * @param shared options of esbuild that the build shares
 * @param version of the package
 */
export async function buildMan(folder, shared, version) {
  mkdirSync(folder, { recursive: true });
  // Where the packages are found that the commands' files name, wherever the build goes.
  const bundle = path.join(shared.absWorkingDir, `.man-pages-${process.pid}.mjs`);
  await esbuild.build({
    ...shared,
    stdin: { contents: entry, resolveDir: shared.absWorkingDir, loader: 'ts' },
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: bundle,
  });
  try {
    const { pages } = await import(pathToFileURL(bundle).href);
    for (const [name, text] of await pages(version)) writeFileSync(path.join(folder, name), text);
  } finally {
    rmSync(bundle);
  }
}
