import { expect, it } from 'vitest';
import { planSheet, type PlanFacts } from './plan-sheet.js';

// Plans of what is rare: entries that are no maps, tables without origins, variables of providers, rows that cannot be read.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    'an entry that is a list is no provider, and cannot go',
    {
      file: `auth: {oauth: {providers: {corp: [a]}}}
operator: {name: O}
`,
      words: true,
    },
    [
      '1:28 auth.oauth.providers.corp (no key) removed, cut, no row, with-provider: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'stop error legacy/provider-not-whole config.yml:1:28 auth.oauth.providers.corp: auth.oauth.providers.corp is no field of a provider, so the provider cannot leave the file whole. Take the line out. A part that stays in the file would hide the stored provider.',
      'note config.yml:1:28: auth.oauth.providers.corp is not valid: expected a map of settings.',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    'nor can one that is a number',
    {
      file: `auth:
  oauth:
    providers:
      corp: 5
`,
    },
    [
      '4:7 auth.oauth.providers.corp (no key) removed, cut, no row, with-provider: no value',
      'stop error legacy/provider-not-whole config.yml:4:7 auth.oauth.providers.corp: auth.oauth.providers.corp is no field of a provider, so the provider cannot leave the file whole.',
      'note config.yml:4:7: auth.oauth.providers.corp is not valid: expected a map of settings.',
      'file {}\n',
    ],
  ],
  [
    'an entry that holds nothing goes',
    {
      file: `auth: {oauth: {providers: {corp: {}, other: }}}
operator: {name: O}
`,
    },
    [
      '1:28 auth.oauth.providers.corp (no key) removed, cut, no row, with-provider: no value',
      '1:38 auth.oauth.providers.other (no key) removed, cut, no row, with-provider: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    "a switch that waits for a choice is not asked about beside today's name",
    {
      file: `saml: {enabled: true}
auth: {saml: {enabled: true}}
`,
      rows: { 'features.saml_enabled': 'false' },
    },
    [
      '1:8 saml.enabled (features.saml_enabled) conflict, kept, unchanged, explicit-differs: "true" was "false"',
      '2:15 auth.saml.enabled (features.saml_enabled) conflict, kept, unchanged, explicit-differs: "true" was "false"',
      'stop error legacy/conflict config.yml:1:8 features.saml_enabled: saml.enabled is true here, but somebody set the row features.saml_enabled to false.',
      'stop error legacy/conflict config.yml:2:15 features.saml_enabled: auth.saml.enabled is true here, but somebody set the row features.saml_enabled to false.',
    ],
  ],
  [
    'taken at its word, it says nothing of what server 1.8 used',
    { file: 'saml: {enabled: true}\n', options: { server: '1.8', shadowed: 'file' } },
    [
      '1:8 saml.enabled (features.saml_enabled) renamed, cut, insert, new-row: "true"',
      'write features.saml_enabled "true" bool explicit',
      'file {}\n',
      'chosen features.saml_enabled "false" to "true"',
    ],
  ],
  [
    'a doubt about an older name is told of',
    { file: 'telemetry: {tracing: {sample_rate: 2}}\n' },
    [
      '1:23 telemetry.tracing.sample_rate (observability.sampling_rate) renamed, cut, insert, new-row: "2"',
      'note config.yml:1:23: telemetry.tracing.sample_rate is not what is documented: expected a number from 0 to 1; a server starts with it as it is.',
      'write observability.sampling_rate "2" float explicit',
      'file {}\n',
      'chosen observability.sampling_rate "1" to "2"',
    ],
  ],
  [
    'an older claim without a text stays in a file that stays',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, userinfo_url: "https://u", name_claim: ""}}}}\n',
      options: { rewrites: false },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, kept, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) renamed, kept, insert, new-row: "[{\\"url\\":\\"https://u\\"}]"',
      '1:76 auth.oauth.providers.corp.name_claim (auth.oauth.providers.corp.userinfo) stays, kept, no row, empty-text: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\"}]" json explicit',
    ],
  ],
  [
    "a default in a table without origins counts as nobody's, so a variable goes on to override it",
    {
      file: 'auth: {jwt: {refresh_token_days: 7}}\n',
      env: { TMI_REFRESH_TOKEN_DAYS: '9' },
      options: { shadowed: 'file' },
      table: { hasOrigin: false },
    },
    [
      '1:14 auth.jwt.refresh_token_days moves, cut, insert, new-row: "7"',
      'shadow 1:14 auth.jwt.refresh_token_days (auth.jwt.refresh_token_days) by TMI_REFRESH_TOKEN_DAYS: file',
      'note A Go server 1.8 reads these only from its file: auth.jwt.refresh_token_days. Use --server 1.8 to keep them there.',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'note auth.jwt.refresh_token_days holds the default, which a table without an origin column cannot mark as chosen: --shadowed file has no effect while TMI_REFRESH_TOKEN_DAYS is set.',
      'write auth.jwt.refresh_token_days "7" int explicit',
      'file {}\n',
    ],
  ],
  [
    "what is no default counts as somebody's there",
    {
      file: 'auth: {jwt: {refresh_token_days: 8}}\n',
      env: { TMI_REFRESH_TOKEN_DAYS: '9' },
      options: { shadowed: 'file' },
      table: { hasOrigin: false },
    },
    [
      '1:14 auth.jwt.refresh_token_days moves, cut, insert, new-row: "8"',
      'shadow 1:14 auth.jwt.refresh_token_days (auth.jwt.refresh_token_days) by TMI_REFRESH_TOKEN_DAYS: file',
      'note A Go server 1.8 reads these only from its file: auth.jwt.refresh_token_days. Use --server 1.8 to keep them there.',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'write auth.jwt.refresh_token_days "8" int explicit',
      'file {}\n',
      'chosen auth.jwt.refresh_token_days "9" to "8"',
    ],
  ],
  [
    "in a table with origins a default can be somebody's",
    {
      file: 'auth: {jwt: {refresh_token_days: 7}}\n',
      env: { TMI_REFRESH_TOKEN_DAYS: '9' },
      options: { shadowed: 'file' },
    },
    [
      '1:14 auth.jwt.refresh_token_days moves, cut, insert, new-row: "7"',
      'shadow 1:14 auth.jwt.refresh_token_days (auth.jwt.refresh_token_days) by TMI_REFRESH_TOKEN_DAYS: file',
      'note A Go server 1.8 reads these only from its file: auth.jwt.refresh_token_days. Use --server 1.8 to keep them there.',
      'write auth.jwt.refresh_token_days "7" int explicit',
      'file {}\n',
      'chosen auth.jwt.refresh_token_days "9" to "7"',
    ],
  ],
  [
    'a key that stays for a choice is no key that a Go server would miss',
    { file: 'auth: {jwt: {refresh_token_days: 8}}\n', rows: { 'auth.jwt.refresh_token_days': '9' } },
    [
      '1:14 auth.jwt.refresh_token_days conflict, kept, unchanged, explicit-differs: "8" was "9"',
      'stop error legacy/conflict config.yml:1:14 auth.jwt.refresh_token_days: auth.jwt.refresh_token_days is 8 here, but somebody set the row auth.jwt.refresh_token_days to 9.',
    ],
  ],
  [
    'a reference from a variable is told of without a place',
    {
      file: 'auth: {oauth: {providers: {corp: {name: N}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'env://X' },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.name moves, cut, insert, new-row: "N"',
      '- OAUTH_PROVIDERS_CORP_CLIENT_ID (auth.oauth.providers.corp.client_id) moves, kept, insert, variable-wins: "env://X"',
      'shadow 1:35 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: env, today none',
      'note OAUTH_PROVIDERS_CORP_CLIENT_ID holds a reference, and no server resolves one in a setting that is no secret: it is stored as the text that it is. Write the value itself if that is meant.',
      'write auth.oauth.providers.corp.name "N" string explicit',
      'write auth.oauth.providers.corp.client_id "env://X" string explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id unset to "env://X"',
    ],
  ],
  [
    'rows of a provider that variables define do not surface',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, name: N}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'true' },
      rows: { 'auth.oauth.providers.corp.icon': 'I', 'auth.oauth.providers.corp.accept_header': 'M' },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.name removed, cut, no row, variable-provider: "N"',
      'shadow 1:50 auth.oauth.providers.corp.name (auth.oauth.providers.corp.name) by OAUTH_PROVIDERS_CORP_ENABLED: env',
      'note auth.oauth.providers.corp: The provider corp is enabled without client_id, authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'a row of a field that they do not have is in conflict where the file has it',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, accept_header: N}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'true' },
      rows: { 'auth.oauth.providers.corp.accept_header': 'M' },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.accept_header conflict, kept, unchanged, explicit-differs: "N" was "M"',
      'stop error legacy/conflict config.yml:1:50 auth.oauth.providers.corp.accept_header: auth.oauth.providers.corp.accept_header is N here, but somebody set the row auth.oauth.providers.corp.accept_header to M.',
      'note auth.oauth.providers.corp: The provider corp is enabled without client_id, authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'file auth: {oauth: {providers: {corp: {accept_header: N}}}}\n',
    ],
  ],
  [
    'the same value in that row is not',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, accept_header: N}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'true' },
      rows: { 'auth.oauth.providers.corp.accept_header': 'N' },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.accept_header same, cut, unchanged, already-stored: "N"',
      'note auth.oauth.providers.corp: The provider corp is enabled without client_id, authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'an older block of several providers is dead for the one that somebody stored',
    {
      file: 'saml: {providers: {a: {entity_id: e}, b: {entity_id: f}}}\n',
      rows: { 'auth.saml.providers.b.entity_id': 'f', 'auth.saml.providers.b.name': 'N' },
    },
    [
      '1:24 saml.providers.a.entity_id (auth.saml.providers.a.entity_id) renamed, cut, insert, new-row: "e"',
      '1:43 saml.providers.b.entity_id (auth.saml.providers.b.entity_id) renamed, cut, unchanged, already-stored: "f"',
      'write auth.saml.providers.a.entity_id "e" string explicit',
      'file {}\n',
      'chosen auth.saml.providers.a.entity_id unset to "e"',
    ],
  ],
  [
    'a composed address of userinfo is not set aside for another row of its entry',
    {
      file: 'auth: {oauth: {providers: {corp: {userinfo_url: "https://u", email_claim: mail}}}}\n',
      rows: { 'auth.oauth.providers.corp.client_id': 'a' },
      options: { onConflict: 'overwrite' },
    },
    [
      '1:35 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]"',
      '1:62 auth.oauth.providers.corp.email_claim (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]"',
      '- auth.oauth.providers.corp.client_id conflict, kept, delete, row-removed: no value was "a"',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]" json explicit',
      'delete auth.oauth.providers.corp.client_id',
      'file {}\n',
      'chosen auth.oauth.providers.corp.userinfo unset to "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]"',
    ],
  ],
  [
    'a mask of an older name',
    { file: 'timmy: {embedding_api_key: "********"}\n' },
    [
      'error legacy/no-value: Masks stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:9 timmy.text_embedding_api_key: timmy.embedding_api_key is a mask, as tools print it in place of a secret, and no value.',
    ],
  ],
  [
    'a null in a list is no template',
    { file: 'auth: {oauth: {client_callback_allowlist: [~, "{{ a }}"]}}\n' },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:16 auth.oauth.client_callback_allowlist: auth.oauth.client_callback_allowlist is a template that nobody filled in.',
    ],
  ],
  [
    'rows that are no settings are let be',
    { file: 'operator: {name: O}\n', rows: { 'no.such.key': 'x', 'auth.oauth.providers.corp': 'y' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a secret at an unknown key is not shown',
    {
      file: `timmy: {llm_api_kye: CANARY}
mine: {password: CANARY}
`,
    },
    [
      '1:9 timmy.llm_api_kye (no key) unknown, kept, no row, unknown: no value nearest timmy.llm_api_key',
      '2:8 mine.password (no key) unknown, kept, no row, unknown: no value',
    ],
  ],
  [
    'an older secret is shown as a mask',
    {
      file: 'timmy: {embedding_api_key: CANARY}\n',
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:9 timmy.embedding_api_key (timmy.text_embedding_api_key) renamed, cut, insert, new-row: "********" secret',
      'write timmy.text_embedding_api_key sealed string explicit',
      'file {}\n',
      'chosen timmy.text_embedding_api_key "" to "********"',
    ],
  ],
  [
    'a row that can be read and one that cannot, both of the file, are told apart',
    {
      file: 'operator: {name: O, contact: C}\n',
      sealed: { 'operator.contact': 'D' },
      foreign: ['operator.name'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { onConflict: 'keep' },
    },
    [
      'error settings/cannot-decrypt: Rows that the file speaks of cannot be decrypted.',
      'stop error settings/cannot-decrypt operator.name: The value of operator.name cannot be decrypted: it wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit.',
    ],
  ],
  [
    'a foreign row that is removed with its provider is not in the way',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      foreign: ['auth.oauth.providers.corp.icon'],
      sealed: { 'operator.name': 'O' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { onConflict: 'overwrite' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.icon conflict, kept, delete, row-removed: no value was "?"',
      'write auth.oauth.providers.corp.client_id sealed string explicit',
      'delete auth.oauth.providers.corp.icon',
      'file {}\n',
    ],
  ],
  [
    'nor are two foreign rows in the way of a run that replaces both',
    {
      file: 'operator: {name: O, contact: C}\n',
      foreign: ['operator.name', 'operator.contact'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { onConflict: 'overwrite' },
    },
    [
      '1:12 operator.name moves, cut, replace, row-unreadable: "O"',
      '1:21 operator.contact moves, cut, replace, row-unreadable: "C"',
      'write operator.name sealed string explicit',
      'write operator.contact sealed string explicit',
      'file {}\n',
    ],
  ],
  [
    'a row that cannot be read is nothing to compare with',
    {
      file: 'operator: {name: O, contact: C}\n',
      foreign: ['operator.name'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      'error settings/cannot-decrypt: Rows that the file speaks of cannot be decrypted.',
      'stop error settings/cannot-decrypt operator.name: The value of operator.name cannot be decrypted: it wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit.',
    ],
  ],
  [
    'the file that stays outranks what is stored for a Go server too',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b' },
      options: { server: '1.8', shadowed: 'env', rewrites: false },
      words: true,
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, kept, insert, variable-wins: "b"',
      'shadow 1:35 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: env, today none',
      "stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.client_id: auth.oauth.providers.corp.client_id was overridden by the variable OAUTH_PROVIDERS_CORP_CLIENT_ID, which cannot be taken: the file stays as it is (--no-rewrite), and outranks what is stored. Write its value into the file; or take the file's value with --shadowed file.",
      'write auth.oauth.providers.corp.client_id "b" string explicit',
    ],
  ],
  [
    'a conflict of another setting keeps no provider',
    {
      file: `auth: {oauth: {providers: {corp: {client_id: a}}}}
operator: {name: O}
`,
      rows: { 'operator.name': 'P' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '2:12 operator.name conflict, cut, unchanged, row-kept: "O" was "P"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'marking a row as chosen stores nothing, so a row that cannot be read is not in the way',
    {
      file: 'operator: {name: O}\n',
      seeded: { 'operator.name': 'O' },
      sealed: { 'operator.contact': 'C' },
      foreign: ['timmy.llm_model'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:12 operator.name moves, cut, replace, becomes-explicit: "O"',
      'write operator.name "O" string explicit, time kept',
      'file {}\n',
    ],
  ],
  [
    'an older secret that a row has superseded is shown as a mask',
    { file: 'timmy: {embedding_api_key: CANARY}\n', rows: { 'timmy.text_embedding_api_key': 'CANARY-b' } },
    [
      '1:9 timmy.embedding_api_key (timmy.text_embedding_api_key) stays, kept, no row, superseded-by-row: "********" secret',
    ],
  ],
  [
    'variables alone make no address of a block that holds none of its parts',
    {
      file: 'database: {postgres: {pasword: x}}\n',
      env: { POSTGRES_HOST: 'h', POSTGRES_DATABASE: 'd' },
      options: { shadowed: 'env' },
    },
    ['1:23 database.postgres.pasword (no key) unknown, kept, no row, unknown: no value'],
  ],
  [
    'what no server takes and what stays is not asked about, whatever an older variable says',
    { file: 'logging: {level: [x]}\n', env: { LOG_LEVEL: 'debug' } },
    [
      '1:11 logging.level stays, kept, no row, not-valid: no value',
      'note config.yml:1:11: logging.level is not valid: expected a single value, not a list.',
    ],
  ],
  [
    'an older name without a value takes what an older variable says',
    {
      file: 'timmy: {embedding_model: }\n',
      env: { TMI_TIMMY_EMBEDDING_MODEL: 'n' },
      options: { shadowed: 'env' },
    },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) renamed, cut, insert, variable-wins: "n"',
      'shadow 1:9 timmy.embedding_model (timmy.text_embedding_model) by TMI_TIMMY_EMBEDDING_MODEL: env, today TMI_TIMMY_TEXT_EMBEDDING_MODEL',
      'write timmy.text_embedding_model "n" string explicit',
      'file {}\n',
      'chosen timmy.text_embedding_model "" to "n"',
    ],
  ],
  [
    'a provider without a switch is off, as an older variable says',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'false' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'an older address that is a template is no value',
    { file: 'auth: {oauth: {providers: {corp: {userinfo_url: "{{ url }}", email_claim: "{{ mail }}"}}}}\n' },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:35 auth.oauth.providers.corp.userinfo_url: auth.oauth.providers.corp.userinfo_url is a template that nobody filled in.',
      'stop error legacy/no-value config.yml:1:62 auth.oauth.providers.corp.email_claim: auth.oauth.providers.corp.email_claim is a template that nobody filled in.',
    ],
  ],
  [
    'a row that is overwritten does not take effect for the first time',
    {
      file: 'auth: {oauth: {callback_url: "https://a.example/cb"}}\n',
      rows: { 'auth.oauth_callback_url': 'https://b.example/cb' },
      options: { onConflict: 'overwrite' },
    },
    [
      '1:16 auth.oauth.callback_url (auth.oauth_callback_url) conflict, cut, replace, row-overwritten: "https://a.example/cb" was "https://b.example/cb"',
      'write auth.oauth_callback_url "https://a.example/cb" string explicit',
      'file {}\n',
      'chosen auth.oauth_callback_url "https://b.example/cb" to "https://a.example/cb"',
    ],
  ],
  [
    'a key that no row can hold may be said by a variable',
    { file: 'operator: {name: "ENC:v1:x"}\n', env: { TMI_OPERATOR_NAME: 'B' } },
    [
      '1:12 operator.name stays, kept, no row, not-storable: no value',
      'note config.yml:1:12: operator.name is not valid: expected the value itself, and nothing that begins with ENC:v1:, as encrypted rows do.',
    ],
  ],
];

it.each(plans)('%s', (_, facts, sheet) => {
  expect(planSheet(facts)).toEqual(sheet);
});
