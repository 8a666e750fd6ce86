// Builds the program, dist/bin: the modules that a command loads when it needs them, those of short runs together in two
// files with their code caches. See bin/launcher.ts.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { compileWhole, runRecorded, settleFlags } from './code-cache.mjs';
import { nodeCheck } from './oldest-node.mjs';

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

/** What a package does while it is loaded, and the tool has no use for then. */
const loadedLater = [
  {
    // Asking whether this is a worker of Cloudflare loads the whole of fetch on Node 20.
    file: /\/pg\/lib\/stream\.js$/,
    text: 'if (isCloudflareRuntime())',
    instead: 'if (false)',
  },
  {
    // Most text is ASCII, which needs no segmenting.
    file: /\/string-width\/index\.js$/,
    text: 'const segmenter = new Intl.Segmenter();',
    instead: 'const segmenter = { segment: (text) => new Intl.Segmenter().segment(text) };',
  },
];

/** What pg logs in with, by the functions that Node.js has had all along: Web Crypto takes as long to load as the login does. */
const loginCrypto = `
  const { createHash, createHmac, pbkdf2, randomBytes } = require('node:crypto');
  const { promisify } = require('node:util');
  const hash = (name, data) => createHash(name).update(data).digest();
  const md5 = (text) => createHash('md5').update(text, 'utf-8').digest('hex');
  module.exports = {
    randomBytes,
    md5: async (text) => md5(text),
    postgresMd5PasswordHash: async (user, password, salt) =>
      'md5' + md5(Buffer.concat([Buffer.from(md5(password + user)), salt])),
    sha256: async (data) => hash('sha256', data),
    hashByName: async (name, data) => hash(name.replace('-', ''), data),
    hmacSha256: async (key, text) => createHmac('sha256', key).update(text, 'utf-8').digest(),
    deriveKey: (password, salt, iterations) => promisify(pbkdf2)(password, salt, iterations, 32, 'sha256'),
  };`;

/** Parts of Node.js and of packages that take long to load, and what stands for them until they are asked for. */
const standIns = [
  {
    // For executable subcommands, of which the tool has none; it takes longer than commander.
    asked: /^(node:)?child_process$/,
    by: '/commander/',
    contents: "exports.spawn = (...args) => require('node:child_process').spawn(...args);",
  },
  ...['/knex/', '/pg-copy-streams/'].map((by) => ({
    asked: /^assert$/,
    by,
    contents: "module.exports = (...args) => require('node:assert')(...args);",
  })),
  ...[
    [/^\.\/utils$/, '/pg/lib/crypto/'],
    [/^\.\/crypto\/utils$/, '/pg/lib/client.js'],
  ].map(([asked, by]) => ({ asked, by, contents: loginCrypto })),
  {
    // It is never asked to print: see bin/tmi-dbtool.ts. To be ready for it, it loads terminals and the network.
    asked: /^debug$/,
    by: '/knex/',
    contents: 'module.exports = () => Object.assign(() => undefined, { enabled: false });',
  },
  {
    // Its logger is handed functions that print nothing: see src/database/connect.ts.
    asked: /^colorette$/,
    by: '/knex/',
    contents: 'exports.yellow = exports.red = exports.cyan = String;',
  },
  {
    // Looks for the native part in fifteen folders, from the file of its caller on. npm has it built in this one.
    asked: /^bindings$/,
    by: '/better-sqlite3/',
    contents: `
      module.exports = (file) => {
        try {
          return require('better-sqlite3/build/Release/' + file);
        } catch (error) {
          if (error.code !== 'MODULE_NOT_FOUND') throw error;
          throw new Error('Could not locate the bindings file');
        }
      };`,
  },
  {
    // knex knows its clients by name too, all of them; the tool hands it a class.
    asked: /^\.\.\/\.\.\/dialects$/,
    by: '/knex/lib/knex-builder/',
    contents:
      "exports.getDialectByNameOrAlias = (name) => { throw new Error('No client by name: ' + name); };",
  },
];

/** Packages without what takes long and only other users of them need. */
const quickPackages = {
  name: 'quick-packages',
  setup(build) {
    for (const [index, { asked, by, contents }] of standIns.entries()) {
      const namespace = `stand-in-${index}`;
      build.onResolve({ filter: asked }, ({ path: name, importer }) =>
        importer.includes(by) ? { path: name, namespace } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
    }
    // They do nothing by being loaded, and say so nowhere: what does not read YAML need not load them.
    const reader = path.join(build.initialOptions.absWorkingDir, 'node_modules/yaml/browser/dist/index.js');
    build.onResolve({ filter: /^yaml$/ }, () => ({ path: reader, sideEffects: false }));
    build.onResolve({ filter: /^\.\.?\// }, ({ path: name, importer }) =>
      importer.includes('/yaml/browser/')
        ? { path: path.resolve(path.dirname(importer), name), sideEffects: false }
        : undefined,
    );
    build.onResolve({ filter: /^js-yaml$/ }, async ({ path: name, pluginData, ...rest }) => {
      if (pluginData === 'resolving') return undefined;
      const { path: file } = await build.resolve(name, { ...rest, pluginData: 'resolving' });
      return { path: file, sideEffects: false };
    });
    for (const { file: filter, text, instead } of loadedLater) {
      build.onLoad({ filter }, ({ path: file }) => {
        const source = readFileSync(file, 'utf8');
        if (!source.includes(text)) throw new Error(`${file} has changed: ${text} is gone.`);
        return { contents: source.replace(text, instead) };
      });
    }
  },
};

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
    for (const args of runnable.flatMap(({ runs }) => runs)) execute(args, 'caches');
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
  mkdirSync(path.join(out, 'program'), { recursive: true });
  for (const file of outputFiles) writeFileSync(file.path, script([await asPart(file, options)]));
  await esbuild.build({
    ...options,
    // Older than what the program needs, so that an old Node.js gets as far as being told so.
    target: 'node12.22',
    absWorkingDir: root,
    entryPoints: ['bin/launcher.ts'],
    outfile: path.join(out, 'tmi-dbtool.js'),
    banner: { js: `${startedByShell}${nodeCheck}` },
    format: 'cjs',
  });
  chmodSync(path.join(out, 'tmi-dbtool.js'), 0o755);
  // The package is one of ES modules; what is in this folder is none.
  writeFileSync(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  packProgram(out, root, metafile);
}
