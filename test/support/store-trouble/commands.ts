/** A command line that ends well when all is well, without the name of the command. */
export interface Line {
  readonly words: readonly string[];
  /** All kinds of trouble at all requests: where the most is decided by what a store says. */
  readonly isFull?: boolean;
}

const line = (...words: string[]): Line => ({ words });
const full = (...words: string[]): Line => ({ words, isFull: true });
const config = ['--config', 'config.yml'];
/** The name of the database, as gates want it. */
const confirm = ['--confirm', 'tmi.db'];

/** Of each command the lines that ask a store; none for one that asks none. */
export const lines: Readonly<Record<string, readonly Line[]>> = {
  'import-legacy': [
    line('old.yml', ...config, '--dry-run'),
    full('old.yml', ...config, '--yes', '--no-backup'),
    line('old.yml', ...config, '--yes'),
    line('--undo', 'list', ...config),
  ],
  'validate-config': [
    line('config.yml', '--tier', 'secrets'),
    line('config.yml', '--connect'),
    line('config.yml', '--connect', '--strict'),
  ],
  'config schema': [],
  'config reference': [],
  'config init': [],
  'resolve-secrets': [
    full('config.yml'),
    line('config.yml', '--check'),
    line('config.yml', '--show', 'auth.jwt.secret'),
    line('config.yml', '--format', 'dotenv'),
    line('config.yml', '--format', 'dotenv', '--reveal'),
    line('config.yml', '--render', '--reveal'),
  ],
  exec: [line(...config, '--', 'touch', 'started')],
  'seed-settings': [full(...config, '--yes')],
  'settings get': [line('ui.default_theme', ...config), line('ui.default_theme', '--effective', ...config)],
  'settings list': [line(...config)],
  'settings set': [line('ui.default_theme', 'dark', ...config)],
  'settings unset': [line('ui.default_theme', '--yes', ...config)],
  'settings explain': [line('ui.default_theme', ...config)],
  'settings export': [line(...config), line('--output', 'written.yml', ...config)],
  'settings import': [
    line('export.yml', '--dry-run', ...config),
    line('export.yml', '--prune', '--yes', ...config),
  ],
  'settings diff': [line('export.yml', 'database', ...config)],
  'settings digest': [line(...config)],
  'settings reencrypt': [line(...config, '--yes')],
  'db status': [line(...config)],
  'db backup': [
    line('--output', 'written.gz', ...config),
    line('--output', 'written.age', '--passphrase', 'vault://passphrase', ...config),
  ],
  'db verify': [
    line('backup.age', '--identity', 'vault://identity', ...config),
    line('backup.gz', '--against', ...config),
  ],
  'db restore': [
    line('backup.gz', '--replace', '--no-backup', ...confirm, '--yes', ...config),
    line('backup.age', '--identity', 'vault://identity', '--replace', ...confirm, '--yes', ...config),
  ],
  'db reset': [
    line('--scope', 'settings', '--no-backup', ...confirm, '--yes', ...config),
    line('--scope', 'settings', '--seed', ...confirm, '--yes', ...config),
  ],
  completion: [],
};

/** Those that write to the store, where the tool can. */
export const lifts: readonly Line[] = [
  line('config.yml', '--lift'),
  full('config.yml', '--lift', '--apply', '--yes'),
];
