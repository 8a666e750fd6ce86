import { expect, it } from 'vitest';
import { planSheet, type PlanFacts } from './plan-sheet.js';

// What becomes of a value: empty, none at all, stored already, overridden by a variable, read by server 1.8 from its file.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    'an empty key says nothing, and goes',
    {
      file: `operator: {name: "", contact: , jurisdiction: ~}
administrators: []
`,
    },
    [
      '1:12 operator.name removed, cut, no row, says-nothing: ""',
      '1:22 operator.contact removed, cut, no row, says-nothing: no value',
      '1:33 operator.jurisdiction removed, cut, no row, says-nothing: no value',
      '2:1 administrators moves, cut, insert, new-row: "[]"',
      'note A Go server 1.8 reads these only from its file: administrators. Use --server 1.8 to keep them there.',
      'write administrators "[]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'an empty list is a value as documented',
    { file: 'auth: {oauth: {client_callback_allowlist: []}}\n' },
    [
      '1:16 auth.oauth.client_callback_allowlist moves, cut, insert, new-row: "[]"',
      'write auth.oauth.client_callback_allowlist "[]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'to server 1.8 an empty list that says nothing is not stored either',
    { file: 'auth: {oauth: {client_callback_allowlist: []}}\n', options: { server: '1.8' } },
    ['1:16 auth.oauth.client_callback_allowlist removed, cut, no row, says-nothing: "[]"', 'file {}\n'],
  ],
  [
    'another empty list says something there',
    {
      file: `content_sources: {google_drive: {enabled: false}}
administrators: []
`,
      options: { server: '1.8' },
    },
    [
      '1:34 content_sources.google_drive.enabled moves, cut, insert, new-row: "false"',
      '2:1 administrators moves, cut, insert, new-row: "[]"',
      'write content_sources.google_drive.enabled "false" bool explicit',
      'write administrators "[]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'an empty text that overrides a default stays',
    { file: 'auth: {oauth: {callback_url: ""}}\n' },
    [
      '1:16 auth.oauth.callback_url (auth.oauth_callback_url) stays, kept, no row, empty-overrides-default: ""',
    ],
  ],
  [
    'without a value the default is used, so the key says nothing',
    { file: 'auth: {oauth: {callback_url: }}\n' },
    [
      '1:16 auth.oauth.callback_url (auth.oauth_callback_url) removed, cut, no row, says-nothing: no value',
      'file {}\n',
    ],
  ],
  [
    'a key without a value that hides a row of server 1.8 stays',
    {
      file: 'timmy: {enabled: }\n',
      rows: {},
      seeded: { 'timmy.enabled': 'true' },
      options: { server: '1.8' },
    },
    ['1:9 timmy.enabled stays, kept, no row, empty-hides-row: no value'],
  ],
  [
    'as documented it hides none',
    { file: 'timmy: {enabled: }\n', seeded: { 'timmy.enabled': 'true' } },
    ['1:9 timmy.enabled removed, cut, no row, says-nothing: no value', 'file {}\n'],
  ],
  [
    'even one that somebody set, where the file comes first',
    { file: 'timmy: {enabled: }\n', rows: { 'timmy.enabled': 'true' }, options: { server: '1.8' } },
    ['1:9 timmy.enabled stays, kept, no row, empty-hides-row: no value'],
  ],
  [
    'not where what somebody set comes first',
    {
      file: 'auth: {everyone_is_a_reviewer: }\n',
      rows: { 'auth.everyone_is_a_reviewer': 'true' },
      options: { server: '1.8' },
    },
    ['1:8 auth.everyone_is_a_reviewer removed, cut, no row, says-nothing: no value', 'file {}\n'],
  ],
  [
    'an empty text hides a seeded row of server 1.8',
    { file: 'timmy: {llm_model: ""}\n', seeded: { 'timmy.llm_model': 'm' }, options: { server: '1.8' } },
    ['1:9 timmy.llm_model stays, kept, no row, empty-hides-row: ""'],
  ],
  [
    'a setting that servers read at start stays, empty or not',
    { file: 'server: {base_url: "", port: , interface: ""}\n' },
    [
      '1:10 server.base_url stays, kept, no row, empty-text: ""',
      '1:24 server.port stays, kept, no row, no-value: no value',
      '1:32 server.interface stays, kept, no row, bootstrap: ""',
    ],
  ],
  [
    'in a file that stays, empty keys stay',
    { file: 'operator: {name: "", contact: }\n', options: { rewrites: false } },
    [
      '1:12 operator.name stays, kept, no row, empty-text: ""',
      '1:22 operator.contact stays, kept, no row, no-value: no value',
    ],
  ],
  [
    "a provider's empty field stays with it there",
    { file: 'auth: {oauth: {providers: {corp: {name: "", client_id: a}}}}\n', options: { rewrites: false } },
    [
      '1:35 auth.oauth.providers.corp.name stays, kept, no row, empty-text: ""',
      '1:45 auth.oauth.providers.corp.client_id moves, kept, insert, new-row: "a"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
    ],
  ],
  [
    'a template is no value',
    {
      file: `operator: {name: "{{ operator }}"}
timmy: {llm_model: "\${MODEL}"}
`,
      words: true,
    },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:12 operator.name: operator.name is a template that nobody filled in. Fill the file in as it is filled in for the server, and import that one.',
      'stop error legacy/no-value config.yml:2:9 timmy.llm_model: timmy.llm_model is a template that nobody filled in. Fill the file in as it is filled in for the server, and import that one.',
    ],
  ],
  [
    'nor is one in a list',
    { file: 'auth: {oauth: {client_callback_allowlist: ["https://a.example/*", "{{ url }}"]}}\n' },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:16 auth.oauth.client_callback_allowlist: auth.oauth.client_callback_allowlist is a template that nobody filled in.',
    ],
  ],
  [
    'nor one in a map',
    { file: 'auth: {oauth: {providers: {corp: {additional_params: {prompt: "{{ p }}"}}}}}\n' },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:35 auth.oauth.providers.corp.additional_params: auth.oauth.providers.corp.additional_params is a template that nobody filled in.',
    ],
  ],
  [
    'a mask is no value',
    { file: 'timmy: {llm_api_key: "********"}\n', words: true },
    [
      'error legacy/no-value: Masks stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:9 timmy.llm_api_key: timmy.llm_api_key is a mask, as tools print it in place of a secret, and no value. Write the value itself, or a reference to it; the file may be what some tool printed.',
    ],
  ],
  [
    'templates come alone',
    { file: 'timmy: {llm_api_key: "********", llm_model: "{{ m }}"}\n' },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:34 timmy.llm_model: timmy.llm_model is a template that nobody filled in.',
    ],
  ],
  [
    'what stays in the file may be a template',
    {
      file: `logging: {level: "{{ level }}"}
operator: {name: O}
`,
    },
    [
      '1:11 logging.level stays, kept, no row, bootstrap: "{{ level }}"',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'note config.yml:1:11: logging.level is not what is documented: expected one of debug, info, warn, error; a server takes it for info.',
      'write operator.name "O" string explicit',
      'file logging: {level: "{{ level }}"}\n',
    ],
  ],
  [
    'a key that no release knew may be one too',
    {
      file: `mine: "{{ x }}"
operator: {name: O}
`,
    },
    [
      '1:1 mine (no key) unknown, kept, no row, unknown: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file mine: "{{ x }}"\n',
    ],
  ],
  [
    'an older name moves, so it may not',
    { file: 'timmy: {embedding_model: "{{ m }}"}\n' },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value config.yml:1:9 timmy.text_embedding_model: timmy.embedding_model is a template that nobody filled in.',
    ],
  ],
  [
    'a variable that may be stored in place of the file may not',
    {
      file: 'operator: {name: O}\n',
      env: { TMI_OPERATOR_NAME: '${NAME}', TMI_OPERATOR_CONTACT: '${CONTACT}' },
      words: true,
    },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value $TMI_OPERATOR_NAME TMI_OPERATOR_NAME operator.name: TMI_OPERATOR_NAME is a template that nobody filled in. Fill the file in as it is filled in for the server, and import that one.',
    ],
  ],
  [
    'a mask in a variable',
    { file: 'timmy: {llm_api_key: k}\n', env: { TMI_TIMMY_LLM_API_KEY: '********' } },
    [
      'error legacy/no-value: Masks stand where values belong; nothing was written.',
      'stop error legacy/no-value $TMI_TIMMY_LLM_API_KEY TMI_TIMMY_LLM_API_KEY timmy.llm_api_key: TMI_TIMMY_LLM_API_KEY is a mask, as tools print it in place of a secret, and no value.',
    ],
  ],
  [
    'an environment that is imported is looked at as well',
    { env: { TMI_OPERATOR_NAME: '${NAME}', TMI_OPERATOR_CONTACT: 'c' } },
    [
      'error legacy/no-value: Templates stand where values belong; nothing was written.',
      'stop error legacy/no-value $TMI_OPERATOR_NAME TMI_OPERATOR_NAME operator.name: TMI_OPERATOR_NAME is a template that nobody filled in.',
    ],
  ],
  [
    'a value is stored for the first time',
    { file: 'operator: {name: O}\n' },
    [
      '1:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    'it is there already',
    { file: 'operator: {name: O}\n', rows: { 'operator.name': 'O' } },
    ['1:12 operator.name same, cut, unchanged, already-stored: "O"', 'file {}\n'],
  ],
  [
    'in another spelling it is there too',
    {
      file: `timmy: {enabled: on}
administrators: [{provider: google, email: a@example.com, subject_type: user}]
`,
      rows: {
        'timmy.enabled': 'true',
        administrators: '[{"subject_type":"user", "provider":"google","email":"a@example.com"}]',
      },
    },
    [
      '1:9 timmy.enabled same, cut, unchanged, already-stored: "true"',
      '2:1 administrators same, cut, unchanged, already-stored: "[{\\"provider\\":\\"google\\",\\"email\\":\\"a@example.com\\",\\"subject_type\\":\\"user\\"}]"',
      'note A Go server 1.8 reads these only from its file: administrators. Use --server 1.8 to keep them there.',
      'file {}\n',
    ],
  ],
  [
    'a row without a value is none',
    { file: 'operator: {name: O}\n', rows: { 'operator.name': '' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a seeded row of the same value becomes a choice, and keeps its time',
    {
      file: 'websocket: {inactivity_timeout_seconds: 400}\n',
      seeded: { 'websocket.inactivity_timeout_seconds': '400' },
    },
    [
      '1:13 websocket.inactivity_timeout_seconds moves, cut, replace, becomes-explicit: "400"',
      'note A Go server 1.8 reads these only from its file: websocket.inactivity_timeout_seconds. Use --server 1.8 to keep them there.',
      'write websocket.inactivity_timeout_seconds "400" string explicit, time kept',
      'file {}\n',
    ],
  ],
  [
    'not where nothing can be marked',
    {
      file: 'websocket: {inactivity_timeout_seconds: 300}\n',
      seeded: { 'websocket.inactivity_timeout_seconds': '300' },
      table: { hasOrigin: false },
    },
    [
      '1:13 websocket.inactivity_timeout_seconds same, cut, unchanged, already-stored: "300"',
      'note A Go server 1.8 reads these only from its file: websocket.inactivity_timeout_seconds. Use --server 1.8 to keep them there.',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'file {}\n',
    ],
  ],
  [
    'a secret in plain text is encrypted, and keeps its time',
    {
      file: 'timmy: {llm_api_key: CANARY}\n',
      rows: { 'timmy.llm_api_key': 'CANARY' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:9 timmy.llm_api_key moves, cut, replace, secret-encrypted: "********" secret',
      'write timmy.llm_api_key sealed string explicit, time kept',
      'file {}\n',
    ],
  ],
  [
    'what is no secret is not',
    {
      file: 'timmy: {llm_model: m}\n',
      rows: { 'timmy.llm_model': 'm' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    ['1:9 timmy.llm_model same, cut, unchanged, already-stored: "m"', 'file {}\n'],
  ],
  [
    'nor is a secret without a key',
    { file: 'timmy: {llm_api_key: CANARY}\n', rows: { 'timmy.llm_api_key': 'CANARY' } },
    ['1:9 timmy.llm_api_key same, cut, unchanged, already-stored: "********" secret', 'file {}\n'],
  ],
  [
    'a new value is encrypted',
    {
      file: 'timmy: {llm_api_key: CANARY}\n',
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:9 timmy.llm_api_key moves, cut, insert, new-row: "********" secret',
      'write timmy.llm_api_key sealed string explicit',
      'file {}\n',
    ],
  ],
  [
    'without a key a secret is stored in plain text only where that is allowed',
    { file: 'timmy: {llm_api_key: CANARY}\n', options: { allowPlaintextSecrets: false } },
    [
      '1:9 timmy.llm_api_key moves, cut, insert, new-row: "********" secret',
      'stop error legacy/plaintext-secret config.yml:1:9 timmy.llm_api_key: timmy.llm_api_key is a secret and would be stored in plain text: no encryption key is configured.',
      'write timmy.llm_api_key "CANARY" string explicit',
      'file {}\n',
    ],
  ],
  [
    'in production never',
    { file: 'timmy: {llm_api_key: CANARY}\n', production: true },
    [
      '1:9 timmy.llm_api_key moves, cut, insert, new-row: "********" secret',
      'stop error legacy/plaintext-secret config.yml:1:9 timmy.llm_api_key: timmy.llm_api_key is a secret and would be stored in plain text: no encryption key is configured.',
      'write timmy.llm_api_key "CANARY" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a row that cannot be read stops the run',
    {
      file: `operator: {name: O}
timmy: {llm_api_key: CANARY}
`,
      foreign: ['operator.name', 'timmy.llm_model'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      words: true,
    },
    [
      "error settings/cannot-decrypt: Rows that the file speaks of cannot be decrypted. Or let the file's values replace them with --on-conflict overwrite.",
      'stop error settings/cannot-decrypt operator.name: The value of operator.name cannot be decrypted: it wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit. Configure that key as the server has it, in TMI_SECRET_SETTINGS_ENCRYPTION_KEY, or after a rotation in TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY.',
    ],
  ],
  [
    'such a row is replaced where the file wins',
    {
      file: 'operator: {name: O}\n',
      foreign: ['operator.name'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { onConflict: 'overwrite' },
    },
    [
      '1:12 operator.name moves, cut, replace, row-unreadable: "O"',
      'write operator.name sealed string explicit',
      'file {}\n',
    ],
  ],
  [
    'another one is in the way even then',
    {
      file: 'operator: {name: O}\n',
      foreign: ['timmy.llm_model'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { onConflict: 'overwrite' },
    },
    [
      'error settings/cannot-decrypt: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit (timmy.llm_model); nothing was written.',
      'stop error settings/cannot-decrypt settings_encryption_key: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit (timmy.llm_model).',
    ],
  ],
  [
    'it is in the way of what is to be stored',
    {
      file: 'operator: {name: O}\n',
      foreign: ['timmy.llm_model'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      'error settings/cannot-decrypt: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit (timmy.llm_model); nothing was written.',
      'stop error settings/cannot-decrypt settings_encryption_key: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit (timmy.llm_model).',
    ],
  ],
  [
    "a key that opens no row at all is not the server's, whatever is stored",
    {
      file: 'operator: {name: O}\n',
      rows: { 'operator.name': 'O' },
      foreign: ['timmy.llm_model'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      'error settings/cannot-decrypt: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit (timmy.llm_model); nothing was written.',
      'stop error settings/cannot-decrypt settings_encryption_key: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and the configured keys do not fit (timmy.llm_model).',
    ],
  ],
  [
    'beside a row that can be read another one is not in the way of a run that stores nothing',
    {
      file: 'operator: {name: O}\n',
      sealed: { 'operator.name': 'O' },
      foreign: ['timmy.llm_model'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    ['1:12 operator.name same, cut, unchanged, already-stored: "O"', 'file {}\n'],
  ],
  [
    'without a key nothing is read',
    { file: 'operator: {name: O}\n', rows: { 'operator.name': 'O' }, foreign: ['timmy.llm_model'] },
    [
      'error settings/cannot-decrypt: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and no settings_encryption_key is configured (timmy.llm_model); nothing was written.',
      'stop error settings/cannot-decrypt settings_encryption_key: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and no settings_encryption_key is configured (timmy.llm_model).',
    ],
  ],
  [
    'nor is a row replaced',
    { file: 'operator: {name: O}\n', foreign: ['operator.name'] },
    [
      'error settings/cannot-decrypt: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and no settings_encryption_key is configured (operator.name); nothing was written.',
      'stop error settings/cannot-decrypt settings_encryption_key: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and no settings_encryption_key is configured (operator.name).',
    ],
  ],
  [
    'nor where the file wins',
    { file: 'operator: {name: O}\n', foreign: ['operator.name'], options: { onConflict: 'overwrite' } },
    [
      'error settings/cannot-decrypt: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and no settings_encryption_key is configured (operator.name); nothing was written.',
      'stop error settings/cannot-decrypt settings_encryption_key: 1 row wants the key of context 1 that was in use at 2025-03-01T10:20:30.000Z, and no settings_encryption_key is configured (operator.name).',
    ],
  ],
  [
    'a conflict is kept',
    { file: 'operator: {name: O}\n', rows: { 'operator.name': 'P' }, options: { onConflict: 'keep' } },
    ['1:12 operator.name conflict, cut, unchanged, row-kept: "O" was "P"', 'file {}\n'],
  ],
  [
    'or overwritten',
    { file: 'operator: {name: O}\n', rows: { 'operator.name': 'P' }, options: { onConflict: 'overwrite' } },
    [
      '1:12 operator.name conflict, cut, replace, row-overwritten: "O" was "P"',
      'write operator.name "O" string explicit',
      'file {}\n',
      'chosen operator.name "P" to "O"',
    ],
  ],
  [
    'a conflict of what servers read at start is kept, and so is the key in the file',
    {
      file: 'server: {base_url: "https://a.example"}\n',
      rows: { 'server.base_url': 'https://b.example' },
      options: { onConflict: 'keep' },
    },
    ['1:10 server.base_url conflict, kept, unchanged, row-kept: "https://a.example" was "https://b.example"'],
  ],
  [
    'what somebody set in a secret is masked',
    { file: 'timmy: {llm_api_key: CANARY-a}\n', rows: { 'timmy.llm_api_key': 'CANARY-b' } },
    [
      '1:9 timmy.llm_api_key conflict, kept, unchanged, explicit-differs: "********" was "********" secret',
      'stop error legacy/conflict config.yml:1:9 timmy.llm_api_key: timmy.llm_api_key is ******** here, but somebody set the row timmy.llm_api_key to ********.',
    ],
  ],
  [
    'a variable that says otherwise shadows the file',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'P' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "O"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: open',
      'stop error legacy/shadowed config.yml:1:12 operator.name: operator.name is overridden by the variable TMI_OPERATOR_NAME, which says otherwise.',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    'one that says the same takes nothing away',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'O' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file {}\n',
    ],
  ],
  [
    'what a variable says is stored where it is chosen',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'P' }, options: { shadowed: 'env' } },
    [
      '1:12 operator.name moves, cut, insert, variable-wins: "P"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: env',
      'write operator.name "P" string explicit',
      'file {}\n',
    ],
  ],
  [
    'the file is stored where that is chosen',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'P' }, options: { shadowed: 'file' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "O"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: file',
      'write operator.name "O" string explicit',
      'file {}\n',
      'chosen operator.name "P" to "O"',
    ],
  ],
  [
    'a row that agrees with the file outranks it',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'P' }, rows: { 'operator.name': 'O' } },
    ['1:12 operator.name same, cut, unchanged, already-stored: "O"', 'file {}\n'],
  ],
  [
    'a row that agrees with it is what was chosen before',
    {
      file: 'operator: {name: O}\n',
      env: { TMI_OPERATOR_NAME: 'P' },
      rows: { 'operator.name': 'P' },
      options: { shadowed: 'env' },
    },
    [
      '1:12 operator.name same, cut, unchanged, variable-wins: "P"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: env',
      'file {}\n',
    ],
  ],
  [
    'and in conflict with the file otherwise',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'P' }, rows: { 'operator.name': 'P' } },
    [
      '1:12 operator.name conflict, kept, unchanged, explicit-differs: "O" was "P"',
      'stop error legacy/conflict config.yml:1:12 operator.name: operator.name is O here, but somebody set the row operator.name to P.',
    ],
  ],
  [
    'a third value is in conflict first',
    {
      file: 'operator: {name: O}\n',
      env: { TMI_OPERATOR_NAME: 'P' },
      rows: { 'operator.name': 'Q' },
      options: { shadowed: 'env' },
    },
    [
      '1:12 operator.name conflict, kept, unchanged, explicit-differs: "O" was "Q"',
      'stop error legacy/conflict config.yml:1:12 operator.name: operator.name is O here, but somebody set the row operator.name to Q.',
    ],
  ],
  [
    'all choices made, the variable is stored over the row',
    {
      file: 'operator: {name: O}\n',
      env: { TMI_OPERATOR_NAME: 'P' },
      rows: { 'operator.name': 'Q' },
      options: { shadowed: 'env', onConflict: 'overwrite' },
    },
    [
      '1:12 operator.name conflict, cut, replace, variable-wins: "P" was "Q"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: env',
      'write operator.name "P" string explicit',
      'file {}\n',
      'chosen operator.name "Q" to "P"',
    ],
  ],
  [
    'a value of a variable that no row can hold stays where it is',
    { file: 'operator: {name: O}\n', env: { TMI_OPERATOR_NAME: 'ENC:v1:x' }, options: { shadowed: 'env' } },
    [
      '1:12 operator.name stays, kept, no row, not-storable: "O"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: env',
    ],
  ],
  [
    'a variable with which no server starts stops the run where its key moves',
    { file: 'operator: {name: O}\n', env: { TMI_TIMMY_ENABLED: 'maybe', TMI_LOG_LEVEL: 'loud' } },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written.',
      'stop error config/invalid-variable $TMI_TIMMY_ENABLED TMI_TIMMY_ENABLED timmy.enabled: TMI_TIMMY_ENABLED is not valid: expected true or false.',
    ],
  ],
  [
    'a setting that stays may have a variable that nobody takes',
    {
      file: `logging: {level: info}
operator: {name: O}
`,
      env: { TMI_JWT_SIGNING_METHOD: 'none' },
    },
    [
      '1:11 logging.level stays, kept, no row, bootstrap: "info"',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file logging: {level: info}\n',
    ],
  ],
  [
    'what follows from a setting is stored as seeded',
    { file: 'auth: {jwt: {expiration_seconds: 7200}}\n' },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "7200"',
      '- session.timeout_minutes moves, kept, insert, derived: "120"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "7200" int explicit',
      'write session.timeout_minutes "120" int seeded',
      'file {}\n',
    ],
  ],
  [
    'not over what somebody set',
    { file: 'auth: {jwt: {expiration_seconds: 7200}}\n', rows: { 'session.timeout_minutes': '5' } },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "7200"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "7200" int explicit',
      'file {}\n',
    ],
  ],
  [
    'nor where it is there',
    { file: 'auth: {jwt: {expiration_seconds: 7200}}\n', seeded: { 'session.timeout_minutes': '120' } },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "7200"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "7200" int explicit',
      'file {}\n',
    ],
  ],
  [
    'over another one that was seeded',
    {
      file: 'auth: {jwt: {expiration_seconds: 7200}}\n',
      seeded: { 'session.timeout_minutes': '60', 'auth.jwt.expiration_seconds': '3600' },
    },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, replace, replaces-seeded: "7200" was "3600"',
      '- session.timeout_minutes moves, kept, replace, derived: "120" was "60"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "7200" int explicit',
      'write session.timeout_minutes "120" int seeded',
      'file {}\n',
    ],
  ],
  [
    'nothing follows from what is there already',
    { file: 'auth: {jwt: {expiration_seconds: 7200}}\n', rows: { 'auth.jwt.expiration_seconds': '7200' } },
    [
      '1:14 auth.jwt.expiration_seconds same, cut, unchanged, already-stored: "7200"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'file {}\n',
    ],
  ],
  [
    'a table without origins can only be inferred from',
    {
      file: `auth: {jwt: {expiration_seconds: 3600}}
operator: {name: O}
`,
      table: { hasOrigin: false },
    },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "3600"',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      '- session.timeout_minutes moves, kept, insert, derived: "60"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'note The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      'write auth.jwt.expiration_seconds "3600" int explicit',
      'write operator.name "O" string explicit',
      'write session.timeout_minutes "60" int seeded',
      'file {}\n',
    ],
  ],
  [
    'server 1.8 keeps in its file what it reads there',
    {
      file: `auth: {jwt: {expiration_seconds: 7200, refresh_token_days: 7}}
operator: {name: O}
`,
      options: { server: '1.8' },
    },
    [
      '1:14 auth.jwt.expiration_seconds stays, kept, insert, server-reads-file: "7200"',
      '1:40 auth.jwt.refresh_token_days moves, cut, insert, new-row: "7"',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      '- session.timeout_minutes moves, kept, insert, derived: "120"',
      'write auth.jwt.expiration_seconds "7200" int explicit',
      'write auth.jwt.refresh_token_days "7" int explicit',
      'write operator.name "O" string explicit',
      'write session.timeout_minutes "120" int seeded',
      'file auth: {jwt: {expiration_seconds: 7200}}\n',
    ],
  ],
  [
    'what it would not miss there goes',
    {
      file: 'auth: {jwt: {refresh_token_days: 7}}\n',
      env: { TMI_REFRESH_TOKEN_DAYS: '7' },
      options: { server: '1.8' },
    },
    [
      '1:14 auth.jwt.refresh_token_days moves, cut, insert, new-row: "7"',
      'write auth.jwt.refresh_token_days "7" int explicit',
      'file {}\n',
    ],
  ],
  [
    'with a variable that says otherwise it stays',
    {
      file: 'auth: {jwt: {refresh_token_days: 7}}\n',
      env: { TMI_REFRESH_TOKEN_DAYS: '9' },
      options: { server: '1.8', shadowed: 'file' },
    },
    [
      '1:14 auth.jwt.refresh_token_days stays, kept, insert, server-reads-file: "7"',
      'shadow 1:14 auth.jwt.refresh_token_days (auth.jwt.refresh_token_days) by TMI_REFRESH_TOKEN_DAYS: file',
      'write auth.jwt.refresh_token_days "7" int explicit',
    ],
  ],
  [
    'under an older name it reads none of it',
    { file: 'telemetry: {enabled: true}\n', options: { server: '1.8' } },
    [
      '1:13 telemetry.enabled (observability.enabled) renamed, kept, insert, server-reads-new-name: "true"',
      'write observability.enabled "true" bool explicit',
    ],
  ],
  [
    'what has another name in the database takes effect once it is stored',
    {
      file: `auth: {oauth: {callback_url: "https://a.example/cb"}}
timmy: {enabled: true}
`,
      options: { server: '1.8' },
      seeded: { 'auth.oauth_callback_url': 'https://b.example/cb' },
    },
    [
      '1:16 auth.oauth.callback_url (auth.oauth_callback_url) moves, cut, replace, takes-effect: "https://a.example/cb" was "https://b.example/cb" used "https://b.example/cb"',
      '2:9 timmy.enabled moves, cut, insert, new-row: "true"',
      'write auth.oauth_callback_url "https://a.example/cb" string explicit',
      'write timmy.enabled "true" bool explicit',
      'file {}\n',
      'chosen auth.oauth_callback_url "https://b.example/cb" to "https://a.example/cb"',
    ],
  ],
  [
    'not where it is used already',
    { file: 'auth: {oauth: {callback_url: "https://a.example/cb"}}\n', options: { server: '1.8' } },
    [
      '1:16 auth.oauth.callback_url (auth.oauth_callback_url) moves, cut, insert, new-row: "https://a.example/cb"',
      'write auth.oauth_callback_url "https://a.example/cb" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a row in its way takes effect',
    {
      file: 'auth: {saml: {enabled: true}}\n',
      options: { server: '1.8' },
      seeded: { 'features.saml_enabled': 'false' },
    },
    [
      '1:15 auth.saml.enabled (features.saml_enabled) moves, cut, replace, takes-effect: "true" was "false" used "false"',
      'write features.saml_enabled "true" bool explicit',
      'file {}\n',
      'chosen features.saml_enabled "false" to "true"',
    ],
  ],
  [
    'it reads no row of a secret that it has in its file, and stores none without a key',
    {
      file: 'content_oauth: {providers: {c: {client_secret: CANARY, client_id: a}}}\n',
      options: { server: '1.8', allowPlaintextSecrets: false },
    },
    [
      '1:33 content_oauth.providers.c.client_secret stays, kept, no row, not-stored: "********" secret',
      '1:56 content_oauth.providers.c.client_id stays, kept, insert, server-reads-file: "a"',
      'write content_oauth.providers.c.client_id "a" string explicit',
    ],
  ],
  [
    'a fault in a key that stays is a warning',
    {
      file: `auth: {jwt: {expiration_seconds: 0}}
operator: {name: O}
`,
      options: { server: '1.8' },
    },
    [
      '1:14 auth.jwt.expiration_seconds stays, kept, no row, not-valid: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'note config.yml:1:14: auth.jwt.expiration_seconds is not valid: expected a whole number of at least 1.',
      'write operator.name "O" string explicit',
      'file auth: {jwt: {expiration_seconds: 0}}\n',
    ],
  ],
  [
    'as documented it refuses the run',
    {
      file: `auth: {jwt: {expiration_seconds: 0}}
operator: {name: O}
`,
    },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:14 auth.jwt.expiration_seconds: auth.jwt.expiration_seconds is not valid: expected a whole number of at least 1.',
    ],
  ],
  [
    'faults of every kind are named together',
    {
      file: `auth: {jwt: {expiration_seconds: 0}}
timmy: {enabled: maybe}
`,
      options: { server: '1.8' },
    },
    [
      'error legacy/invalid-values: 2 values are not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:14 auth.jwt.expiration_seconds: auth.jwt.expiration_seconds is not valid: expected a whole number of at least 1.',
      'stop error config/invalid-value config.yml:2:9 timmy.enabled: timmy.enabled is not valid: expected true or false.',
    ],
  ],
  [
    'a reference that no server resolves is stored as text, and told of',
    { file: 'operator: {name: "env://NAME"}\n' },
    [
      '1:12 operator.name moves, cut, insert, new-row: "env://NAME"',
      'note operator.name (config.yml:1:12) holds a reference, and no server resolves one in a setting that is no secret: it is stored as the text that it is. Write the value itself if that is meant.',
      'write operator.name "env://NAME" string explicit',
      'file {}\n',
    ],
  ],
  [
    'in a variable too',
    { env: { TMI_OPERATOR_NAME: 'env://NAME' } },
    [
      '- TMI_OPERATOR_NAME (operator.name) moves, kept, insert, new-row: "env://NAME"',
      'note TMI_OPERATOR_NAME holds a reference, and no server resolves one in a setting that is no secret: it is stored as the text that it is. Write the value itself if that is meant.',
      'write operator.name "env://NAME" string explicit',
    ],
  ],
  [
    'what a Go server reads only from variables is named where those are imported',
    { env: { TMI_JWT_EXPIRATION_SECONDS: '600', TMI_OPERATOR_NAME: 'O', TMI_LOG_LEVEL: 'info' } },
    [
      '- TMI_JWT_EXPIRATION_SECONDS (auth.jwt.expiration_seconds) moves, kept, insert, new-row: "600"',
      '- TMI_OPERATOR_NAME (operator.name) moves, kept, insert, new-row: "O"',
      '- session.timeout_minutes moves, kept, insert, derived: "10"',
      'note A Go server 1.8 reads these only from file and environment: auth.jwt.expiration_seconds. Keep their variables for it.',
      'write auth.jwt.expiration_seconds "600" int explicit',
      'write operator.name "O" string explicit',
      'write session.timeout_minutes "10" int seeded',
    ],
  ],
  [
    'not for a Go server itself',
    { env: { TMI_JWT_EXPIRATION_SECONDS: '600', TMI_OPERATOR_NAME: 'O' }, options: { server: '1.8' } },
    [
      '- TMI_JWT_EXPIRATION_SECONDS (auth.jwt.expiration_seconds) moves, kept, insert, new-row: "600"',
      '- TMI_OPERATOR_NAME (operator.name) moves, kept, insert, new-row: "O"',
      '- session.timeout_minutes moves, kept, insert, derived: "10"',
      'write auth.jwt.expiration_seconds "600" int explicit',
      'write operator.name "O" string explicit',
      'write session.timeout_minutes "10" int seeded',
    ],
  ],
  [
    'a provider of the environment is stored',
    {
      env: {
        OAUTH_PROVIDERS_CORP_ENABLED: 'true',
        OAUTH_PROVIDERS_CORP_CLIENT_ID: 'a',
        TMI_CONTENT_OAUTH_PROVIDERS_C_ENABLED: 'true',
        TMI_CONTENT_OAUTH_PROVIDERS_C_CLIENT_ID: 'x',
      },
    },
    [
      '- OAUTH_PROVIDERS_CORP_CLIENT_ID (auth.oauth.providers.corp.client_id) moves, kept, insert, new-row: "a"',
      '- OAUTH_PROVIDERS_CORP_ENABLED (auth.oauth.providers.corp.enabled) moves, kept, insert, new-row: "true"',
      '- TMI_CONTENT_OAUTH_PROVIDERS_C_CLIENT_ID (content_oauth.providers.c.client_id) moves, kept, insert, new-row: "x"',
      '- TMI_CONTENT_OAUTH_PROVIDERS_C_ENABLED (content_oauth.providers.c.enabled) moves, kept, insert, new-row: "true"',
      'note A Go server 1.8 reads these only from file and environment: content_oauth.providers.c.{client_id,enabled}. Keep their variables for it.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write content_oauth.providers.c.enabled "true" bool explicit',
      'write content_oauth.providers.c.client_id "x" string explicit',
    ],
  ],
  [
    'an administrator of the environment is told of',
    {
      file: 'administrators: [{provider: google, email: a@example.com, subject_type: user}]\n',
      env: { TMI_ADMIN_PROVIDER: 'github', TMI_ADMIN_EMAIL: 'b@example.com' },
    },
    [
      '1:1 administrators moves, cut, insert, new-row: "[{\\"provider\\":\\"google\\",\\"email\\":\\"a@example.com\\",\\"subject_type\\":\\"user\\"}]"',
      'note A Go server 1.8 reads these only from its file: administrators. Use --server 1.8 to keep them there.',
      'note TMI_ADMIN_PROVIDER adds its administrator at every start, beside the stored list.',
      'write administrators "[{\\"provider\\":\\"google\\",\\"email\\":\\"a@example.com\\",\\"subject_type\\":\\"user\\"}]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'a provider that is on and lacks something is told of',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, client_id: a, token_url: "https://t"}, off: {enabled: false, client_id: b}}}}\n',
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:64 auth.oauth.providers.corp.token_url moves, cut, insert, new-row: "https://t"',
      '1:95 auth.oauth.providers.off.enabled moves, cut, insert, new-row: "false"',
      '1:111 auth.oauth.providers.off.client_id moves, cut, insert, new-row: "b"',
      'note auth.oauth.providers.corp: The provider corp is enabled without authorization_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.token_url "https://t" string explicit',
      'write auth.oauth.providers.off.enabled "false" bool explicit',
      'write auth.oauth.providers.off.client_id "b" string explicit',
      'file {}\n',
    ],
  ],
  [
    'not where it stays in the file',
    { file: 'content_oauth: {providers: {c: {enabled: true, client_id: a}}}\n', options: { server: '1.8' } },
    [
      '1:33 content_oauth.providers.c.enabled stays, kept, insert, server-reads-file: "true"',
      '1:48 content_oauth.providers.c.client_id stays, kept, insert, server-reads-file: "a"',
      'write content_oauth.providers.c.enabled "true" bool explicit',
      'write content_oauth.providers.c.client_id "a" string explicit',
    ],
  ],
  [
    'not where it is complete',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, client_id: a, token_url: "https://t", authorization_url: "https://a", userinfo: [{url: "https://u", claims: {subject_claim: sub}}]}}}}\n',
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:64 auth.oauth.providers.corp.token_url moves, cut, insert, new-row: "https://t"',
      '1:88 auth.oauth.providers.corp.authorization_url moves, cut, insert, new-row: "https://a"',
      '1:120 auth.oauth.providers.corp.userinfo moves, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"subject_claim\\":\\"sub\\"}}]"',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.token_url "https://t" string explicit',
      'write auth.oauth.providers.corp.authorization_url "https://a" string explicit',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"subject_claim\\":\\"sub\\"}}]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'a doubt about a variable says no place',
    { env: { TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: '2' } },
    [
      '- TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS (websocket.inactivity_timeout_seconds) moves, kept, insert, new-row: "2"',
      'note A Go server 1.8 reads these only from file and environment: websocket.inactivity_timeout_seconds. Keep their variables for it.',
      'note TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS is not what is documented: expected a whole number of at least 15; a server starts with it as it is.',
      'write websocket.inactivity_timeout_seconds "2" int explicit',
    ],
  ],
  [
    'a block with an anchor that is needed elsewhere cannot be cut',
    {
      file: `base: &b
  x: 1
operator: &o {name: O}
other: *o
`,
    },
    [
      '2:3 base.x (no key) unknown, kept, no row, unknown: no value',
      '3:15 operator.name moves, cut, insert, new-row: "O"',
      '4:8 other.name (no key) unknown, kept, no row, unknown: no value',
      'stop error config/cannot-cut config.yml:3:14: The anchor "o" stands in a value to be cut, and line 4, column 8 still uses it.',
      'write operator.name "O" string explicit',
    ],
  ],
  [
    'an alias can be cut, and its anchor stays',
    {
      file: `x: &n O
operator: {name: *n}
`,
    },
    [
      '1:1 x (no key) unknown, kept, no row, unknown: no value',
      '2:18 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file x: &n O\n',
    ],
  ],
  [
    'a value with an anchor that is needed elsewhere cannot be cut',
    {
      file: `operator:
  name: &n O
mine: *n
`,
    },
    [
      '2:3 operator.name moves, cut, insert, new-row: "O"',
      '3:7 mine (no key) unknown, kept, no row, unknown: no value',
      'stop error config/cannot-cut config.yml:2:12: The anchor "n" stands in a value to be cut, and line 3, column 7 still uses it.',
      'write operator.name "O" string explicit',
    ],
  ],
];

it.each(plans)('%s', (_, facts, sheet) => {
  expect(planSheet(facts)).toEqual(sheet);
});
