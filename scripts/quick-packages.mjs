// Packages of the program without what takes long to load and a run of the tool has no use for.
import { readFileSync } from 'node:fs';
import path from 'node:path';

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
    instead:
      'let kept; const segmenter = { segment: (text) => (kept ??= new Intl.Segmenter()).segment(text) };',
  },
];

/** What pg logs in with, by the functions that Node.js has had all along: Web Crypto takes as long to load as the login does. */
const loginCrypto = `
  const { createHash, createHmac, pbkdf2, randomBytes } = require('node:crypto');
  const { promisify } = require('node:util');
  const hash = (name, data) => createHash(name).update(data).digest();
  const md5 = (text) => createHash('md5').update(text, 'utf-8').digest('hex');
  // The sessions of a run log in with one password, and to derive a key from it is made to take long.
  let known;
  module.exports = {
    randomBytes,
    md5: async (text) => md5(text),
    postgresMd5PasswordHash: async (user, password, salt) =>
      'md5' + md5(Buffer.concat([Buffer.from(md5(password + user)), salt])),
    sha256: async (data) => hash('sha256', data),
    hashByName: async (name, data) => hash(name.replace('-', ''), data),
    hmacSha256: async (key, text) => createHmac('sha256', key).update(text, 'utf-8').digest(),
    deriveKey(password, salt, iterations) {
      const asked = JSON.stringify([password, salt.toString('hex'), iterations]);
      if (known?.asked !== asked)
        known = { asked, key: promisify(pbkdf2)(password, salt, iterations, 32, 'sha256') };
      return known.key;
    },
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
  ...['../migrations/migrate/Migrator', '../migrations/seed/Seeder', '../execution/batch-insert'].map(
    (name) => ({
      // Which the tool has no use for.
      asked: new RegExp(`^${name}$`.replaceAll('.', '\\.')),
      by: '/knex/lib/knex-builder/make-knex.js',
      contents: `module.exports = () => { throw new Error('Left out: ${name}'); };`,
    }),
  ),
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

/** Functions of lodash that knex calls in every run, each of which would load a good part of it. */
const plainLodash = [
  [
    'defaults',
    /client|index/,
    `(to, ...sources) => {
    for (const source of sources) for (const key in source) if (to[key] === undefined) to[key] = source[key];
    return to;
  }`,
  ],
  ['extend', /dialects\/postgres\/index/, 'Object.assign'],
  ['uniqueId', /client|index|transaction/, '(prefix) => prefix + (last += 1); let last = 0'],
  ['transform', /wrappingFormatter/, '(list, call, to) => (list.forEach((item) => call(to, item)), to)'],
  ['reduce', /raw/, '(list, call, first) => (list ?? []).reduce(call, first)'],
  // lodash asks the same function, by a way that warns on newer Node.js.
  ['isTypedArray', /helpers/, "require('node:util').types.isTypedArray"],
  [
    'isPlainObject',
    /client|raw|helpers/,
    `(value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && require('lodash/isPlainObject')(value)`,
  ],
].map(([name, by, text]) => ({
  asked: new RegExp(`^lodash/${name}$`),
  by: new RegExp(`/knex/lib/(?:[\\w/]+/)?(?:${by.source})\\.js$`),
  contents: `module.exports = ${text};`,
}));

/** What is loaded when it is first called, or made with `new`: the module is one function. */
const called = (name) => `
  let real;
  module.exports = function (...args) {
    real ??= require(${JSON.stringify(name)});
    return new.target ? new real(...args) : real.apply(this, args);
  };`;

/** A class of knex that its clients make instances of; every instance of one says what it is in SQL. */
const made = (name) => `
  ${called(name)}
  const isOne = (value) => typeof value?.toSQL === 'function' && value instanceof require(${JSON.stringify(name)});
  Object.defineProperty(module.exports, Symbol.hasInstance, { value: isOne });
  module.exports.extend = (...args) => require(${JSON.stringify(name)}).extend(...args);`;

/**
 * What knex needs for queries that it makes by itself, where the tool hands it nearly all of them as SQL: loaded by the
 * first that is made. With it goes most of lodash.
 */
const seldomCalled = [
  {
    asked:
      /\/(?:query|schema)\/(?:\w+-)?(?:query|table|column|view)?(?:builder|compiler)(?:\.js)?$|\/schema\/ddl$/,
    by: /\/knex\/lib\/(?:client|formatter\/wrappingFormatter|knex-builder\/Knex|dialects\/(?:sqlite3|postgres)\/index)\.js$/,
    contents: made,
  },
  { asked: /^lodash\//, by: /\/knex\/lib\//, contents: called },
];

/** Packages without what takes long and only other users of them need. */
export const quickPackages = {
  name: 'quick-packages',
  setup(build) {
    const { absWorkingDir } = build.initialOptions;
    for (const [index, { asked, by, contents }] of [...standIns, ...plainLodash].entries()) {
      const namespace = `stand-in-${index}`;
      build.onResolve({ filter: asked, namespace: 'file' }, ({ path: name, importer }) =>
        importer.search(by) === -1 ? undefined : { path: name, namespace },
      );
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents, resolveDir: absWorkingDir }));
    }
    for (const [index, { asked, by, contents }] of seldomCalled.entries()) {
      const namespace = `seldom-called-${index}`;
      build.onResolve({ filter: asked, namespace: 'file' }, async ({ path: name, pluginData, ...rest }) => {
        if (pluginData === 'resolving' || !by.test(rest.importer)) return undefined;
        const { path: file } = await build.resolve(name, { ...rest, pluginData: 'resolving' });
        // From the root on: the name stands in the program, which is to be the same wherever it is built.
        return { path: `./${path.relative(absWorkingDir, file)}`, namespace };
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
        contents: contents(name),
        resolveDir: absWorkingDir,
      }));
    }
    // They do nothing by being loaded, and say so nowhere: what does not read YAML need not load them.
    const reader = path.join(absWorkingDir, 'node_modules/yaml/browser/dist/index.js');
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
