import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { dynamicImports } from './scripts/lint-dynamic-imports.mjs';

/**
 * Layers from the bottom up. A folder may import what stands before it in this list and nothing after it,
 * so that every layer can be read, tested and used without those above.
 */
const layers = [
  'errors',
  'values',
  'registry',
  'config',
  'redact',
  'secrets',
  'database',
  'settings',
  'preflight',
  'legacy',
  'backup',
  'bootstrap',
  'worker',
  'commands',
  'bin',
];

/** Packages that belong to one place. */
const packageHomes = [
  { packages: ['commander', 'chalk'], home: 'commands', reason: 'The library knows no command line.' },
  {
    packages: ['knex', 'pg', 'mysql2', 'tedious', 'oracledb', 'better-sqlite3'],
    home: 'src/database',
    reason: 'Code above the database layer asks for capabilities, never for engines.',
  },
  {
    packages: ['@redis/client'],
    home: 'src/settings',
    reason: 'Redis is the cache of the settings, and nothing else.',
  },
  {
    packages: ['http', 'https', 'http2', 'undici', 'node:http', 'node:https', 'node:http2'],
    home: 'src/secrets',
    reason: 'One function speaks HTTP to stores: src/secrets/http/store-http.ts. Nothing else speaks it.',
  },
  {
    packages: ['child_process', 'node:child_process'],
    home: 'commands',
    reason: 'The one command that starts a program is exec, and what it starts stands in its arguments.',
  },
];

/** What opens a file, or puts one in the place of another. Whatever else `node:fs` has may be used anywhere. */
const opening = [
  ...['open', 'openAsBlob', 'createReadStream', 'createWriteStream', 'ReadStream', 'WriteStream'],
  ...['readFile', 'writeFile', 'appendFile', 'copyFile', 'cp', 'truncate'],
  ...['rename', 'link', 'symlink', 'mkdtempDisposable'],
];
const filesMessage =
  'Files are read with src/config/files/input.ts and written with output.ts or write.ts beside it.';
const fileSystem = ['node:fs', 'fs', 'node:fs/promises', 'fs/promises'].map((name) => ({
  name,
  importNames: [...opening, ...opening.map((word) => `${word}Sync`), 'default', 'promises'],
  message: filesMessage,
}));

/** What makes a `require`, which no rule looks through. */
const moduleMakers = ['node:module', 'module'].map((name) => ({
  name,
  importNames: ['createRequire', 'default', 'Module'],
  message: 'Import what is needed.',
}));

/** The places that open files by themselves, with the reason. */
const openers = [
  'src/config/files/**/*.ts', // the functions that all others use
  'src/database/dialects/sqlite/**/*.ts', // the engine's own files: its database, and the lock beside it
  'bin/launcher.ts', // starts before anything is loaded
];

/** Most ways through one function: what a reader can hold in mind, and what tests can go. */
const WAYS = 20;

/** Functions that had more when the limit was set. A number here is only ever lowered, and goes when it is no more. */
const manyWays = {
  'src/secrets/providers/aws/faults.ts': 26, // a table of the service's names
  'commands/db-restore-run.ts': 24,
  'src/settings/export/read.ts': 23,
  'src/database/dialects/sqlite/values.ts': 22,
  'src/database/url.ts': 21,
  'src/secrets/server-variables.ts': 21,
};

const filesOf = (layer) =>
  layer === 'commands' || layer === 'bin'
    ? [`${layer}/**/*.ts`]
    : [`src/${layer}/**/*.ts`, `src/${layer}.ts`];

/** @param home the folder whose own packages these files may import; none where they stand in no layer */
function pathRules(home, opensFiles = false, patterns = []) {
  const elsewhere = packageHomes
    .filter((p) => p.home !== home)
    .map((p) => ({ names: p.packages, message: `Only ${p.home} imports it. ${p.reason}` }));
  return {
    // Fetched at run time there is no telling which functions are used.
    'project/dynamic-imports': [
      'error',
      [...elsewhere, ...(opensFiles ? [] : [{ names: ['node:fs', 'fs'], message: filesMessage }])],
    ],
    'no-restricted-imports': [
      'error',
      {
        paths: [
          ...elsewhere.flatMap(({ names, message }) => names.map((name) => ({ name, message }))),
          ...(opensFiles ? [] : [...fileSystem, ...moduleMakers]),
        ],
        patterns,
      },
    ],
  };
}

function importRules(layer, opensFiles = false) {
  const above = layers.slice(layers.indexOf(layer) + 1);
  const home = layer === 'commands' || layer === 'bin' ? layer : `src/${layer}`;
  const upward = {
    regex: `^(\\.\\./)+(src/)?(${above.join('|')})(/|\\.js$)`,
    message: `Imports go downward only: ${layer} stands below this.`,
  };
  return pathRules(home, opensFiles, above.length > 0 ? [upward] : []);
}

const siblings = (folder) => ({
  files: [`${folder}/*/**/*.ts`],
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector: 'ImportDeclaration[source.value=/^\\.\\.\\u002F[a-z0-9-]+\\u002F/]',
        message: 'A provider or dialect imports its own folder and its contract, nothing of a sibling.',
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['action', 'dist', 'coverage', 'node_modules'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'performance', 'setTimeout', 'clearTimeout', 'fetch'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  {
    files: ['bin/**/*.ts', 'src/**/*.ts', 'commands/**/*.ts'],
    plugins: { project: { rules: { 'dynamic-imports': dynamicImports } } },
    // What stands in no layer is held to the same.
    rules: pathRules(undefined),
  },
  ...layers.map((layer) => ({ files: filesOf(layer), rules: importRules(layer) })),
  ...layers.flatMap((layer) => {
    const home = layer === 'commands' || layer === 'bin' ? layer : `src/${layer}`;
    const files = openers.filter((file) => file.startsWith(`${home}/`));
    return files.length > 0 ? [{ files, rules: importRules(layer, true) }] : [];
  }),
  // It finds the program by itself, with what Node.js has for that.
  { files: ['bin/launcher.ts'], rules: { 'project/dynamic-imports': 'off' } },
  {
    // Two files that need each other are one thought in two places: what both need stands in a third.
    files: ['bin/**/*.ts', 'src/**/*.ts', 'commands/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: { 'import-x/no-cycle': ['error', { ignoreExternal: true }] },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'The library takes its environment and streams as arguments.' },
        {
          name: 'fetch',
          message: 'Databases, providers and Redis are reached by their clients; nothing else is.',
        },
      ],
    },
  },
  {
    files: [
      'src/{settings,preflight,legacy,backup,bootstrap}/**/*.ts',
      'src/bootstrap.ts',
      'src/worker.ts',
      'commands/**/*.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'BinaryExpression[operator=/^[!=]==$/] > Literal[value=/^(postgres|mysql|mssql|oracle|sqlite)$/]',
          message: "Ask for a capability, never for an engine's name.",
        },
      ],
    },
  },
  { files: ['bin/**/*.ts', 'src/**/*.ts', 'commands/**/*.ts'], rules: { complexity: ['error', WAYS] } },
  ...Object.entries(manyWays).map(([file, ways]) => ({
    files: [file],
    rules: { complexity: ['error', ways] },
  })),
  siblings('src/secrets/providers'),
  siblings('src/database/dialects'),
  // A table is as long as it has rows.
  { files: ['src/errors/codes.ts'], rules: { 'max-lines': 'off' } },
  { files: ['test/**/*.ts'], rules: { 'max-lines': 'off', '@typescript-eslint/require-await': 'off' } },
);
