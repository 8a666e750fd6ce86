import { describe, expect, it } from 'vitest';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';
import { encrypted } from './sample.js';

// What an import says to the person who has to decide, word by word: what is wrong, where, and what to type.

const head = 'database: {url: "$URL"}\nauth: {build_mode: test, jwt: {secret: abcdefgh}}\n';
const onConflict =
  'Decide with --on-conflict keep (the row stays) or --on-conflict overwrite (the file wins).';

interface Facts {
  /** Rows that somebody set. */
  readonly rows?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly table?: 'none' | 'without origin';
  /** The whole file, where it is not the head with one line more. */
  readonly whole?: string;
}

async function planned(more: string, { rows = {}, env = {}, args = [], table, whole }: Facts): Promise<Run> {
  const w = await Workspace.create('sqlite', whole ?? head + more);
  if (table !== 'none') await createServerTable('sqlite', w.url, { origin: table === undefined });
  for (const [key, value] of Object.entries(rows))
    await insertRow('sqlite', w.url, { key, value, origin: 'explicit' });
  return w.import(['--dry-run', '--json', '--server', 'documented', ...args], { env });
}

interface Expected {
  readonly exit: number;
  readonly code: string;
  readonly summary: string;
  readonly key: string;
  readonly message: string;
  readonly hint: string;
  readonly at: readonly [line: number, column: number];
}

const stopping: readonly (readonly [name: string, file: string, facts: Facts, expected: Expected])[] = [
  [
    'a row that somebody set',
    'operator: {name: Ann}\n',
    { rows: { 'operator.name': 'Bob' } },
    {
      exit: 3,
      code: 'legacy/conflict',
      summary: 'The database holds other values that somebody set; nothing was written',
      key: 'operator.name',
      message: 'operator.name is Ann here, but somebody set the row operator.name to Bob',
      hint: onConflict,
      at: [3, 12],
    },
  ],
  [
    'a secret that somebody set',
    'timmy: {llm_api_key: CANARY-a}\n',
    { rows: { 'timmy.llm_api_key': 'CANARY-b' }, args: ['--allow-plaintext-secrets'] },
    {
      exit: 3,
      code: 'legacy/conflict',
      summary: 'The database holds other values that somebody set; nothing was written',
      key: 'timmy.llm_api_key',
      message: 'timmy.llm_api_key is ******** here, but somebody set the row timmy.llm_api_key to ********',
      hint: onConflict,
      at: [3, 9],
    },
  ],
  [
    'a variable that says otherwise',
    'operator: {name: Ann}\n',
    { env: { TMI_OPERATOR_NAME: 'Bob' } },
    {
      exit: 3,
      code: 'legacy/shadowed',
      summary: "Variables override the file's values; nothing was written",
      key: 'operator.name',
      message: 'operator.name is overridden by the variable TMI_OPERATOR_NAME, which says otherwise',
      hint: "Decide with --shadowed env (store what the server uses now) or --shadowed file (store the file's value).",
      at: [3, 12],
    },
  ],
  [
    'a variable of an earlier release that says otherwise',
    '',
    { env: { JWT_SECRET: 'CANARY-other' } },
    {
      exit: 3,
      code: 'legacy/shadowed',
      summary: "Variables override the file's values; nothing was written",
      key: 'auth.jwt.secret',
      message:
        'auth.jwt.secret was overridden by the variable JWT_SECRET, which says otherwise; no server of today reads it',
      hint: 'Decide with --shadowed env (take what the variable says) or --shadowed file (take what the file says).',
      at: [2, 32],
    },
  ],
  [
    'a secret without a key to encrypt it with',
    'timmy: {llm_api_key: CANARY-a}\n',
    {},
    {
      exit: 4,
      code: 'legacy/plaintext-secret',
      summary: 'Secrets would be stored in plain text; nothing was written',
      key: 'timmy.llm_api_key',
      message:
        'timmy.llm_api_key is a secret and would be stored in plain text: no encryption key is configured',
      hint: 'Put 64 hex characters (openssl rand -hex 32) into TMI_SECRET_SETTINGS_ENCRYPTION_KEY, here and for the server. Or pass --allow-plaintext-secrets for a server that is not in production.',
      at: [3, 9],
    },
  ],
  [
    'such a secret in production, whatever is allowed',
    'timmy: {llm_api_key: CANARY-a}\n',
    { env: { TMI_BUILD_MODE: 'production' }, args: ['--allow-plaintext-secrets'] },
    {
      exit: 4,
      code: 'legacy/plaintext-secret',
      summary: 'Secrets would be stored in plain text; nothing was written',
      key: 'timmy.llm_api_key',
      message:
        'timmy.llm_api_key is a secret and would be stored in plain text: no encryption key is configured',
      hint: 'Put 64 hex characters (openssl rand -hex 32) into TMI_SECRET_SETTINGS_ENCRYPTION_KEY, here and for the server. auth.build_mode is production, so there is no way around it.',
      at: [3, 9],
    },
  ],
  [
    'a switch that no server has read',
    'saml: {enabled: true}\n',
    {},
    {
      exit: 3,
      code: 'legacy/never-read',
      summary: 'Switches that no server has read need a choice; nothing was written',
      key: 'features.saml_enabled',
      message: 'saml.enabled was read by no server; imported, it would make auth.saml.enabled true',
      hint: 'Decide with --shadowed file (auth.saml.enabled becomes true) or --shadowed env (it stays as servers use it now; the dead key is cut).',
      at: [3, 8],
    },
  ],
  [
    'a value that is too long once it is encrypted',
    `timmy: {operator_system_prompt: "${'x'.repeat(5_000)}"}\n`,
    { env: encrypted },
    {
      exit: 3,
      code: 'settings/value-too-long',
      summary: 'Values are too long for the server; nothing was written',
      key: 'timmy.operator_system_prompt',
      message: expect.stringMatching(
        /^timmy\.operator_system_prompt: A value has \d+ characters once encrypted, and the server reads at most 4000$/,
      ) as string,
      hint: 'Shorten the value to fewer than 2,900 bytes.',
      at: [3, 9],
    },
  ],
  [
    'a row of a provider that its file has hidden',
    '',
    {
      rows: { 'auth.oauth.providers.google.icon': 'x' },
      whole:
        'database: {url: "$URL"}\nauth:\n  build_mode: test\n  jwt: {secret: abcdefgh}\n  oauth: {providers: {google: {enabled: false}}}\n',
    },
    {
      exit: 3,
      code: 'legacy/conflict',
      summary: 'The database holds other values that somebody set; nothing was written',
      key: 'auth.oauth.providers.google.icon',
      message:
        'auth.oauth.providers.google.icon is in the database only and would take effect once the provider leaves the file',
      hint: onConflict,
      at: [0, 0],
    },
  ],
];

