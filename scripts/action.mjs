// Bundles the offline validator into one file, action/validate.cjs, which is committed: whoever uses the action or the hook
// installs nothing. Usage: node scripts/action.mjs [file]
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { nodeCheck } from './oldest-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** What looks at networks, databases and secret stores stays out; asking for it says so. */
const offline = {
  name: 'offline',
  setup(build) {
    build.onResolve({ filter: /preflight\/online\/index\.js$/ }, () => ({
      path: 'online',
      namespace: 'none',
    }));
    build.onLoad({ filter: /.*/, namespace: 'none' }, () => ({
      contents: `export const checkOnline = () => {
        throw new Error('The action checks files alone: install tmi-dbtool for --resolve and --connect.');
      };`,
    }));
  },
};

/**
 * Bundles the validator.
 * @param outfile where to
 * @returns packages that the file would need beside it: none, as a test says
 */
export async function buildAction(outfile) {
  mkdirSync(path.dirname(outfile), { recursive: true });
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['bin/action.ts'],
    outfile,
    bundle: true,
    // Paths of packages stand in the bundle: they are the same where node_modules is a link.
    preserveSymlinks: true,
    platform: 'node',
    // Older than what it needs, so that an old Node.js gets as far as being told so.
    target: 'node12.22',
    format: 'cjs',
    alias: { yaml: './node_modules/yaml/browser/dist/index.js' },
    external: ['knex', 'pg', 'mysql2', 'tedious', 'oracledb', 'better-sqlite3', '@aws-sdk/*', '@azure/*'],
    plugins: [offline],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    // No commit and no time: the same sources are the same bytes.
    define: {
      __BUILD_INFO__: JSON.stringify({ version, commit: 'action', builtAt: 'action', packages: [] }),
      'import.meta.url': '__fileUrl',
    },
    banner: {
      js: `#!/usr/bin/env node\n${nodeCheck}\nconst __fileUrl = require('url').pathToFileURL(__filename).href;`,
    },
    logLevel: 'warning',
  });
  chmodSync(outfile, 0o755);
  const [{ imports }] = Object.values(metafile.outputs);
  const foreign = imports.filter(({ path: name, external }) => external && !isBuiltin(name));
  return foreign.map(({ path: name }) => name);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const foreign = await buildAction(path.resolve(process.argv[2] ?? path.join(root, 'action/validate.cjs')));
  if (foreign.length > 0) console.error(`The bundle asks for packages: ${[...new Set(foreign)].join(', ')}`);
}
