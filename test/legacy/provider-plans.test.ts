import { expect, it } from 'vitest';
import { planSheet, type PlanFacts } from './plan-sheet.js';

// What becomes of the providers of a file, whole or not at all, by what the database and the variables hold.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    'a content provider stays whole in the file of server 1.8, and its empty field with it',
    {
      file: 'content_oauth: {providers: {confluence: {enabled: true, client_id: a, icon: ""}}}\n',
      options: { server: '1.8' },
    },
    [
      '1:42 content_oauth.providers.confluence.enabled stays, kept, insert, server-reads-file: "true"',
      '1:57 content_oauth.providers.confluence.client_id stays, kept, insert, server-reads-file: "a"',
      '1:71 content_oauth.providers.confluence.icon stays, kept, no row, empty-text: ""',
      'write content_oauth.providers.confluence.enabled "true" bool explicit',
      'write content_oauth.providers.confluence.client_id "a" string explicit',
    ],
  ],
  [
    'a content provider moves as documented, and its empty field goes with it',
    { file: 'content_oauth: {providers: {confluence: {enabled: false, client_id: a, icon: ""}}}\n' },
    [
      '1:42 content_oauth.providers.confluence.enabled moves, cut, insert, new-row: "false"',
      '1:58 content_oauth.providers.confluence.client_id moves, cut, insert, new-row: "a"',
      '1:72 content_oauth.providers.confluence.icon removed, cut, no row, with-provider: ""',
      'note A Go server 1.8 reads these only from its file: content_oauth.providers.confluence.{client_id,enabled,icon}. Use --server 1.8 to keep them there.',
      'write content_oauth.providers.confluence.enabled "false" bool explicit',
      'write content_oauth.providers.confluence.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a login provider moves under server 1.8 too',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: false, client_id: a, icon: ""}}}}\n',
      options: { server: '1.8' },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "false"',
      '1:51 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:65 auth.oauth.providers.corp.icon removed, cut, no row, with-provider: ""',
      'write auth.oauth.providers.corp.enabled "false" bool explicit',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.id unset to "corp"',
    ],
  ],
  [
    'an id that no row can carry stays',
    {
      file: 'auth: {oauth: {providers: {Big_Corp: {enabled: false, client_id: a}}}}\n',
      rows: { 'auth.oauth.providers.Big_Corp.name': 'x' },
    },
    [
      '1:39 auth.oauth.providers.Big_Corp.enabled (no key) stays, kept, no row, provider-id: no value',
      '1:55 auth.oauth.providers.Big_Corp.client_id (no key) stays, kept, no row, provider-id: no value',
    ],
  ],
  [
    'such an entry does not keep another one from moving',
    { file: 'auth: {oauth: {providers: {_x: {client_id: a}, corp: {client_id: b}}}}\n' },
    [
      '1:33 auth.oauth.providers._x.client_id (no key) stays, kept, no row, provider-id: no value',
      '1:55 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "b"',
      'write auth.oauth.providers.corp.client_id "b" string explicit',
      'file auth: {oauth: {providers: {_x: {client_id: a}}}}\n',
    ],
  ],
  [
    'rows that say what the provider would say without them do not surface',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      rows: {
        'auth.oauth.providers.corp.id': 'corp',
        'auth.oauth.providers.corp.enabled': 'false',
        'auth.oauth.providers.corp.scopes': '[]',
        'auth.oauth.providers.corp.name': 'false',
      },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.name conflict, kept, unchanged, row-surfaces: no value was "false"',
      'stop error legacy/conflict auth.oauth.providers.corp.name: auth.oauth.providers.corp.name is in the database only and would take effect once the provider leaves the file.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a row with another id surfaces, and a flag that is on',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      rows: { 'auth.oauth.providers.corp.id': 'other', 'auth.oauth.providers.corp.enabled': 'true' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.enabled conflict, kept, unchanged, row-surfaces: no value was "true"',
      '- auth.oauth.providers.corp.id conflict, kept, unchanged, row-surfaces: no value was "other"',
      'stop error legacy/conflict auth.oauth.providers.corp.enabled: auth.oauth.providers.corp.enabled is in the database only and would take effect once the provider leaves the file.',
      'stop error legacy/conflict auth.oauth.providers.corp.id: auth.oauth.providers.corp.id is in the database only and would take effect once the provider leaves the file.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a flag of SAML that is off is no row that surfaces',
    {
      file: 'auth: {saml: {providers: {okta: {enabled: false, entity_id: e}}}}\n',
      rows: {
        'auth.saml.providers.okta.sign_requests': 'false',
        'auth.saml.providers.okta.force_authn': 'true',
      },
    },
    [
      '1:34 auth.saml.providers.okta.enabled moves, cut, insert, new-row: "false"',
      '1:50 auth.saml.providers.okta.entity_id moves, cut, insert, new-row: "e"',
      '- auth.saml.providers.okta.force_authn conflict, kept, unchanged, row-surfaces: no value was "true"',
      'stop error legacy/conflict auth.saml.providers.okta.force_authn: auth.saml.providers.okta.force_authn is in the database only and would take effect once the provider leaves the file.',
      'write auth.saml.providers.okta.enabled "false" bool explicit',
      'write auth.saml.providers.okta.entity_id "e" string explicit',
      'file {}\n',
    ],
  ],
  [
    'rows that nobody chose are removed',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      seeded: { 'auth.oauth.providers.corp.name': 'N', 'auth.oauth.providers.corp.icon': 'I' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.icon removed, kept, delete, row-unchosen: no value was "I"',
      '- auth.oauth.providers.corp.name removed, kept, delete, row-unchosen: no value was "N"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'delete auth.oauth.providers.corp.name',
      'delete auth.oauth.providers.corp.icon',
      'file {}\n',
    ],
  ],
  [
    'seeded rows that are off or that the file states are none to remove',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      seeded: {
        'auth.oauth.providers.corp.enabled': 'false',
        'auth.oauth.providers.corp.client_id': 'b',
        'auth.oauth.providers.corp.id': 'corp',
      },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, replace, replaces-seeded: "a" was "b"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'keeping the rows keeps those that nobody chose as well',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      seeded: { 'auth.oauth.providers.corp.name': 'N' },
      rows: { 'auth.oauth.providers.corp.icon': 'I' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id conflict, cut, unchanged, provider-kept: "a"',
      '- auth.oauth.providers.corp.icon conflict, kept, unchanged, provider-kept: no value was "I"',
      '- auth.oauth.providers.corp.name conflict, kept, unchanged, provider-kept: no value was "N"',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id "a" to unset',
      'chosen auth.oauth.providers.corp.icon unset to "I"',
      'chosen auth.oauth.providers.corp.name unset to "N"',
    ],
  ],
  [
    'rows that nobody chose are nothing to keep',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      seeded: { 'auth.oauth.providers.corp.name': 'N' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.name removed, kept, delete, row-unchosen: no value was "N"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'delete auth.oauth.providers.corp.name',
      'file {}\n',
    ],
  ],
  [
    'overwriting removes chosen rows and those that nobody chose, each for its reason',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      seeded: { 'auth.oauth.providers.corp.name': 'N' },
      rows: { 'auth.oauth.providers.corp.icon': 'I', 'auth.oauth.providers.corp.client_secret': 'CANARY' },
      options: { onConflict: 'overwrite' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.client_secret conflict, kept, delete, row-removed: no value was "********" secret',
      '- auth.oauth.providers.corp.icon conflict, kept, delete, row-removed: no value was "I"',
      '- auth.oauth.providers.corp.name removed, kept, delete, row-unchosen: no value was "N"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'delete auth.oauth.providers.corp.icon',
      'delete auth.oauth.providers.corp.client_secret',
      'delete auth.oauth.providers.corp.name',
      'file {}\n',
    ],
  ],
  [
    'rows of other providers are let be',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      rows: {
        'auth.oauth.providers.corp2.name': 'N',
        'auth.oauth.providers.cor.name': 'N',
        'auth.saml.providers.corp.name': 'N',
        'operator.name': 'O',
      },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'rows that cannot be read are removed, shown as a mask or as unknown',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}}}}\n',
      foreign: ['auth.oauth.providers.corp.client_secret', 'auth.oauth.providers.corp.name'],
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { onConflict: 'overwrite' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '- auth.oauth.providers.corp.client_secret conflict, kept, delete, row-removed: no value was "********" secret',
      '- auth.oauth.providers.corp.name conflict, kept, delete, row-removed: no value was "?"',
      'write auth.oauth.providers.corp.client_id sealed string explicit',
      'delete auth.oauth.providers.corp.client_secret',
      'delete auth.oauth.providers.corp.name',
      'file {}\n',
    ],
  ],
  [
    'one field in conflict keeps the whole provider of the database',
    {
      file: `auth: {oauth: {providers: {corp: {client_id: a, name: N}}}}
operator: {name: O}
`,
      rows: { 'auth.oauth.providers.corp.client_id': 'b' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id conflict, cut, unchanged, provider-kept: "a" was "b"',
      '1:49 auth.oauth.providers.corp.name conflict, cut, unchanged, provider-kept: "N"',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name "O" string explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id "a" to "b"',
      'chosen auth.oauth.providers.corp.name "N" to unset',
    ],
  ],
  [
    'what the database has too is called the same then',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, name: N}}}}\n',
      rows: { 'auth.oauth.providers.corp.client_id': 'b', 'auth.oauth.providers.corp.name': 'N' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id conflict, cut, unchanged, provider-kept: "a" was "b"',
      '1:49 auth.oauth.providers.corp.name same, cut, unchanged, already-stored: "N"',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id "a" to "b"',
    ],
  ],
  [
    'no field in conflict leaves nothing to keep',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, name: N}}}}\n',
      rows: { 'auth.oauth.providers.corp.client_id': 'a' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id same, cut, unchanged, already-stored: "a"',
      '1:49 auth.oauth.providers.corp.name moves, cut, insert, new-row: "N"',
      'write auth.oauth.providers.corp.name "N" string explicit',
      'file {}\n',
    ],
  ],
  [
    'a conflict in one provider does not keep another one',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}, other: {client_id: c}}}}\n',
      rows: { 'auth.oauth.providers.corp.client_id': 'b' },
      options: { onConflict: 'keep' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id conflict, cut, unchanged, provider-kept: "a" was "b"',
      '1:58 auth.oauth.providers.other.client_id moves, cut, insert, new-row: "c"',
      'write auth.oauth.providers.other.client_id "c" string explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_id "a" to "b"',
    ],
  ],
  [
    'variables that define the provider shadow each field that they do not agree with',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, client_id: a, name: N, icon: ""}}}}\n',
      env: {
        OAUTH_PROVIDERS_CORP_ENABLED: 'true',
        OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b',
        OAUTH_PROVIDERS_CORP_TOKEN_URL: 'https://t',
      },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:64 auth.oauth.providers.corp.name moves, cut, insert, new-row: "N"',
      '1:73 auth.oauth.providers.corp.icon removed, cut, no row, with-provider: ""',
      'shadow 1:50 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: open',
      'shadow 1:64 auth.oauth.providers.corp.name (auth.oauth.providers.corp.name) by OAUTH_PROVIDERS_CORP_ENABLED: open',
      'stop error legacy/shadowed config.yml:1:50 auth.oauth.providers.corp.client_id: auth.oauth.providers.corp.client_id is overridden by the variable OAUTH_PROVIDERS_CORP_CLIENT_ID, which says otherwise.',
      'stop error legacy/shadowed config.yml:1:64 auth.oauth.providers.corp.name: auth.oauth.providers.corp.name is overridden by the variable OAUTH_PROVIDERS_CORP_ENABLED, which says otherwise.',
      'note auth.oauth.providers.corp: The provider corp is enabled without authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.name "N" string explicit',
      'file {}\n',
    ],
  ],
  [
    'the file is stored where it is chosen over them',
    {
      file: 'auth: {oauth: {providers: {corp: {enabled: true, client_id: a, name: N}}}}\n',
      env: {
        OAUTH_PROVIDERS_CORP_ENABLED: 'true',
        OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b',
        OAUTH_PROVIDERS_CORP_TOKEN_URL: 'https://t',
      },
      options: { shadowed: 'file' },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, new-row: "true"',
      '1:50 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:64 auth.oauth.providers.corp.name moves, cut, insert, new-row: "N"',
      'shadow 1:50 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: file',
      'shadow 1:64 auth.oauth.providers.corp.name (auth.oauth.providers.corp.name) by OAUTH_PROVIDERS_CORP_ENABLED: file',
      'note auth.oauth.providers.corp: The provider corp is enabled without authorization_url, token_url, userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.name "N" string explicit',
      'file {}\n',
    ],
  ],
  [
    'their entry is stored where they are chosen, with fields that only they state',
    {
      file: `auth: {oauth: {providers: {corp: {enabled: false, client_id: a, accept_header: N, icon: ""}}}}
operator: {name: O}
`,
      env: {
        OAUTH_PROVIDERS_CORP_ENABLED: 'true',
        OAUTH_PROVIDERS_CORP_USERINFO_URL: 'https://u',
        OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b',
        OAUTH_PROVIDERS_CORP_TOKEN_URL: 'https://t',
        OAUTH_PROVIDERS_CORP_AUTHORIZATION_URL: 'https://a',
        OAUTH_PROVIDERS_OTHER_ENABLED: 'true',
        OAUTH_PROVIDERS_OTHER_CLIENT_ID: 'c',
        TMI_OPERATOR_CONTACT: 'x',
      },
      rows: {
        'auth.oauth.providers.corp.authorization_url': 'https://a',
        'auth.oauth.providers.corp.token_url': 'https://other',
      },
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.enabled moves, cut, insert, variable-wins: "true"',
      '1:51 auth.oauth.providers.corp.client_id moves, cut, insert, variable-wins: "b"',
      '1:65 auth.oauth.providers.corp.accept_header removed, cut, no row, variable-provider: "N"',
      '1:83 auth.oauth.providers.corp.icon removed, cut, no row, with-provider: ""',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      '- auth.oauth.providers.corp.token_url moves, kept, replace, variable-wins: "https://t" was "https://other"',
      '- auth.oauth.providers.corp.userinfo moves, kept, insert, variable-wins: "[{\\"url\\":\\"https://u\\"}]"',
      'shadow 1:35 auth.oauth.providers.corp.enabled (auth.oauth.providers.corp.enabled) by OAUTH_PROVIDERS_CORP_ENABLED: env',
      'shadow 1:51 auth.oauth.providers.corp.client_id (auth.oauth.providers.corp.client_id) by OAUTH_PROVIDERS_CORP_CLIENT_ID: env',
      'shadow 1:65 auth.oauth.providers.corp.accept_header (auth.oauth.providers.corp.accept_header) by OAUTH_PROVIDERS_CORP_ENABLED: env',
      'note auth.oauth.providers.corp: The provider corp is enabled without a subject_claim in userinfo. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.',
      'write auth.oauth.providers.corp.enabled "true" bool explicit',
      'write auth.oauth.providers.corp.client_id "b" string explicit',
      'write operator.name "O" string explicit',
      'write auth.oauth.providers.corp.token_url "https://t" string explicit',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\"}]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'a secret of theirs is stored, and masked',
    {
      file: 'auth: {saml: {providers: {okta: {enabled: true, entity_id: e, metadata_url: https://m}}}}\n',
      env: {
        SAML_PROVIDERS_OKTA_ENABLED: 'true',
        SAML_PROVIDERS_OKTA_ENTITY_ID: 'e',
        SAML_PROVIDERS_OKTA_METADATA_URL: 'https://m',
        SAML_PROVIDERS_OKTA_SP_PRIVATE_KEY: 'CANARY',
      },
      seeded: { 'auth.saml.providers.okta.sp_private_key': 'old' },
      options: { shadowed: 'env' },
    },
    [
      '1:34 auth.saml.providers.okta.enabled moves, cut, insert, new-row: "true"',
      '1:49 auth.saml.providers.okta.entity_id moves, cut, insert, new-row: "e"',
      '1:63 auth.saml.providers.okta.metadata_url moves, cut, insert, new-row: "https://m"',
      '- auth.saml.providers.okta.sp_private_key moves, kept, replace, variable-wins: "********" was "********" secret',
      'write auth.saml.providers.okta.enabled "true" bool explicit',
      'write auth.saml.providers.okta.entity_id "e" string explicit',
      'write auth.saml.providers.okta.metadata_url "https://m" string explicit',
      'write auth.saml.providers.okta.sp_private_key "CANARY" string explicit',
      'file {}\n',
    ],
  ],
  [
    'what is no field of a provider keeps it from leaving the file',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        client_secrte: x
        qqqqqqqqqqqqqqq: y
        icon: ~
        name: ""
      other:
        client_id: b
`,
      words: true,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.client_secrte (no key) unknown, kept, no row, unknown: no value nearest auth.oauth.providers.corp.client_secret',
      '7:9 auth.oauth.providers.corp.qqqqqqqqqqqqqqq (no key) unknown, kept, no row, unknown: no value',
      '8:9 auth.oauth.providers.corp.icon removed, cut, no row, with-provider: no value',
      '9:9 auth.oauth.providers.corp.name removed, cut, no row, with-provider: ""',
      '11:9 auth.oauth.providers.other.client_id moves, cut, insert, new-row: "b"',
      'stop error legacy/provider-not-whole config.yml:6:9 auth.oauth.providers.corp.client_secrte: auth.oauth.providers.corp.client_secrte is no field of a provider, so the provider cannot leave the file whole. Call it auth.oauth.providers.corp.client_secret if that is meant, or take the line out. A part that stays in the file would hide the stored provider.',
      'stop error legacy/provider-not-whole config.yml:7:9 auth.oauth.providers.corp.qqqqqqqqqqqqqqq: auth.oauth.providers.corp.qqqqqqqqqqqqqqq is no field of a provider, so the provider cannot leave the file whole. Take the line out. A part that stays in the file would hide the stored provider.',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.other.client_id "b" string explicit',
      `file auth:
  oauth:
    providers:
      corp:
        client_secrte: x
        qqqqqqqqqqqqqqq: y
`,
    ],
  ],
  [
    'a value that no server takes refuses the run',
    { file: 'auth: {oauth: {providers: {corp: {client_id: a, enabled: 17}}}}\n', words: true },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written. Correct them and run the command again.',
      'stop error config/invalid-value config.yml:1:49 auth.oauth.providers.corp.enabled: auth.oauth.providers.corp.enabled is not valid: expected true or false.',
    ],
  ],
  [
    'two of them are counted',
    { file: 'auth: {oauth: {providers: {corp: {client_id: a, name: [x], scopes: {a: b}}}}}\n' },
    [
      'error legacy/invalid-values: 2 values are not what any server accepts; nothing was written.',
      'stop error config/invalid-value config.yml:1:49 auth.oauth.providers.corp.name: auth.oauth.providers.corp.name is not valid: expected a single value, not a list.',
      'stop error config/invalid-value config.yml:1:60 auth.oauth.providers.corp.scopes: auth.oauth.providers.corp.scopes is not valid: expected a list of texts, such as ["https://tmi.example.com/*"].',
    ],
  ],
  [
    'a value that no row can hold keeps the provider whole in the file',
    {
      file: `auth: {oauth: {providers: {corp: {client_id: a, name: "ENC:v1:x"}}}}
operator: {name: O}
`,
    },
    [
      '1:35 auth.oauth.providers.corp.client_id stays, kept, no row, with-unstorable: "a"',
      '1:49 auth.oauth.providers.corp.name stays, kept, no row, not-storable: no value',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'note config.yml:1:49: auth.oauth.providers.corp.name is not valid: expected the value itself, and nothing that begins with ENC:v1:, as encrypted rows do.',
      'write operator.name "O" string explicit',
      'file auth: {oauth: {providers: {corp: {client_id: a, name: "ENC:v1:x"}}}}\n',
    ],
  ],
  [
    'older claims beside userinfo go with the provider, and mean nothing',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        userinfo: [{url: "https://u"}]
        userinfo_url: https://v
        email_claim: mail
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.userinfo moves, cut, insert, new-row: "[{\\"url\\":\\"https://u\\"}]"',
      '7:9 auth.oauth.providers.corp.userinfo_url (no key) removed, cut, no row, superseded: no value',
      '8:9 auth.oauth.providers.corp.email_claim (no key) removed, cut, no row, superseded: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\"}]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'older claims that say the same go as part of it',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        userinfo: [{url: "https://u", claims: {email_claim: mail}}]
        userinfo_url: https://u
        email_claim: mail
        name_claim: ~
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.userinfo moves, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]"',
      '7:9 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) moves, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]"',
      '8:9 auth.oauth.providers.corp.email_claim (auth.oauth.providers.corp.userinfo) moves, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]"',
      '9:9 auth.oauth.providers.corp.name_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\"}}]" json explicit',
      'file {}\n',
    ],
  ],
  [
    'claims without an address mean nothing',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        email_claim: mail
        name_claim: ""
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.email_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      '7:9 auth.oauth.providers.corp.name_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'an older address and its claims become userinfo',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        userinfo_url: https://u
        subject_claim: sub
        email_claim: mail
        name_claim: ""
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"subject_claim\\":\\"sub\\"}}]"',
      '7:9 auth.oauth.providers.corp.subject_claim (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"subject_claim\\":\\"sub\\"}}]"',
      '8:9 auth.oauth.providers.corp.email_claim (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"subject_claim\\":\\"sub\\"}}]"',
      '9:9 auth.oauth.providers.corp.name_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"subject_claim\\":\\"sub\\"}}]" json explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.userinfo unset to "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"subject_claim\\":\\"sub\\"}}]"',
    ],
  ],
  [
    'all three claims are taken',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        userinfo_url: https://u
        subject_claim: sub
        email_claim: mail
        name_claim: full
`,
    },
    [
      '5:9 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"name_claim\\":\\"full\\",\\"subject_claim\\":\\"sub\\"}}]"',
      '6:9 auth.oauth.providers.corp.subject_claim (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"name_claim\\":\\"full\\",\\"subject_claim\\":\\"sub\\"}}]"',
      '7:9 auth.oauth.providers.corp.email_claim (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"name_claim\\":\\"full\\",\\"subject_claim\\":\\"sub\\"}}]"',
      '8:9 auth.oauth.providers.corp.name_claim (auth.oauth.providers.corp.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"name_claim\\":\\"full\\",\\"subject_claim\\":\\"sub\\"}}]"',
      'write auth.oauth.providers.corp.userinfo "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"name_claim\\":\\"full\\",\\"subject_claim\\":\\"sub\\"}}]" json explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.userinfo unset to "[{\\"url\\":\\"https://u\\",\\"claims\\":{\\"email_claim\\":\\"mail\\",\\"name_claim\\":\\"full\\",\\"subject_claim\\":\\"sub\\"}}]"',
    ],
  ],
  [
    'an address that is a list is none',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        userinfo_url: [x]
        subject_claim: sub
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      '7:9 auth.oauth.providers.corp.subject_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'an address without a value is none',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        userinfo_url: ~
        subject_claim: sub
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      '7:9 auth.oauth.providers.corp.subject_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'an empty address is none, and a claim that is a list says nothing',
    {
      file: `auth:
  oauth:
    providers:
      corp:
        client_id: a
        userinfo_url: ""
        subject_claim: [sub]
`,
    },
    [
      '5:9 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '6:9 auth.oauth.providers.corp.userinfo_url (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      '7:9 auth.oauth.providers.corp.subject_claim (auth.oauth.providers.corp.userinfo) removed, cut, no row, with-provider: no value',
      'write auth.oauth.providers.corp.client_id "a" string explicit',
      'file {}\n',
    ],
  ],
  [
    'older addresses of several providers are not mixed',
    {
      file: `auth:
  oauth:
    providers:
      a: {userinfo_url: https://a}
      b: {userinfo_url: https://b, email_claim: e}
      _c: {userinfo_url: https://c}
`,
    },
    [
      '4:11 auth.oauth.providers.a.userinfo_url (auth.oauth.providers.a.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://a\\"}]"',
      '5:11 auth.oauth.providers.b.userinfo_url (auth.oauth.providers.b.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://b\\",\\"claims\\":{\\"email_claim\\":\\"e\\"}}]"',
      '5:36 auth.oauth.providers.b.email_claim (auth.oauth.providers.b.userinfo) renamed, cut, insert, new-row: "[{\\"url\\":\\"https://b\\",\\"claims\\":{\\"email_claim\\":\\"e\\"}}]"',
      '6:12 auth.oauth.providers._c.userinfo_url (no key) stays, kept, no row, incomplete: no value',
      'write auth.oauth.providers.a.userinfo "[{\\"url\\":\\"https://a\\"}]" json explicit',
      'write auth.oauth.providers.b.userinfo "[{\\"url\\":\\"https://b\\",\\"claims\\":{\\"email_claim\\":\\"e\\"}}]" json explicit',
      `file auth:
  oauth:
    providers:
      _c: {userinfo_url: https://c}
`,
      'chosen auth.oauth.providers.a.userinfo unset to "[{\\"url\\":\\"https://a\\"}]"',
      'chosen auth.oauth.providers.b.userinfo unset to "[{\\"url\\":\\"https://b\\",\\"claims\\":{\\"email_claim\\":\\"e\\"}}]"',
    ],
  ],
];

it.each(plans)('%s', (_, facts, sheet) => {
  expect(planSheet(facts)).toEqual(sheet);
});
