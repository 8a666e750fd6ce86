// Builds the program, dist/bin: the modules that a command loads when it needs them, those of short runs together in two
// files with their code caches. See bin/launcher.ts.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { compileWhole, runRecorded, settleFlags } from './code-cache.mjs';
import { nodeCheck } from './oldest-node.mjs';
import { asPart, refuseCircles } from './program-part.mjs';
import { quickPackages } from './quick-packages.mjs';

/** Packages that the program has inside, unlike the library: as many small files they take longest to load. */
export const inProgram = ['knex', 'pg', 'pg-copy-streams', '@redis/client', 'better-sqlite3'];

/** Files that hold what the runs of a command load, beyond those that stand before; {} is a folder with a configuration. */
const packs = [
  { file: 'start.js', runs: [['--help']] },
  {
    file: 'validation.js',
    // One file in which nothing is found, and one in which something is.
    runs: [
      ['validate-config', 'fixtures/preflight/clean.yml'],
      ['validate-config', '{}/import.yml'],
    ],
  },
  {
    file: 'settings.js',
    needsSqlite: true,
    runs: [
      ['settings', 'set', 'auth.jwt.expiration_seconds', '7200', '--config', '{}/set.yml'],
      ['settings', 'get', 'auth.jwt.expiration_seconds', '--config', '{}/set.yml'],
    ],
  },
  {
    file: 'import.js',
    needsSqlite: true,
    runs: [
      ['import-legacy', '{}/import.yml', '--server', 'documented', '--dry-run'],
      ['import-legacy', '{}/import.yml', '--server', 'documented'],
    ],
  },
];

/** Commands with caches of their own. All others have those of the last run, which is an import. */
const cachedCommands = ['validate-config', 'settings set', 'settings get'];

/** Files that hold what no run of the build reaches, by the modules that load the rest. */
const wholes = [
  {
    file: 'postgres.js',
    entries: [
      'src/database/dialects/postgres/index.ts',
      'node_modules/knex/lib/dialects/postgres/index.js',
      'node_modules/pg/esm/index.mjs',
    ],
  },
  { file: 'redis.js', entries: ['node_modules/@redis/client/dist/index.js'] },
];

/**
 * The first lines of the program: for a shell, which starts Node.js with `--` before the program, and a text and a comment for
 * Node.js. Without `--` Node.js takes `--env-file` among the program's own arguments for an option of its own, and ends where
 * there is no such file: it knows nothing of `docker:FILE`.
 */
const startedByShell = '#!/usr/bin/env sh\n":" //; exec node -- "$0" "$@"\n;';

const script = (parts) => `({\n${parts.join('')}})`;

/** Each packed file in turn: the names of its parts, none of which stands in an earlier one. */
function partsOfRuns(out, runnable, execute) {
  const start = path.join(out, 'program/start.js');
  const list = path.join(out, 'loaded.json');
  const packed = new Set(['start.js']);
  const found = runnable.map(({ file, runs }) => {
    writeFileSync(start, script([]));
    const names = new Set();
    for (const args of runs) {
      execute(args, list);
      for (const name of JSON.parse(readFileSync(list, 'utf8'))) if (!packed.has(name)) names.add(name);
    }
    for (const name of names) packed.add(name);
    return { file, names: [...names] };
  });
  rmSync(list);
  return { found, packed };
}

/** The names of the parts that entries bring with them, beyond what is packed already. */
function partsOfEntries({ outputs }, entries, packed) {
  const names = [];
  const add = (output) => {
    const name = path.basename(output);
    if (packed.has(name)) return;
    packed.add(name);
    names.push(name);
    for (const { path: file, kind } of outputs[output].imports)
      if (kind === 'import-statement' && outputs[file]) add(file);
  };
  for (const entry of entries) {
    const [output] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? [];
    if (output === undefined) throw new Error(`The program no longer loads ${entry} by itself.`);
    add(output);
  }
  return names;
}

/** A file of before 1.4.0, with everything that most files have. */
const configuration = (database) => `server:
  port: "8080"
database:
  url: sqlite://${database}
auth:
  build_mode: dev
  jwt:
    secret: a-secret-for-the-build-that-nobody-uses
    expiration_seconds: 7200
  oauth:
    providers:
      google:
        enabled: true
        client_id: client
        client_secret: another-one
        scopes: [openid, email]
websocket:
  inactivity_timeout_seconds: 450 # a comment
`;

