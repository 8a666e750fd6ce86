import { always, type Rule } from '../rule.js';

/** Found out by asking the secrets provider. */
export const secretsRules: readonly Rule[] = [
  {
    id: 'secrets-unavailable',
    tier: 'secrets',
    severity: always('error'),
    summary: 'The secrets provider cannot be asked',
    why: 'Its package, its settings or its credentials are missing, so no `vault://` reference has a value.',
    fix: 'Follow the hint, and try again with `tmi-dbtool resolve-secrets`.',
    exit: 'secret',
  },
  {
    id: 'reference-unresolved',
    tier: 'secrets',
    severity: always('error'),
    summary: 'A reference has no value',
    why: 'The secret does not exist, is empty, or may not be read. The server ends at start and names the same reference.',
    fix: 'Create the secret, correct the reference, or grant the right to read it, as the reason says.',
    exit: 'secret',
  },
  {
    id: 'encryption-key-invalid',
    tier: 'secrets',
    severity: always('error'),
    summary: 'A key that encrypts the settings table is malformed',
    why: 'With a broken key the server cannot read secrets in the database, and it never falls back to plain text.',
    fix: 'Generate one with `openssl rand -hex 32`. After a rotation keep the old one as `settings_encryption_previous_key`.',
    exit: 'secret',
  },
];
