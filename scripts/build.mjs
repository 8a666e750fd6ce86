// Builds dist/: the program, the library as a bundle split into chunks, and the types.
// Usage: node scripts/build.mjs [folder]
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { buildMan } from './man.mjs';
import { buildProgram } from './program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Small libraries that are read on nearly every run are bundled; drivers and cloud clients load when used. */
const bundled = ['commander', 'js-yaml', 'yaml', 'chalk', 'diff', 'fastest-levenshtein', 'string-width'];
const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
  (name) => !bundled.includes(name),
);
const external = packages.flatMap((name) => [name, `${name}/*`]);

/** The sources of what the package exports, by the list in its manifest. */
const exported = Object.values(manifest.exports).flatMap((entry) =>
  entry.types ? [entry.types.replace('./dist/types/', '').replace(/\.d\.ts$/, '.ts')] : [],
);

/** What git says of the commit, or what the environment says where there is no checkout. */
function ofCommit(variable, ...args) {
  if (process.env[variable]) return process.env[variable];
  try {
    return execFileSync('git', args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  } catch {
    return undefined; // built from a tarball, outside a checkout
  }
}

const commit = ofCommit('TMI_BUILD_COMMIT', 'rev-parse', '--short=12', 'HEAD') ?? 'unknown';
const seconds = Number(
  ofCommit('SOURCE_DATE_EPOCH', 'show', '-s', '--format=%ct', 'HEAD') ?? Date.now() / 1000,
);

rmSync(out, { recursive: true, force: true });

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external,
  // The same code as ES modules, of which the bundle keeps what is used: it loads in half the time.
  alias: { yaml: './node_modules/yaml/browser/dist/index.js' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: {
    __BUILD_INFO__: JSON.stringify({
      version: manifest.version,
      commit,
      // The commit's time: the same sources are the same bytes.
      builtAt: new Date(Math.floor(seconds) * 1000).toISOString(),
      packages,
    }),
  },
  logLevel: 'warning',
};

await esbuild.build({
  ...shared,
  entryPoints: exported,
  outbase: '.',
  outdir: out,
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
});

await buildProgram(path.join(out, 'bin'), shared);
await buildMan(path.join(out, 'man'), shared, manifest.version);

/** Deletes declarations that no export leads to: tsc writes one for every source that it had to read. */
function pruneTypes() {
  const folder = path.join(out, 'types');
  const needed = new Set();
  const waiting = exported.map((file) => path.join(folder, file.replace(/\.ts$/, '.d.ts')));
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (needed.has(file)) continue;
    needed.add(file);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(
      /(?:from |import\()['"](\.[^'"]+)\.js['"]/g,
    )) {
      waiting.push(path.join(path.dirname(file), `${target}.d.ts`));
    }
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !needed.has(file)) rmSync(file);
  }
}

const typesConfig = path.join(out, 'tsconfig.json');
writeFileSync(
  typesConfig,
  JSON.stringify({
    extends: path.join(root, 'tsconfig.types.json'),
    compilerOptions: {
      rootDir: root,
      outDir: path.join(out, 'types'),
      typeRoots: [path.join(root, 'node_modules/@types')],
    },
    files: exported.map((file) => path.join(root, file)),
    include: [path.join(root, 'src/**/*.d.ts')],
  }),
);
try {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', typesConfig], {
    cwd: root,
    stdio: 'inherit',
  });
} finally {
  rmSync(typesConfig);
}
pruneTypes();
