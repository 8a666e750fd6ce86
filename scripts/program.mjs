// Builds the program, dist/bin: the modules that a command loads when it needs them, those of short runs together in two
// files with their code caches. See bin/launcher.ts.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

/** What every run loads is measured with the first command, what a validation adds with the second. */
const shortRuns = [
  { file: 'start.js', args: ['--help'] },
  { file: 'validation.js', args: ['validate-config', 'fixtures/preflight/clean.yml'] },
];

/** commander loads it for executable subcommands, of which the tool has none, and it takes longer than commander. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup(build) {
    build.onResolve({ filter: /^(node:)?child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: "exports.spawn = (...args) => require('node:child_process').spawn(...args);",
    }));
  },
};

/** One module as a property of an object: a script, since only scripts have code caches. */
async function asPart({ path: file, text }, options) {
  // Packages too: node warns on standard error of a script that imports something by itself.
  const later = text.replace(/\bimport\("([^"]+)"\)/g, '__later("$1")');
  const { code } = await esbuild.transform(later, { ...options, format: 'cjs' });
  // A text of ASCII alone is read and kept as one byte to a character. What is left by now stands in regular
  // expressions, which take escapes as strings do.
  // eslint-disable-next-line no-control-regex -- the end of ASCII
  const ascii = code.replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const body = ascii.replace(/^#!.*\n/, '');
  return `${JSON.stringify(`./${path.basename(file)}`)}:function(module,require,__later){${body}\n},\n`;
}

const script = (parts) => `({\n${parts.join('')}})`;

const recorder = new URL('record-scripts.mjs', import.meta.url).href;

/** Runs a command with the program. @param record what to do with the scripts that it ran: see the recorder */
function run(out, root, args, record) {
  execFileSync(
    process.execPath,
    ['--random-seed=1', '--import', recorder, path.join(out, 'tmi-dbtool.js'), ...args],
    {
      cwd: root,
      env: { PATH: process.env.PATH, RECORD: record },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

/** Puts what short runs need into files of their own, and keeps what V8 made of it. */
function packShortRuns(out, root) {
  const program = path.join(out, 'program');
  const start = path.join(program, 'start.js');
  const list = path.join(out, 'loaded.json');
  const packed = new Set(['start.js']);
  const packs = shortRuns.map(({ file, args }) => {
    writeFileSync(start, script([]));
    run(out, root, args, list);
    const names = JSON.parse(readFileSync(list, 'utf8')).filter((name) => !packed.has(name));
    for (const name of names) packed.add(name);
    return { file, names };
  });
  rmSync(list);
  for (const { file, names } of packs) {
    const parts = names.map((name) => readFileSync(path.join(program, name), 'utf8').slice(3, -2));
    // The first file is always read, so it says where the parts of the others are.
    const others = file === 'start.js' ? packs.filter((pack) => pack.file !== file) : [];
    const index = others.flatMap((pack) => pack.names.map((name) => `"./${name}":"${pack.file}",\n`));
    for (const name of names) rmSync(path.join(program, name));
    writeFileSync(path.join(program, file), script([...parts, ...index]));
  }
  recordSteadily(out, root, program);
}

/**
 * Keeps what V8 made of the scripts of short runs, once the same has come a second time: what it throws away meanwhile
 * depends on the load of the machine, and a release is to be the same bytes for the same commit.
 */
function recordSteadily(out, root, program) {
  const caches = shortRuns.map(({ file }) => path.join(program, `${file}.cache`));
  const seen = new Set();
  for (let attempt = 0; attempt < 12; attempt += 1) {
    for (const cache of caches) rmSync(cache, { force: true });
    for (const { args } of shortRuns) run(out, root, args, 'caches');
    const digest = createHash('sha256');
    for (const cache of caches) digest.update(readFileSync(cache));
    const text = digest.digest('hex');
    if (seen.has(text)) return;
    seen.add(text);
  }
}

/**
 * @param out the folder for the program
 * @param shared options of esbuild that library and program share
 */
export async function buildProgram(out, shared) {
  const { absWorkingDir: root } = shared;
  const { minifySyntax, minifyWhitespace, legalComments, target, platform } = shared;
  const options = { minifySyntax, minifyWhitespace, legalComments, target, platform };
  const { outputFiles } = await esbuild.build({
    ...shared,
    entryPoints: ['bin/tmi-dbtool.ts'],
    outdir: path.join(out, 'program'),
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    plugins: [lazyChildProcess],
    write: false,
  });
  mkdirSync(path.join(out, 'program'), { recursive: true });
  for (const file of outputFiles) writeFileSync(file.path, script([await asPart(file, options)]));
  await esbuild.build({
    ...options,
    absWorkingDir: root,
    entryPoints: ['bin/launcher.ts'],
    outfile: path.join(out, 'tmi-dbtool.js'),
    banner: { js: '#!/usr/bin/env node' },
    format: 'cjs',
  });
  chmodSync(path.join(out, 'tmi-dbtool.js'), 0o755);
  // The package is one of ES modules; what is in this folder is none.
  writeFileSync(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  packShortRuns(out, root);
}