describe('what stops an import', () => {
  it.each(stopping)('is said of %s', async (_, file, facts, expected) => {
    const { code, out } = await planned(file, facts);
    const { exit, code: name, summary, key, message, hint, at } = expected;
    const place = at[0] === 0 ? {} : { file: 'config.yml', position: { line: at[0], column: at[1] } };
    expect(code).toBe(exit);
    expect((JSON.parse(out) as { error: unknown }).error).toMatchObject({
      code: name,
      message: summary,
      diagnostics: [{ code: name, severity: 'error', message, key, hint, ...place }],
    });
    expect(out).not.toContain('CANARY');
  });

  it('is nothing once the operator has decided', async () => {
    for (const [choice, action] of [
      ['env', 'removed'],
      ['file', 'renamed'],
    ] as const) {
      const { code, out } = await planned('saml: {enabled: true}\n', { args: ['--shadowed', choice] });
      expect(code).toBe(0);
      const { entries } = JSON.parse(out) as { entries: { path: string }[] };
      expect(entries.find(({ path }) => path === 'saml.enabled')).toMatchObject({ action });
    }
  });
});

describe('what else is said', () => {
  it.each<[name: string, file: string, facts: Facts, notes: string[]]>([
    ['nothing', 'operator: {name: Ann}\n', {}, []],
    [
      'of a table that is to be made',
      'operator: {name: Ann}\n',
      { table: 'none' },
      [
        expect.stringMatching(
          /^The file \S+tmi\.db does not exist; the import creates it\. If a server has run with these settings before, this is not its database\.$/,
        ) as string,
        'The table system_settings does not exist yet; it is created.',
      ],
    ],
    [
      'of a table without origins',
      'operator: {name: Ann}\n',
      { table: 'without origin' },
      [
        'The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      ],
    ],
    [
      'of a reference that nobody resolves',
      'operator: {name: "env://NAME"}\n',
      {},
      [
        'operator.name (config.yml:3:12) holds a reference, and no server resolves one in a setting that is no secret: it is stored as the text that it is. Write the value itself if that is meant.',
      ],
    ],
    [
      'of an administrator in the environment',
      'operator: {name: Ann}\n',
      { env: { TMI_ADMIN_PROVIDER: 'github', TMI_ADMIN_PROVIDER_ID: '7' } },
      ['TMI_ADMIN_PROVIDER adds its administrator at every start, beside the stored list.'],
    ],
    [
      'of variables that no server reads any more',
      'operator: {name: Ann}\n',
      { env: { OAUTH_CALLBACK_URL: 'https://x' } },
      ['OAUTH_CALLBACK_URL is set but no server reads it: today it is called TMI_OAUTH_CALLBACK_URL.'],
    ],
  ])('%s', async (_, file, facts, notes) => {
    const { code, out } = await planned(file, facts);
    expect(code).toBe(0);
    expect((JSON.parse(out) as { notes: string[] }).notes).toEqual(notes);
  });
});
