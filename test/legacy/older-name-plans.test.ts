import { expect, it } from 'vitest';
import { planSheet, type PlanFacts } from './plan-sheet.js';

// Older names and forms in a file, alone, beside today's, and beside what the database holds.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    "an older name becomes today's, and takes effect",
    { file: 'timmy: {embedding_model: m}\n' },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) renamed, cut, insert, new-row: "m"',
      'write timmy.text_embedding_model "m" string explicit',
      'file {}\n',
      'chosen timmy.text_embedding_model "" to "m"',
    ],
  ],
  [
    'it says nothing against a row that somebody set to the same',
    { file: 'timmy: {embedding_model: m}\n', rows: { 'timmy.text_embedding_model': 'm' } },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) renamed, cut, unchanged, already-stored: "m"',
      'file {}\n',
    ],
  ],
  [
    'a row that somebody set to something else is what counts',
    { file: 'timmy: {embedding_model: m, llm_model: l}\n', rows: { 'timmy.text_embedding_model': 'n' } },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) stays, kept, no row, superseded-by-row: "m"',
      '1:29 timmy.llm_model moves, cut, insert, new-row: "l"',
      'write timmy.llm_model "l" string explicit',
      'file timmy: {embedding_model: m}\n',
    ],
  ],
  [
    'a seeded row counts as little as the older name',
    { file: 'timmy: {embedding_model: m}\n', seeded: { 'timmy.text_embedding_model': 'n' } },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) renamed, cut, replace, replaces-seeded: "m" was "n"',
      'write timmy.text_embedding_model "m" string explicit',
      'file {}\n',
      'chosen timmy.text_embedding_model "n" to "m"',
    ],
  ],
  [
    "today's name is decided by its row as ever",
    { file: 'timmy: {text_embedding_model: m}\n', rows: { 'timmy.text_embedding_model': 'n' } },
    [
      '1:9 timmy.text_embedding_model conflict, kept, unchanged, explicit-differs: "m" was "n"',
      'stop error legacy/conflict config.yml:1:9 timmy.text_embedding_model: timmy.text_embedding_model is m here, but somebody set the row timmy.text_embedding_model to n.',
    ],
  ],
  [
    "beside today's name it goes where it says the same",
    {
      file: `timmy:
  text_embedding_model: m
  embedding_model: m
`,
    },
    [
      '2:3 timmy.text_embedding_model moves, cut, insert, new-row: "m"',
      '3:3 timmy.embedding_model (timmy.text_embedding_model) moves, cut, insert, new-row: "m"',
      'write timmy.text_embedding_model "m" string explicit',
      'file {}\n',
    ],
  ],
  [
    "beside today's name it stays where it says something else",
    {
      file: `timmy:
  embedding_model: other
  text_embedding_model: m
`,
    },
    [
      '2:3 timmy.embedding_model (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_embedding_model moves, cut, insert, new-row: "m"',
      'write timmy.text_embedding_model "m" string explicit',
      `file timmy:
  embedding_model: other
`,
    ],
  ],
  [
    'and where it holds no value',
    {
      file: `timmy:
  embedding_model:
  text_embedding_model: m
`,
    },
    [
      '2:3 timmy.embedding_model (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_embedding_model moves, cut, insert, new-row: "m"',
      'write timmy.text_embedding_model "m" string explicit',
      `file timmy:
  embedding_model:
`,
    ],
  ],
  [
    "beside today's name without a value it keeps that in the file, or it would come to life",
    {
      file: `timmy:
  embedding_model: other
  text_embedding_model:
`,
    },
    [
      '2:3 timmy.embedding_model (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_embedding_model stays, kept, no row, older-name-beside: no value',
    ],
  ],
  [
    'on a table without origins a default stays beside it, which no row can mark as chosen',
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 10
`,
      table: { hasOrigin: false },
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k stays, kept, insert, older-name-beside: "10"',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'write timmy.text_retrieval_top_k "10" int explicit',
    ],
  ],
  [
    'what is no default goes from there',
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 11
`,
      table: { hasOrigin: false },
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k moves, cut, insert, new-row: "11"',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'write timmy.text_retrieval_top_k "11" int explicit',
      `file timmy:
  retrieval_top_k: 5
`,
    ],
  ],
  [
    'so does a default without an older name beside it',
    {
      file: `timmy:
  text_retrieval_top_k: 10
`,
      table: { hasOrigin: false },
    },
    [
      '2:3 timmy.text_retrieval_top_k moves, cut, insert, new-row: "10"',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'write timmy.text_retrieval_top_k "10" int explicit',
      'file {}\n',
    ],
  ],
  [
    'and one of a table that is yet to be made',
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 10
`,
      table: { exists: false, hasOrigin: false },
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k moves, cut, insert, new-row: "10"',
      'note The table system_settings does not exist yet; it is created.',
      'write timmy.text_retrieval_top_k "10" int explicit',
      `file timmy:
  retrieval_top_k: 5
`,
    ],
  ],
  [
    'a conflict that is open stays one',
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 10
`,
      rows: { 'timmy.text_retrieval_top_k': '12' },
      table: { hasOrigin: false },
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k conflict, kept, unchanged, explicit-differs: "10" was "12"',
      'stop error legacy/conflict config.yml:3:3 timmy.text_retrieval_top_k: timmy.text_retrieval_top_k is 10 here, but somebody set the row timmy.text_retrieval_top_k to 12.',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
    ],
  ],
  [
    "a row that is the default is nobody's there, and nothing to keep",
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 11
`,
      rows: { 'timmy.text_retrieval_top_k': '10' },
      options: { onConflict: 'keep' },
      table: { hasOrigin: false },
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k moves, cut, replace, replaces-seeded: "11" was "10"',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'write timmy.text_retrieval_top_k "11" int explicit',
      `file timmy:
  retrieval_top_k: 5
`,
    ],
  ],
  [
    'a default stays in the file there, though a row is kept over it',
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 10
`,
      rows: { 'timmy.text_retrieval_top_k': '11' },
      options: { onConflict: 'keep' },
      table: { hasOrigin: false },
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k conflict, kept, unchanged, older-name-beside: "10" was "11"',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
    ],
  ],
  [
    'on a table with origins the row can be marked',
    {
      file: `timmy:
  retrieval_top_k: 5
  text_retrieval_top_k: 10
`,
    },
    [
      '2:3 timmy.retrieval_top_k (no key) stays, kept, no row, superseded: no value',
      '3:3 timmy.text_retrieval_top_k moves, cut, insert, new-row: "10"',
      'write timmy.text_retrieval_top_k "10" int explicit',
      `file timmy:
  retrieval_top_k: 5
`,
    ],
  ],
  [
    'a provider in a block of an earlier release becomes one of today',
    { file: 'saml: {providers: {okta: {entity_id: e, enabled: false, icon: ""}}}\n' },
    [
      '1:27 saml.providers.okta.entity_id (auth.saml.providers.okta.entity_id) renamed, cut, insert, new-row: "e"',
      '1:41 saml.providers.okta.enabled (auth.saml.providers.okta.enabled) renamed, cut, insert, new-row: "false"',
      '1:57 saml.providers.okta.icon (auth.saml.providers.okta.icon) removed, cut, no row, says-nothing: no value',
      'write auth.saml.providers.okta.entity_id "e" string explicit',
      'write auth.saml.providers.okta.enabled "false" bool explicit',
      'file {}\n',
      'chosen auth.saml.providers.okta.entity_id unset to "e"',
    ],
  ],
  [
    'not beside one that somebody has stored, be it in another field',
    {
      file: `saml: {providers: {okta: {entity_id: e, enabled: false}}}
operator: {name: O}
`,
      rows: { 'auth.saml.providers.okta.name': 'N' },
    },
    [
      '1:27 saml.providers.okta.entity_id (auth.saml.providers.okta.entity_id) stays, kept, no row, superseded-by-row: "e"',
      '1:41 saml.providers.okta.enabled (auth.saml.providers.okta.enabled) stays, kept, no row, superseded-by-row: "false"',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file saml: {providers: {okta: {entity_id: e, enabled: false}}}\n',
    ],
  ],
  [
    'a stored provider with a longer id is another one',
    { file: 'saml: {providers: {okta: {entity_id: e}}}\n', rows: { 'auth.saml.providers.okta2.name': 'N' } },
    [
      '1:27 saml.providers.okta.entity_id (auth.saml.providers.okta.entity_id) renamed, cut, insert, new-row: "e"',
      'write auth.saml.providers.okta.entity_id "e" string explicit',
      'file {}\n',
      'chosen auth.saml.providers.okta.entity_id unset to "e"',
    ],
  ],
  [
    "rows that nobody chose are no provider of somebody's",
    { file: 'saml: {providers: {okta: {entity_id: e}}}\n', seeded: { 'auth.saml.providers.okta.name': 'N' } },
    [
      '1:27 saml.providers.okta.entity_id (auth.saml.providers.okta.entity_id) renamed, cut, insert, new-row: "e"',
      'write auth.saml.providers.okta.entity_id "e" string explicit',
      'file {}\n',
      'chosen auth.saml.providers.okta.entity_id unset to "e"',
    ],
  ],
  [
    'an older field in an entry of today moves with that',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, userinfo_url: "https://u"}}}}\n',
      rows: { 'auth.oauth.providers.corp.client_id': 'a' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id same, cut, unchanged, already-stored: "a"',
      '1:49 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\"}]"',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\"}]" json explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.userinfo unset to "[{\\"url\\":\\"https://u\\"}]"',
    ],
  ],
  [
    'beside an entry of today the older block is dead',
    {
      file: `auth: {saml: {providers: {okta: {entity_id: e}}}}
saml: {providers: {okta: {name: N, entity_id: f}, other: {name: M}}}
`,
    },
    [
      '1:34 auth.saml.providers.okta.entity_id moves, cut, insert, new-row: "e"',
      '2:27 saml.providers.okta.name (no key) stays, kept, no row, superseded: no value',
      '2:36 saml.providers.okta.entity_id (no key) stays, kept, no row, superseded: no value',
      '2:59 saml.providers.other.name (auth.saml.providers.other.name) renamed, cut, insert, new-row: "M"',
      'write auth.saml.providers.okta.entity_id "e" string explicit',
      'write auth.saml.providers.other.name "M" string explicit',
      'file saml: {providers: {okta: {name: N, entity_id: f}}}\n',
      'chosen auth.saml.providers.other.name unset to "M"',
    ],
  ],
  [
    'an older block that holds nothing is to be deleted by hand',
    {
      file: `saml: {providers: }
operator: {name: O}
`,
    },
    [
      '1:8 saml.providers (no key) stays, kept, no row, older-block: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file saml: {providers: }\n',
    ],
  ],
  [
    'one with an entry that holds nothing is too',
    {
      file: `saml: {providers: {okta: {}}}
operator: {name: O}
`,
    },
    [
      '1:20 saml.providers.okta (no key) stays, kept, no row, older-block: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file saml: {providers: {okta: {}}}\n',
    ],
  ],
  [
    'an empty block that no release knew is unknown',
    {
      file: `saml: {provider: {}}
operator: {name: O}
`,
    },
    [
      '1:8 saml.provider (no key) unknown, kept, no row, unknown: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file saml: {provider: {}}\n',
    ],
  ],
  [
    'a field that no release knew is unknown under an older name too',
    { file: 'saml: {providers: {okta: {entity: e}}}\n' },
    ['1:27 saml.providers.okta.entity (no key) unknown, kept, no row, unknown: no value'],
  ],
  [
    'what nothing reads any more is said to be obsolete',
    {
      file: `admin: {session: {timeout_minutes: 5}, users: {auto_promote_first: true}}
telemetry: {enabled: true, tracing: {sample_rate: 0.5, x: 1}}
`,
    },
    [
      '1:19 admin.session.timeout_minutes (no key) stays, kept, no row, obsolete: no value',
      '1:48 admin.users.auto_promote_first (auth.auto_promote_first_user) renamed, cut, insert, new-row: "true"',
      '2:13 telemetry.enabled (observability.enabled) renamed, cut, insert, new-row: "true"',
      '2:38 telemetry.tracing.sample_rate (observability.sampling_rate) renamed, cut, insert, new-row: "0.5"',
      '2:56 telemetry.tracing.x (no key) stays, kept, no row, obsolete: no value',
      'write auth.auto_promote_first_user "true" bool explicit',
      'write observability.enabled "true" bool explicit',
      'write observability.sampling_rate "0.5" float explicit',
      `file admin: {session: {timeout_minutes: 5}}
telemetry: {tracing: {x: 1}}
`,
      'chosen auth.auto_promote_first_user "false" to "true"',
      'chosen observability.enabled "false" to "true"',
      'chosen observability.sampling_rate "1" to "0.5"',
    ],
  ],
  [
    'an older name of a setting that stays in the file is renamed there',
    {
      file: `secrets:
  provider: aws
  aws: {region: eu, secret_name: s}
`,
    },
    [
      '2:3 secrets.provider stays, kept, no row, bootstrap: "aws"',
      '3:9 secrets.aws.region (secrets.aws_region) renamed, cut, no row, new-name: "eu"',
      '3:21 secrets.aws.secret_name (secrets.aws_secret_name) renamed, cut, no row, new-name: "s"',
      `file secrets:
  provider: aws
  aws_region: eu
  aws_secret_name: s
`,
      'chosen secrets.aws_region "" to "eu"',
      'chosen secrets.aws_secret_name "" to "s"',
    ],
  ],
  [
    'there it is named, where the file stays',
    {
      file: `secrets:
  provider: aws
  aws: {region: eu}
`,
      options: { rewrites: false },
    },
    [
      '2:3 secrets.provider stays, kept, no row, bootstrap: "aws"',
      '3:9 secrets.aws.region (secrets.aws_region) renamed, kept, no row, new-name: "eu"',
    ],
  ],
  [
    "beside today's name it is dead there too",
    {
      file: `secrets:
  aws_region: eu
  aws: {region: us, secret_name: ""}
  vault: {token: ~}
`,
    },
    [
      '2:3 secrets.aws_region stays, kept, no row, bootstrap: "eu"',
      '3:9 secrets.aws.region (no key) stays, kept, no row, superseded: no value',
      '3:21 secrets.aws.secret_name (secrets.aws_secret_name) stays, kept, no row, empty-text: no value',
      '4:11 secrets.vault.token (secrets.vault_token) stays, kept, no row, no-value: no value secret',
    ],
  ],
  [
    'an older name without a value says nothing',
    { file: 'timmy: {embedding_model: "", retrieval_top_k: }\n' },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) removed, cut, no row, says-nothing: no value',
      '1:30 timmy.retrieval_top_k (timmy.text_retrieval_top_k) removed, cut, no row, says-nothing: no value',
      'file {}\n',
    ],
  ],
  [
    'an older list becomes text with commas',
    { file: 'timmy: {ssrf_allowlist: [a.example, b.example]}\n' },
    [
      '1:9 timmy.ssrf_allowlist (ssrf.timmy.allowlist) renamed, cut, insert, new-row: "a.example,b.example"',
      'write ssrf.timmy.allowlist "a.example,b.example" string explicit',
      'file {}\n',
      'chosen ssrf.timmy.allowlist "" to "a.example,b.example"',
    ],
  ],
  [
    'an empty list is empty text',
    { file: 'timmy: {ssrf_allowlist: []}\n' },
    [
      '1:9 timmy.ssrf_allowlist (ssrf.timmy.allowlist) removed, cut, no row, says-nothing: no value',
      'file {}\n',
    ],
  ],
  [
    'an older text stays the text that it is',
    { file: 'timmy: {ssrf_allowlist: "a.example,b.example"}\n' },
    [
      '1:9 timmy.ssrf_allowlist (ssrf.timmy.allowlist) renamed, cut, insert, new-row: "a.example,b.example"',
      'write ssrf.timmy.allowlist "a.example,b.example" string explicit',
      'file {}\n',
      'chosen ssrf.timmy.allowlist "" to "a.example,b.example"',
    ],
  ],
  [
    'an item with a comma would become two',
    {
      file: `timmy:
  ssrf_allowlist:
    - a.example
    - b.example,c.example
`,
      words: true,
    },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written. Correct them and run the command again.',
      'stop error config/invalid-value config.yml:4:7 ssrf.timmy.allowlist: timmy.ssrf_allowlist holds an item that is not valid: expected a text that is not empty and holds no comma, since items are stored separated by commas.',
    ],
  ],
  [
    'an item of spaces would become none',
    { file: 'timmy: {ssrf_allowlist: [" "]}\n' },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:26 ssrf.timmy.allowlist: timmy.ssrf_allowlist holds an item that is not valid: expected a text that is not empty and holds no comma, since items are stored separated by commas.',
    ],
  ],
  [
    'an item that is a map is no text',
    { file: 'timmy: {ssrf_allowlist: [a.example, {a: b}]}\n' },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:37 ssrf.timmy.allowlist: timmy.ssrf_allowlist holds an item that is not valid: expected a text that is not empty and holds no comma, since items are stored separated by commas.',
    ],
  ],
  [
    'a list is no value where no list ever was',
    { file: 'timmy: {embedding_model: [a]}\n' },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:9 timmy.text_embedding_model: timmy.embedding_model is not valid: expected a single value, not a list.',
    ],
  ],
  [
    "an older list beside today's text that says the same goes with it",
    {
      file: `timmy: {ssrf_allowlist: [a.example, b.example]}
ssrf: {timmy: {allowlist: "a.example,b.example"}}
`,
    },
    [
      '1:9 timmy.ssrf_allowlist (ssrf.timmy.allowlist) moves, cut, insert, new-row: "a.example,b.example"',
      '2:16 ssrf.timmy.allowlist moves, cut, insert, new-row: "a.example,b.example"',
      'note A Go server 1.8 reads these only from its file: ssrf.timmy.allowlist. Use --server 1.8 to keep them there.',
      'write ssrf.timmy.allowlist "a.example,b.example" string explicit',
      'file {}\n',
    ],
  ],
  [
    'an older value that no server takes refuses the run',
    { file: 'timmy: {retrieval_top_k: many}\n', words: true },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written. Correct them and run the command again.',
      'stop error config/invalid-value config.yml:1:9 timmy.text_retrieval_top_k: timmy.retrieval_top_k is not valid: expected a whole number. For example: 20',
    ],
  ],
  [
    'one that no row can hold stays',
    { file: 'timmy: {embedding_model: "ENC:v1:x"}\n' },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) stays, kept, no row, not-storable: no value',
      'note config.yml:1:9: timmy.embedding_model is not valid: expected the value itself, and nothing that begins with ENC:v1:, as encrypted rows do.',
    ],
  ],
  [
    'one that is not documented moves, and is named',
    { file: 'timmy: {retrieval_top_k: -1}\n' },
    [
      '1:9 timmy.retrieval_top_k (timmy.text_retrieval_top_k) renamed, cut, insert, new-row: "-1"',
      'write timmy.text_retrieval_top_k "-1" int explicit',
      'file {}\n',
      'chosen timmy.text_retrieval_top_k "10" to "-1"',
    ],
  ],
  [
    'a switch that no server has read waits for a choice',
    { file: 'saml: {enabled: true}\n', words: true },
    [
      '1:8 saml.enabled (features.saml_enabled) renamed, cut, insert, new-row: "true"',
      'stop error legacy/never-read config.yml:1:8 features.saml_enabled: saml.enabled was read by no server; imported, it would make auth.saml.enabled true. Decide with --shadowed file (auth.saml.enabled becomes true) or --shadowed env (it stays as servers use it now; the dead key is cut).',
      'write features.saml_enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'it is cut where that is not taken at its word',
    { file: 'saml: {enabled: true}\n', options: { shadowed: 'env' } },
    ['1:8 saml.enabled (features.saml_enabled) removed, cut, no row, never-read: "true"', 'file {}\n'],
  ],
  [
    'it is named, where the file stays',
    { file: 'saml: {enabled: true}\n', options: { shadowed: 'env', rewrites: false } },
    ['1:8 saml.enabled (features.saml_enabled) stays, kept, no row, never-read: "true"'],
  ],
  [
    'it takes effect where it is',
    { file: 'saml: {enabled: true}\n', options: { shadowed: 'file' } },
    [
      '1:8 saml.enabled (features.saml_enabled) renamed, cut, insert, new-row: "true"',
      'write features.saml_enabled "true" bool explicit',
      'file {}\n',
      'chosen features.saml_enabled "false" to "true"',
    ],
  ],
  [
    'it is nothing to ask about where it says what is used',
    { file: 'saml: {enabled: false}\n' },
    [
      '1:8 saml.enabled (features.saml_enabled) renamed, cut, insert, new-row: "false"',
      'write features.saml_enabled "false" bool explicit',
      'file {}\n',
    ],
  ],
  [
    "nor beside today's name",
    {
      file: `saml: {enabled: true}
auth: {saml: {enabled: true}}
`,
    },
    [
      '1:8 saml.enabled (features.saml_enabled) moves, cut, insert, new-row: "true"',
      '2:15 auth.saml.enabled (features.saml_enabled) moves, cut, insert, new-row: "true"',
      'write features.saml_enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'beside another variable of today it is shadowed',
    { file: 'saml: {enabled: true}\n', env: { TMI_SAML_ENABLED: 'false' } },
    [
      '1:8 saml.enabled (features.saml_enabled) renamed, cut, insert, new-row: "true"',
      'shadow 1:8 saml.enabled (features.saml_enabled) by TMI_SAML_ENABLED: open',
      'stop error legacy/shadowed config.yml:1:8 features.saml_enabled: saml.enabled is overridden by the variable TMI_SAML_ENABLED, which says otherwise.',
      'write features.saml_enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'a block that holds a value is no block',
    {
      file: `auth: [a]
operator: {name: O}
server: 5
`,
    },
    [
      '1:1 auth (no key) stays, kept, no row, not-valid: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      '3:1 server (no key) stays, kept, no row, not-valid: no value',
      'note config.yml:1:1: auth is not valid: expected a map of settings.',
      'note config.yml:3:1: server is not valid: expected a map of settings.',
      'write operator.name "O" string explicit',
      `file auth: [a]
server: 5
`,
    ],
  ],
  [
    'a block that holds nothing is nothing to move',
    {
      file: `auth: {}
websocket:
operator: {name: O}
`,
    },
    [
      '1:1 auth (no key) stays, kept, no row, no-value: no value',
      '2:1 websocket (no key) stays, kept, no row, no-value: no value',
      '3:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      `file auth: {}
websocket:
`,
    ],
  ],
  [
    'unknown keys stay, the nearest of them named',
    {
      file: `operatr: {name: x}
operator: {nmae: y, name: O}
zzzzzzzzzz: 1
`,
    },
    [
      '1:11 operatr.name (no key) unknown, kept, no row, unknown: no value nearest operator.name',
      '2:12 operator.nmae (no key) unknown, kept, no row, unknown: no value nearest operator.name',
      '2:21 operator.name moves, cut, insert, new-row: "O"',
      '3:1 zzzzzzzzzz (no key) unknown, kept, no row, unknown: no value',
      'write operator.name "O" string explicit',
      `file operatr: {name: x}
operator: {nmae: y}
zzzzzzzzzz: 1
`,
    ],
  ],
];

it.each(plans)('%s', (_, facts, sheet) => {
  expect(planSheet(facts)).toEqual(sheet);
});