/** better-sqlite3 is compiled by a script of its own, which may be off where this is built. */
function hasSqlite(root) {
  try {
    execFileSync(process.execPath, ['-e', "new (require('better-sqlite3'))(':memory:')"], {
      cwd: root,
      stdio: 'ignore',
    });
    return true;
  } catch {
    console.warn('better-sqlite3 cannot be loaded: commands on a database will start more slowly.');
    return false;
  }
}

/** Puts what short runs need into files of their own, and keeps what V8 made of it. */
function packProgram(out, root, metafile) {
  const program = path.join(out, 'program');
  const work = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-build-'));
  const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: '00'.repeat(32) };
  const execute = (args, record) => {
    // Each run finds the folder as the one before it did, when it is run again for the caches.
    runRecorded(
      out,
      args.map((word) => word.replace('{}', work)),
      record,
      { cwd: root, env },
    );
  };
  const prepare = () => {
    // A backup of the same second would be met by an import, which would call a function more.
    for (const left of readdirSync(work)) rmSync(path.join(work, left), { recursive: true });
    for (const name of ['set', 'import']) {
      writeFileSync(path.join(work, `${name}.yml`), configuration(path.join(work, `${name}.db`)));
    }
  };
  const runnable = hasSqlite(root) ? packs : packs.filter(({ needsSqlite }) => !needsSqlite);
  try {
    prepare();
    const { found, packed } = partsOfRuns(out, runnable, execute);
    const whole = wholes.map(({ file, entries }) => ({
      file,
      names: partsOfEntries(metafile, entries, packed),
    }));
    const files = [...found, ...whole];
    for (const { file, names } of files) {
      const parts = names.map((name) => readFileSync(path.join(program, name), 'utf8').slice(3, -2));
      // The first file is always read, so it says where the parts of the others are.
      const others = file === 'start.js' ? files.filter((pack) => pack.file !== file) : [];
      const index = others.flatMap((pack) => pack.names.map((name) => `"./${name}":"${pack.file}",\n`));
      for (const name of names) rmSync(path.join(program, name));
      writeFileSync(path.join(program, file), script([...parts, ...index]));
    }
    prepare();
    for (const args of runnable.flatMap(({ runs }) => runs)) {
      const own = cachedCommands.find((name) => args.join(' ').startsWith(`${name} `));
      execute(args, own === undefined ? '.cache' : `.${own.replace(' ', '-')}.cache`);
    }
    compileWhole(wholes.map(({ file }) => path.join(program, file)));
    settleFlags(program);
  } finally {
    rmSync(work, { recursive: true, force: true });
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
  const { outputFiles, metafile } = await esbuild.build({
    ...shared,
    external: [
      ...shared.external.filter((name) => !inProgram.includes(name.replace(/\/\*$/, ''))),
      // What knex and pg would load for others: a driver is given to them.
      ...['pg-native', 'pg-cloudflare', 'mysql', 'sqlite3', 'pg-query-stream'],
    ],
    // Names of chunks are the same where node_modules is a link.
    preserveSymlinks: true,
    entryPoints: ['bin/tmi-dbtool.ts'],
    outdir: path.join(out, 'program'),
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    plugins: [quickPackages],
    write: false,
    metafile: true,
  });
  refuseCircles(metafile);
  mkdirSync(path.join(out, 'program'), { recursive: true });
  for (const file of outputFiles) writeFileSync(file.path, script([await asPart(file, options)]));
  await esbuild.build({
    ...options,
    // Older than what the program needs, so that an old Node.js gets as far as being told so.
    target: 'node12.22',
    absWorkingDir: root,
    entryPoints: ['bin/launcher.ts'],
    outfile: path.join(out, 'tmi-dbtool.js'),
    define: { CACHED_COMMANDS: JSON.stringify(cachedCommands) },
    banner: { js: `${startedByShell}${nodeCheck}` },
    format: 'cjs',
  });
  chmodSync(path.join(out, 'tmi-dbtool.js'), 0o755);
  // The package is one of ES modules; what is in this folder is none.
  writeFileSync(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  packProgram(out, root, metafile);
}
