import type { CommandEntry, CommandGroup, Program } from './command.js';

/** The one list of commands, in the order of the help. */
export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'import-legacy',
    group: 'Migration',
    summary: 'move operational settings from a pre-1.4.0 file into the database',
    load: () => import('./import-legacy.js'),
  },
  {
    name: 'validate-config',
    alias: 'validate',
    group: 'Configuration',
    summary: 'check configuration files and the environment, with line numbers',
    load: () => import('./validate-config.js'),
  },
  {
    name: 'config schema',
    group: 'Configuration',
    summary: 'print a JSON Schema of the configuration file, for editors',
    load: () => import('./config-schema.js'),
  },
  {
    name: 'config reference',
    group: 'Configuration',
    summary: 'print the reference documentation of every setting',
    load: () => import('./config-reference.js'),
  },
  {
    name: 'config init',
    group: 'Configuration',
    summary: 'write a commented configuration for production',
    load: () => import('./config-init.js'),
  },
  {
    name: 'resolve-secrets',
    group: 'Secrets',
    summary: 'resolve every reference and show what became of it; move inline secrets to the provider',
    load: () => import('./resolve-secrets.js'),
  },
  {
    name: 'exec',
    group: 'Secrets',
    summary: 'start a program with its references resolved into its environment',
    load: () => import('./exec.js'),
  },
  {
    name: 'seed-settings',
    group: 'Settings',
    summary: 'insert defaults that are missing; never touch a row that exists',
    load: () => import('./seed-settings.js'),
  },
  {
    name: 'settings get',
    group: 'Settings',
    summary: 'show settings of the database, or what the server uses',
    load: () => import('./settings-get.js'),
  },
  {
    name: 'settings list',
    alias: 'ls',
    group: 'Settings',
    summary: 'list the rows of the database',
    load: () => import('./settings-list.js'),
  },
  {
    name: 'settings set',
    group: 'Settings',
    summary: 'store settings, all or none',
    load: () => import('./settings-set.js'),
  },
  {
    name: 'settings unset',
    group: 'Settings',
    summary: 'take rows away, so that file, variable or default apply',
    load: () => import('./settings-unset.js'),
  },
  {
    name: 'settings explain',
    group: 'Settings',
    summary: 'show every layer that holds a value, which wins, and why',
    load: () => import('./settings-explain.js'),
  },
  {
    name: 'settings export',
    group: 'Settings',
    summary: 'write all settings as YAML, JSON or variables',
    load: () => import('./settings-export.js'),
  },
  {
    name: 'settings import',
    group: 'Settings',
    summary: 'bring the database to what an export says',
    load: () => import('./settings-import.js'),
  },
  {
    name: 'settings diff',
    group: 'Settings',
    summary: 'compare files, exports, the database and the defaults',
    load: () => import('./settings-diff.js'),
  },
  {
    name: 'settings digest',
    group: 'Settings',
    summary: 'one text that is equal for equal settings, on every engine',
    load: () => import('./settings-digest.js'),
  },
  {
    name: 'settings reencrypt',
    group: 'Settings',
    summary: 'bring every row under the current encryption key',
    load: () => import('./settings-reencrypt.js'),
  },
  {
    name: 'db status',
    group: 'Database',
    summary: 'show the database, its settings table and what needs attention',
    load: () => import('./db-status.js'),
  },
  {
    name: 'db backup',
    group: 'Database',
    summary: 'write one verified file with all tables, or a stream',
    load: () => import('./db-backup.js'),
  },
  {
    name: 'db verify',
    group: 'Database',
    summary: 'check a backup, compare it with a database, rehearse its restore',
    load: () => import('./db-verify.js'),
  },
  {
    name: 'db restore',
    group: 'Database',
    summary: 'load a backup, all of it or nothing',
    load: () => import('./db-restore.js'),
  },
  {
    name: 'db reset',
    group: 'Database',
    summary: 'empty or drop, behind gates, with a backup first',
    load: () => import('./db-reset.js'),
  },
  {
    name: 'completion',
    group: 'Shell',
    summary: 'print the completion script of a shell',
    load: () => import('./completion.js'),
  },
];

export const commandGroups: Readonly<Record<string, CommandGroup>> = {
  db: {
    summary: 'look after the database',
    examples: `
Examples:
  $ tmi-dbtool db status --config config-production.yml
  $ tmi-dbtool db backup --config config-production.yml --output /backups/tmi.jsonl.gz`,
  },
  settings: {
    summary: 'work on the settings in the database',
    examples: `
Examples:
  $ tmi-dbtool settings list auth --config config-production.yml
  $ tmi-dbtool settings set ui.default_theme=dark --config config-production.yml`,
  },
  config: {
    summary: 'schema, reference and skeleton of the configuration file',
    examples: `
Examples:
  $ tmi-dbtool config init > config-production.yml
  $ tmi-dbtool config schema > tmi.schema.json`,
  },
};

/** What commands about commands are handed. */
export const program: Program = { entries: commandEntries, groups: commandGroups };
