import { always, stricterInProduction, type Rule } from '../rule.js';

/** Found in the rows of `system_settings`. */
export const rowRules: readonly Rule[] = [
  {
    id: 'row-against-variable',
    tier: 'environment',
    severity: always('warning'),
    summary: 'A row that somebody set and a variable disagree',
    why: 'The database wins, so the variable has no effect. Whoever set the variable does not expect that.',
    fix: 'Unset the variable, or remove the row with `tmi-dbtool settings unset`.',
  },
  {
    id: 'row-seeded-differs',
    tier: 'environment',
    severity: always('warning'),
    summary: 'A default in the database hides behind a value of file or environment',
    why: 'Administrators see the default in the database while the server uses the other value. `import-legacy` makes the two agree.',
    fix: 'Run the command of the hint.',
  },
  {
    id: 'row-invalid',
    tier: 'environment',
    severity: always('error'),
    summary: 'A row holds a value that its setting does not take',
    why: 'The server ignores it or ends, depending on the setting. A broken callback allowlist locks every login out.',
    fix: 'Set the setting again: `tmi-dbtool settings set KEY VALUE`.',
  },
  {
    id: 'row-undecryptable',
    tier: 'environment',
    severity: always('error'),
    summary: 'A row is encrypted with a key that is not at hand',
    why: 'The server cannot read it either. Usually the key was rotated and the previous one is not configured.',
    fix: 'Configure the old key as `settings_encryption_previous_key`, or set the setting again.',
  },
  {
    id: 'row-plain-secret',
    tier: 'environment',
    severity: stricterInProduction,
    summary: 'A secret stands in the database in plain text',
    why: 'Everybody who can read the database or a backup of it knows the secret.',
    fix: 'Configure `settings_encryption_key` and run `tmi-dbtool settings reencrypt`.',
  },
  {
    id: 'row-unknown-key',
    tier: 'environment',
    severity: always('warning'),
    summary: 'A row under a key that no server knows',
    why: 'The server passes over it. It is left over from another release, or mistyped.',
    fix: 'Remove it with `tmi-dbtool settings unset KEY`.',
  },
  {
    id: 'row-provider-incomplete',
    tier: 'environment',
    severity: always('error'),
    summary: 'An enabled provider in the database lacks a field',
    why: 'Users see it at login and cannot use it, or the server refuses to start.',
    fix: 'Set the field, or disable the provider: `tmi-dbtool settings set`.',
  },
  {
    id: 'row-provider-hidden',
    tier: 'environment',
    severity: always('warning'),
    summary: 'A provider of file or environment hides one in the database',
    why: 'Server 1.8 takes a provider whole from file or environment and ignores its rows, so that changes in the administration have no effect.',
    fix: 'Import the provider with `tmi-dbtool import-legacy`, and remove it from the file.',
  },
];
