import { expect, it } from 'vitest';
import { planSheet, type PlanFacts } from './plan-sheet.js';

// Variables under older names beside a file: which are asked about, which can be taken, and what is stored then.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    'one that agrees is nothing to ask about',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'A' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'one that disagrees waits for a choice, and the plan says how to make it',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B' }, words: true },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: open, today TMI_OPERATOR_NAME',
      'stop error legacy/shadowed config.yml:1:12 operator.name: operator.name was overridden by the variable OPERATOR_NAME, which says otherwise; no server of today reads it. Decide with --shadowed env (take what the variable says) or --shadowed file (take what the file says).',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'what it says is stored where it is chosen',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B' }, options: { shadowed: 'env' } },
    [
      '1:12 operator.name moves, cut, insert, variable-wins: "B"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: env, today TMI_OPERATOR_NAME',
      'write operator.name "B" string explicit',
      'file {}\n',
      'chosen operator.name "A" to "B"',
    ],
  ],
  [
    'what the file says is stored where that is chosen',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B' }, options: { shadowed: 'file' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: file, today TMI_OPERATOR_NAME',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'one of a setting that the file does not state is nothing to ask about',
    { file: 'operator: {contact: A}\n', env: { OPERATOR_NAME: 'B' } },
    [
      '1:12 operator.contact moves, cut, insert, new-row: "A"',
      'write operator.contact "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a key without a value, or an empty one, is overridden as well',
    {
      file: `operator:
  name:
  contact: ""
`,
      env: { OPERATOR_NAME: 'B', OPERATOR_CONTACT: 'C' },
    },
    [
      '2:3 operator.name removed, cut, no row, says-nothing: no value',
      '3:3 operator.contact removed, cut, no row, says-nothing: ""',
      'shadow 2:3 operator.name (operator.name) by OPERATOR_NAME: open, today TMI_OPERATOR_NAME',
      'shadow 3:3 operator.contact (operator.contact) by OPERATOR_CONTACT: open, today TMI_OPERATOR_CONTACT',
      'stop error legacy/shadowed config.yml:2:3 operator.name: operator.name was overridden by the variable OPERATOR_NAME, which says otherwise; no server of today reads it.',
      'stop error legacy/shadowed config.yml:3:3 operator.contact: operator.contact was overridden by the variable OPERATOR_CONTACT, which says otherwise; no server of today reads it.',
      'file {}\n',
    ],
  ],
  [
    'what it says takes the place of nothing',
    {
      file: `operator:
  name:
  contact: ""
`,
      env: { OPERATOR_NAME: 'B', OPERATOR_CONTACT: 'C' },
      options: { shadowed: 'env' },
    },
    [
      '2:3 operator.name moves, cut, insert, variable-wins: "B"',
      '3:3 operator.contact moves, cut, insert, variable-wins: "C"',
      'shadow 2:3 operator.name (operator.name) by OPERATOR_NAME: env, today TMI_OPERATOR_NAME',
      'shadow 3:3 operator.contact (operator.contact) by OPERATOR_CONTACT: env, today TMI_OPERATOR_CONTACT',
      'write operator.name "B" string explicit',
      'write operator.contact "C" string explicit',
      'file {}\n',
      'chosen operator.name "" to "B"',
      'chosen operator.contact "" to "C"',
    ],
  ],
  [
    'a variable of today that agrees with the file settles it',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B', TMI_OPERATOR_NAME: 'A' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a variable of today that disagrees is the one that is asked about',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B', TMI_OPERATOR_NAME: 'C' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'shadow 1:12 operator.name (operator.name) by TMI_OPERATOR_NAME: open',
      'stop error legacy/shadowed config.yml:1:12 operator.name: operator.name is overridden by the variable TMI_OPERATOR_NAME, which says otherwise.',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a row that somebody set to what the file says settles it',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B' }, rows: { 'operator.name': 'A' } },
    ['1:12 operator.name same, cut, unchanged, already-stored: "A"', 'file {}\n'],
  ],
  [
    'a seeded row settles nothing',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B' }, seeded: { 'operator.name': 'A' } },
    [
      '1:12 operator.name moves, cut, replace, becomes-explicit: "A"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: open, today TMI_OPERATOR_NAME',
      'stop error legacy/shadowed config.yml:1:12 operator.name: operator.name was overridden by the variable OPERATOR_NAME, which says otherwise; no server of today reads it.',
      'write operator.name "A" string explicit, time kept',
      'file {}\n',
    ],
  ],
  [
    'a row that somebody set to a third value is asked about as well',
    { file: 'operator: {name: A}\n', env: { OPERATOR_NAME: 'B' }, rows: { 'operator.name': 'C' } },
    [
      '1:12 operator.name conflict, kept, unchanged, explicit-differs: "A" was "C"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: open, today TMI_OPERATOR_NAME',
      'stop error legacy/conflict config.yml:1:12 operator.name: operator.name is A here, but somebody set the row operator.name to C.',
      'stop error legacy/shadowed config.yml:1:12 operator.name: operator.name was overridden by the variable OPERATOR_NAME, which says otherwise; no server of today reads it.',
    ],
  ],
  [
    'a row that somebody set to what it says settles the choice of it',
    {
      file: 'operator: {name: A}\n',
      env: { OPERATOR_NAME: 'B' },
      rows: { 'operator.name': 'B' },
      options: { shadowed: 'env' },
    },
    [
      '1:12 operator.name same, cut, unchanged, variable-wins: "B"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: env, today TMI_OPERATOR_NAME',
      'file {}\n',
    ],
  ],
  [
    'a row that is kept is kept over it',
    {
      file: 'operator: {name: A}\n',
      env: { OPERATOR_NAME: 'B' },
      rows: { 'operator.name': 'C' },
      options: { shadowed: 'env', onConflict: 'keep' },
    },
    [
      '1:12 operator.name conflict, cut, unchanged, row-kept: "B" was "C"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: env, today TMI_OPERATOR_NAME',
      'file {}\n',
    ],
  ],
  [
    'settings that stay in the file are asked about',
    {
      file: `logging: {level: info}
auth: {jwt: {secret: CANARY-a}}
`,
      env: { LOG_LEVEL: 'debug', JWT_SECRET: 'CANARY-b' },
    },
    [
      '1:11 logging.level stays, kept, no row, bootstrap: "info"',
      '2:14 auth.jwt.secret stays, kept, no row, bootstrap: "********" secret',
      'shadow 1:11 logging.level (logging.level) by LOG_LEVEL: open, today TMI_LOG_LEVEL',
      'shadow 2:14 auth.jwt.secret (auth.jwt.secret) by JWT_SECRET: open, today TMI_JWT_SECRET',
      'stop error legacy/shadowed config.yml:1:11 logging.level: logging.level was overridden by the variable LOG_LEVEL, which says otherwise; no server of today reads it.',
      'stop error legacy/shadowed config.yml:2:14 auth.jwt.secret: auth.jwt.secret was overridden by the variable JWT_SECRET, which says otherwise; no server of today reads it.',
    ],
  ],
  [
    'such a setting that it agrees with is not',
    { file: 'logging: {level: info}\n', env: { LOG_LEVEL: 'info' } },
    ['1:11 logging.level stays, kept, no row, bootstrap: "info"'],
  ],
  [
    'a reference is of a time without these variables',
    {
      file: `auth: {jwt: {secret: "env://X"}}
logging: {level: "env://Y"}
`,
      env: { LOG_LEVEL: 'debug', JWT_SECRET: 'CANARY-b' },
    },
    [
      '1:14 auth.jwt.secret stays, kept, no row, bootstrap: "env://X" secret',
      '2:11 logging.level stays, kept, no row, bootstrap: "env://Y"',
      'note config.yml:2:11: logging.level is not what is documented: expected one of debug, info, warn, error; a server takes it for info.',
    ],
  ],
  [
    'what cannot be taken into the database is to be written by hand, and what can is taken',
    {
      file: `logging: {level: info}
auth: {auto_promote_first_user: false}
`,
      env: { LOG_LEVEL: 'debug', AUTH_AUTO_PROMOTE_FIRST_USER: 'true' },
      options: { shadowed: 'env' },
      words: true,
    },
    [
      '1:11 logging.level stays, kept, no row, bootstrap: "info"',
      '2:8 auth.auto_promote_first_user moves, cut, insert, variable-wins: "true"',
      'shadow 2:8 auth.auto_promote_first_user (auth.auto_promote_first_user) by AUTH_AUTO_PROMOTE_FIRST_USER: env, today TMI_AUTH_AUTO_PROMOTE_FIRST_USER',
      'shadow 1:11 logging.level (logging.level) by LOG_LEVEL: env, today TMI_LOG_LEVEL',
      "stop error legacy/shadowed config.yml:1:11 logging.level: logging.level was overridden by the variable LOG_LEVEL, which cannot be taken: the setting stays in the file, and the import writes none there. Write its value into the file, or set TMI_LOG_LEVEL to it; or take the file's value with --shadowed file.",
      'note A Go server 1.8 reads these only from its file: auth.auto_promote_first_user. Use --server 1.8 to keep them there.',
      'write auth.auto_promote_first_user "true" bool explicit',
      'file logging: {level: info}\n',
    ],
  ],
  [
    'server 1.8 would not hear of a setting that it reads from its file',
    {
      file: 'auth: {auto_promote_first_user: false}\n',
      env: { AUTH_AUTO_PROMOTE_FIRST_USER: 'true' },
      options: { shadowed: 'env', server: '1.8' },
      words: true,
    },
    [
      '1:8 auth.auto_promote_first_user moves, cut, insert, variable-wins: "true"',
      'shadow 1:8 auth.auto_promote_first_user (auth.auto_promote_first_user) by AUTH_AUTO_PROMOTE_FIRST_USER: env, today TMI_AUTH_AUTO_PROMOTE_FIRST_USER',
      "stop error legacy/shadowed config.yml:1:8 auth.auto_promote_first_user: auth.auto_promote_first_user was overridden by the variable AUTH_AUTO_PROMOTE_FIRST_USER, which cannot be taken: a Go server 1.8 reads the setting from its file only. Write its value into the file, or set TMI_AUTH_AUTO_PROMOTE_FIRST_USER to it; or take the file's value with --shadowed file.",
      'write auth.auto_promote_first_user "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'what no server takes cannot be taken',
    {
      file: 'auth: {jwt: {expiration_seconds: 600}}\n',
      env: { JWT_EXPIRATION_SECONDS: 'soon' },
      options: { shadowed: 'env' },
      words: true,
    },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "600"',
      '- session.timeout_minutes moves, kept, insert, derived: "10"',
      'shadow 1:14 auth.jwt.expiration_seconds (auth.jwt.expiration_seconds) by JWT_EXPIRATION_SECONDS: env, today TMI_JWT_EXPIRATION_SECONDS',
      "stop error legacy/shadowed config.yml:1:14 auth.jwt.expiration_seconds: auth.jwt.expiration_seconds was overridden by the variable JWT_EXPIRATION_SECONDS, which cannot be taken: no server takes such a value. Write its value into the file, or set TMI_JWT_EXPIRATION_SECONDS to it; or take the file's value with --shadowed file.",
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "600" int explicit',
      'write session.timeout_minutes "10" int seeded',
      'file {}\n',
    ],
  ],
  [
    'nor what is beyond a limit that is enforced',
    {
      file: 'auth: {jwt: {expiration_seconds: 600}}\n',
      env: { JWT_EXPIRATION_SECONDS: '0' },
      options: { shadowed: 'env' },
    },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "600"',
      '- session.timeout_minutes moves, kept, insert, derived: "10"',
      'shadow 1:14 auth.jwt.expiration_seconds (auth.jwt.expiration_seconds) by JWT_EXPIRATION_SECONDS: env, today TMI_JWT_EXPIRATION_SECONDS',
      'stop error legacy/shadowed config.yml:1:14 auth.jwt.expiration_seconds: auth.jwt.expiration_seconds was overridden by the variable JWT_EXPIRATION_SECONDS, which cannot be taken: no server takes such a value.',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "600" int explicit',
      'write session.timeout_minutes "10" int seeded',
      'file {}\n',
    ],
  ],
  [
    'what is only not documented can be taken',
    {
      file: 'websocket: {inactivity_timeout_seconds: 400}\n',
      env: { WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: '2' },
      options: { shadowed: 'env' },
    },
    [
      '1:13 websocket.inactivity_timeout_seconds moves, cut, insert, variable-wins: "2"',
      'shadow 1:13 websocket.inactivity_timeout_seconds (websocket.inactivity_timeout_seconds) by WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: env, today TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS',
      'note A Go server 1.8 reads these only from its file: websocket.inactivity_timeout_seconds. Use --server 1.8 to keep them there.',
      'write websocket.inactivity_timeout_seconds "2" int explicit',
      'file {}\n',
      'chosen websocket.inactivity_timeout_seconds "400" to "2"',
    ],
  ],
  [
    'another spelling of the same value agrees',
    {
      file: `auth: {jwt: {expiration_seconds: 600}, saml: {enabled: true}}
observability: {sampling_rate: 0.5}
`,
      env: { JWT_EXPIRATION_SECONDS: '0600', SAML_ENABLED: 'TRUE', OTEL_TRACING_SAMPLE_RATE: '0.50' },
    },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, new-row: "600"',
      '1:47 auth.saml.enabled (features.saml_enabled) moves, cut, insert, new-row: "true"',
      '2:17 observability.sampling_rate moves, cut, insert, new-row: "0.5"',
      '- session.timeout_minutes moves, kept, insert, derived: "10"',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds, observability.sampling_rate. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "600" int explicit',
      'write features.saml_enabled "true" bool explicit',
      'write observability.sampling_rate "0.5" float explicit',
      'write session.timeout_minutes "10" int seeded',
      'file {}\n',
    ],
  ],
  [
    'what follows from a setting follows what it says',
    {
      file: 'auth: {jwt: {expiration_seconds: 600}}\n',
      env: { JWT_EXPIRATION_SECONDS: '900' },
      options: { shadowed: 'env' },
    },
    [
      '1:14 auth.jwt.expiration_seconds moves, cut, insert, variable-wins: "900"',
      '- session.timeout_minutes moves, kept, insert, derived: "15"',
      'shadow 1:14 auth.jwt.expiration_seconds (auth.jwt.expiration_seconds) by JWT_EXPIRATION_SECONDS: env, today TMI_JWT_EXPIRATION_SECONDS',
      'note A Go server 1.8 reads these only from its file: auth.jwt.expiration_seconds. Use --server 1.8 to keep them there.',
      'write auth.jwt.expiration_seconds "900" int explicit',
      'write session.timeout_minutes "15" int seeded',
      'file {}\n',
      'chosen auth.jwt.expiration_seconds "600" to "900"',
      'chosen session.timeout_minutes "10" to "15"',
    ],
  ],
  [
    'of several names the first counts',
    {
      file: `server: {http_to_https_redirect: true}
logging: {level: warn}
`,
      env: { LOGGING_LEVEL: 'warn', TMI_LOGGING_LEVEL: 'error', TMI_TLS_HTTP_REDIRECT: 'false' },
    },
    [
      '1:10 server.http_to_https_redirect stays, kept, no row, bootstrap: "true"',
      '2:11 logging.level stays, kept, no row, bootstrap: "warn"',
      'shadow 1:10 server.http_to_https_redirect (server.http_to_https_redirect) by TMI_TLS_HTTP_REDIRECT: open, today TMI_SERVER_HTTP_TO_HTTPS_REDIRECT',
      'stop error legacy/shadowed config.yml:1:10 server.http_to_https_redirect: server.http_to_https_redirect was overridden by the variable TMI_TLS_HTTP_REDIRECT, which says otherwise; no server of today reads it.',
    ],
  ],
  [
    'a setting that servers read at start stays, and is stored as it says',
    {
      file: 'server: {base_url: "https://a.example"}\n',
      env: { SERVER_BASE_URL: 'https://b.example' },
      options: { shadowed: 'env' },
      words: true,
    },
    [
      '1:10 server.base_url stays, kept, insert, variable-wins: "https://b.example"',
      'shadow 1:10 server.base_url (server.base_url) by SERVER_BASE_URL: env, today TMI_SERVER_BASE_URL',
      'write server.base_url "https://b.example" string explicit',
      'chosen server.base_url "https://a.example" to "https://b.example"',
    ],
  ],
  [
    'a file that stays says nothing against a row that somebody set',
    {
      file: 'operator: {name: A}\n',
      env: { OPERATOR_NAME: 'B' },
      options: { shadowed: 'env', rewrites: false },
      words: true,
    },
    [
      '1:12 operator.name moves, kept, insert, variable-wins: "B"',
      'shadow 1:12 operator.name (operator.name) by OPERATOR_NAME: env, today TMI_OPERATOR_NAME',
      'write operator.name "B" string explicit',
      'chosen operator.name "A" to "B"',
    ],
  ],
  [
    'server 1.8 takes what it reads from rows alone',
    {
      file: `auth: {jwt: {expiration_seconds: 600}}
operator: {name: A}
`,
      env: { JWT_EXPIRATION_SECONDS: '900', OPERATOR_NAME: 'B' },
      options: { shadowed: 'env', server: '1.8' },
      words: true,
    },
    [
      '1:14 auth.jwt.expiration_seconds stays, kept, insert, variable-wins: "900"',
      '2:12 operator.name moves, cut, insert, variable-wins: "B"',
      '- session.timeout_minutes moves, kept, insert, derived: "15"',
      'shadow 1:14 auth.jwt.expiration_seconds (auth.jwt.expiration_seconds) by JWT_EXPIRATION_SECONDS: env, today TMI_JWT_EXPIRATION_SECONDS',
      'shadow 2:12 operator.name (operator.name) by OPERATOR_NAME: env, today TMI_OPERATOR_NAME',
      "stop error legacy/shadowed config.yml:1:14 auth.jwt.expiration_seconds: auth.jwt.expiration_seconds was overridden by the variable JWT_EXPIRATION_SECONDS, which cannot be taken: a Go server 1.8 reads the setting from its file only. Write its value into the file, or set TMI_JWT_EXPIRATION_SECONDS to it; or take the file's value with --shadowed file.",
      'write auth.jwt.expiration_seconds "900" int explicit',
      'write operator.name "B" string explicit',
      'write session.timeout_minutes "15" int seeded',
      'file auth: {jwt: {expiration_seconds: 600}}\n',
      'chosen operator.name "A" to "B"',
    ],
  ],
  [
    'of a provider the id, the secret and the switch are heard, stated or not',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, client_secret: "", name: N}}}}\n',
      env: {
        OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b',
        OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY',
        OAUTH_PROVIDERS_CORP_NAME: 'M',
        OAUTH_PROVIDERS_OTHER_CLIENT_ID: 'x',
      },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.client_secret removed, cut, no row, with-provider: "" secret',
      '1:68 auth.oauth.providers.corp.name moves, cut, insert, new-row: "N"',
      'shadow 1:35 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: open, today none',
      'shadow 1:35 auth.oauth.providers.corp.client_secret (auth.oauth.providers.corp.client_secret) by OAUTH_PROVIDERS_CORP_CLIENT_SECRET: open, today none',
      'stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.client_id: auth.oauth.providers.corp.client_id was overridden by the variable OAUTH_PROVIDERS_CORP_CLIENT_ID, which says otherwise; no server of today reads it.',
      'stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.client_secret: auth.oauth.providers.corp.client_secret was overridden by the variable OAUTH_PROVIDERS_CORP_CLIENT_SECRET, which says otherwise; no server of today reads it.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.name "N" string explicit',
      'file {}\n',
    ],
  ],
  [
    'what they say of a provider is stored with it',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, client_secret: "", name: N}}}}\n',
      env: {
        OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b',
        OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY',
        OAUTH_PROVIDERS_CORP_NAME: 'M',
      },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, variable-wins: "b"',
      '1:49 auth.oauth.providers.corp.client_secret removed, cut, no row, with-provider: "" secret',
      '1:68 auth.oauth.providers.corp.name moves, cut, insert, new-row: "N"',
      '- OAUTH_PROVIDERS_CORP_CLIENT_SECRET (auth.oauth.providers.corp.client_secret) moves, kept, insert, variable-wins: "********" secret',
      'shadow 1:35 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: env, today none',
      'shadow 1:35 auth.oauth.providers.corp.client_secret (auth.oauth.providers.corp.client_secret) by OAUTH_PROVIDERS_CORP_CLIENT_SECRET: env, today none',
      'write auth.oauth.providers.corp.client_id "b" string explicit',
      'write auth.oauth.providers.corp.name "N" string explicit',
      'write auth.oauth.providers.corp.client_secret "CANARY" string explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id "a" to "b"',
      'chosen auth.oauth.providers.corp.client_secret unset to "********"',
    ],
  ],
  [
    'a row settles nothing in a provider, whose rows its entry hides',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b' },
      rows: { 'auth.oauth.providers.corp.client_id': 'a' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id same, cut, unchanged, already-stored: "a"',
      'shadow 1:35 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: open, today none',
      'stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.client_id: auth.oauth.providers.corp.client_id was overridden by the variable OAUTH_PROVIDERS_CORP_CLIENT_ID, which says otherwise; no server of today reads it.',
      'file {}\n',
    ],
  ],
  [
    'a dash in an id is an underscore in the variable',
    {
      file: 'auth: {oauth: {providers: {my-corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_MY_CORP_CLIENT_ID: 'b' },
    },
    [
      '1:38 auth.oauth.providers.my-corp.client_id moves, cut, insert, new-row: "a"',
      'shadow 1:38 auth.oauth.providers.my-corp.client_id (auth.oauth.providers.my-corp.client_id) by OAUTH_PROVIDERS_MY_CORP_CLIENT_ID: open, today none',
      'stop error legacy/shadowed config.yml:1:38 auth.oauth.providers.my-corp.client_id: auth.oauth.providers.my-corp.client_id was overridden by the variable OAUTH_PROVIDERS_MY_CORP_CLIENT_ID, which says otherwise; no server of today reads it.',
      'write auth.oauth.providers.my-corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'providers of SAML had none',
    {
      file: 'auth: {saml: {providers: {okta: {name: N}}}}\n',
      env: { SAML_PROVIDERS_OKTA_ENABLED: '1', OAUTH_PROVIDERS_OKTA_CLIENT_ID: 'x' },
    },
    [
      '1:34 auth.saml.providers.okta.name moves, cut, insert, new-row: "N"',
      'write auth.saml.providers.okta.name "N" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a provider that stays whole is not asked about',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, name: "ENC:v1:x"}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b', OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY' },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id stays, kept, no row, with-unstorable: "a"',
      '1:49 auth.oauth.providers.corp.name stays, kept, no row, not-storable: no value',
      'note config.yml:1:49: auth.oauth.providers.corp.name is not valid: expected the value itself, and nothing that begins with ENC:v1:, as encrypted rows do.',
    ],
  ],
  [
    'one is on',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, enabled: true}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: '1' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      'note auth.oauth.providers.corp: The provider corp is enabled without authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'the switch of a provider can be said to be off',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, enabled: true}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'false' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      'shadow 1:49 auth.oauth.providers.corp.enabled (auth.oauth.providers.corp.enabled) by OAUTH_PROVIDERS_CORP_ENABLED: open, today none',
      'stop error legacy/shadowed config.yml:1:49 auth.oauth.providers.corp.enabled: auth.oauth.providers.corp.enabled was overridden by the variable OAUTH_PROVIDERS_CORP_ENABLED, which says otherwise; no server of today reads it.',
      'note auth.oauth.providers.corp: The provider corp is enabled without authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'file {}\n',
    ],
  ],
  [
    'the switch counts where the entry does not state it',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: '1' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      'shadow 1:35 auth.oauth.providers.corp.enabled (auth.oauth.providers.corp.enabled) by OAUTH_PROVIDERS_CORP_ENABLED: open, today none',
      'stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.enabled: auth.oauth.providers.corp.enabled was overridden by the variable OAUTH_PROVIDERS_CORP_ENABLED, which says otherwise; no server of today reads it.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a switch that is neither on nor off cannot be taken',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'maybe' },
      options: { shadowed: 'env' },
      words: true,
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      'shadow 1:35 auth.oauth.providers.corp.enabled (auth.oauth.providers.corp.enabled) by OAUTH_PROVIDERS_CORP_ENABLED: env, today none',
      "stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.enabled: auth.oauth.providers.corp.enabled was overridden by the variable OAUTH_PROVIDERS_CORP_ENABLED, which cannot be taken: no server takes such a value. Write its value into the file; or take the file's value with --shadowed file.",
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a provider that is not in the file is none',
    { file: 'operator: {name: A}\n', env: { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a provider that variables of today define is not asked about twice',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_ENABLED: 'true', OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      'shadow 1:35 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_ENABLED: open',
      'stop error legacy/shadowed config.yml:1:35 auth.oauth.providers.corp.client_id: auth.oauth.providers.corp.client_id is overridden by the variable OAUTH_PROVIDERS_CORP_ENABLED, which says otherwise.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a provider in a file that stays outranks what would be stored',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b' },
      options: { shadowed: 'env', rewrites: false },
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
    'a provider that waits for another choice stays, and so does what it hides',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, name: X}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY' },
      options: { shadowed: 'env' },
      rows: { 'auth.oauth.providers.corp.client_id': 'z' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id conflict, kept, unchanged, explicit-differs: "a" was "z"',
      '1:49 auth.oauth.providers.corp.name moves, cut, insert, new-row: "X"',
      '- OAUTH_PROVIDERS_CORP_CLIENT_SECRET (auth.oauth.providers.corp.client_secret) moves, kept, insert, variable-wins: "********" secret',
      'shadow 1:35 auth.oauth.providers.corp.client_secret (auth.oauth.providers.corp.client_secret) by OAUTH_PROVIDERS_CORP_CLIENT_SECRET: env, today none',
      'stop error legacy/shadowed config.yml auth.oauth.providers.corp.client_secret: auth.oauth.providers.corp.client_secret was overridden by the variable OAUTH_PROVIDERS_CORP_CLIENT_SECRET, which cannot be taken: the file keeps the setting, and outranks what is stored.',
      'stop error legacy/conflict config.yml:1:35 auth.oauth.providers.corp.client_id: auth.oauth.providers.corp.client_id is a here, but somebody set the row auth.oauth.providers.corp.client_id to z.',
      'write auth.oauth.providers.corp.name "X" string explicit',
      'write auth.oauth.providers.corp.client_secret "CANARY" string explicit',
      'file auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
    ],
  ],
  [
    'a provider that is kept in the database is kept over it',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, name: X}}}}\n',
      env: { OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY' },
      options: { shadowed: 'env', onConflict: 'keep' },
      rows: { 'auth.oauth.providers.corp.client_id': 'z' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id conflict, cut, unchanged, provider-kept: "a" was "z"',
      '1:49 auth.oauth.providers.corp.name conflict, cut, unchanged, provider-kept: "X"',
      '- OAUTH_PROVIDERS_CORP_CLIENT_SECRET (auth.oauth.providers.corp.client_secret) conflict, cut, unchanged, provider-kept: "********" secret',
      'shadow 1:35 auth.oauth.providers.corp.client_secret (auth.oauth.providers.corp.client_secret) by OAUTH_PROVIDERS_CORP_CLIENT_SECRET: env, today none',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id "a" to "z"',
      'chosen auth.oauth.providers.corp.name "X" to unset',
    ],
  ],
  [
    'a key under an older name is overridden too',
    { file: 'timmy: {embedding_model: m}\n', env: { TMI_TIMMY_EMBEDDING_MODEL: 'n' } },
    [
      '1:9 timmy.embedding_model (timmy.text_embedding_model) renamed, cut, insert, new-row: "m"',
      'shadow 1:9 timmy.embedding_model (timmy.text_embedding_model) by TMI_TIMMY_EMBEDDING_MODEL: open, today TMI_TIMMY_TEXT_EMBEDDING_MODEL',
      'stop error legacy/shadowed config.yml:1:9 timmy.text_embedding_model: timmy.embedding_model was overridden by the variable TMI_TIMMY_EMBEDDING_MODEL, which says otherwise; no server of today reads it.',
      'write timmy.text_embedding_model "m" string explicit',
      'file {}\n',
    ],
  ],
  [
    'no empty text is a number',
    {
      file: 'timmy: {embedding_model: m, retrieval_top_k: ""}\n',
      env: { TMI_TIMMY_EMBEDDING_MODEL: 'n', TMI_TIMMY_RETRIEVAL_TOP_K: '5' },
      options: { shadowed: 'env' },
    },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:29 timmy.text_retrieval_top_k: timmy.retrieval_top_k is not valid: expected a whole number, without quotes.',
    ],
  ],
  [
    'a number without a value is overridden',
    {
      file: 'timmy: {text_retrieval_top_k: }\n',
      env: { TMI_TIMMY_RETRIEVAL_TOP_K: '5' },
      options: { shadowed: 'env' },
    },
    [
      '1:9 timmy.text_retrieval_top_k moves, cut, insert, variable-wins: "5"',
      'shadow 1:9 timmy.text_retrieval_top_k (timmy.text_retrieval_top_k) by TMI_TIMMY_RETRIEVAL_TOP_K: env, today TMI_TIMMY_TEXT_RETRIEVAL_TOP_K',
      'write timmy.text_retrieval_top_k "5" int explicit',
      'file {}\n',
      'chosen timmy.text_retrieval_top_k "10" to "5"',
    ],
  ],
];

it.each(plans)('%s', (_, facts, sheet) => {
  expect(planSheet(facts)).toEqual(sheet);
});
