import { expect, it } from 'vitest';
import { resolvedSheet, type PlanFacts } from './plan-sheet.js';

// A reference in a secret that is stored: `it`, in the names below.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    'is stored as what it leads to',
    {
      file: 'timmy: {llm_api_key: "env://KEY"}\n',
      env: { KEY: 'CANARY' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:9 timmy.llm_api_key moves, cut, insert, new-row: "********" secret',
      'write timmy.llm_api_key sealed string explicit',
      'file {}\n',
    ],
  ],
  [
    'is the same as a row with what it leads to',
    {
      file: 'timmy: {llm_api_key: "env://KEY"}\n',
      env: { KEY: 'CANARY' },
      sealed: { 'timmy.llm_api_key': 'CANARY' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    ['1:9 timmy.llm_api_key same, cut, unchanged, already-stored: "********" secret', 'file {}\n'],
  ],
  [
    "takes effect under today's name where it stood under an older one",
    {
      file: 'timmy: {embedding_api_key: "env://KEY"}\n',
      env: { KEY: 'CANARY' },
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
    'stays where it leads to nothing',
    {
      file: `timmy: {llm_api_key: "vault://tmi/nothing?optional=true"}
operator: {name: O}
`,
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:9 timmy.llm_api_key stays, kept, no row, no-value: no value secret',
      '2:12 operator.name moves, cut, insert, new-row: "O"',
      'write operator.name sealed string explicit',
      'file timmy: {llm_api_key: "vault://tmi/nothing?optional=true"}\n',
    ],
  ],
  [
    'keeps its provider in the file where it leads to nothing',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, client_secret: "vault://tmi/nothing?optional=true"}}}}\n',
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      words: true,
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.client_secret stays, kept, no row, no-value: no value secret',
      'stop error legacy/provider-not-whole config.yml:1:49 auth.oauth.providers.corp.client_secret: auth.oauth.providers.corp.client_secret refers to nothing that could be stored, so the provider cannot leave the file whole. Take the line out. A part that stays in the file would hide the stored provider.',
      'write auth.oauth.providers.corp.client_id sealed string explicit',
      'file auth: {oauth: {providers: {corp: {client_secret: "vault://tmi/nothing?optional=true"}}}}\n',
    ],
  ],
  [
    'stops a run for its own provider, and for no other one',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a}, other: {client_secret: "vault://tmi/nothing?optional=true"}}}}\n',
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:58 auth.oauth.providers.other.client_secret stays, kept, no row, no-value: no value secret',
      'stop error legacy/provider-not-whole config.yml:1:58 auth.oauth.providers.other.client_secret: auth.oauth.providers.other.client_secret refers to nothing that could be stored, so the provider cannot leave the file whole.',
      'write auth.oauth.providers.corp.client_id sealed string explicit',
      'file auth: {oauth: {providers: {other: {client_secret: "vault://tmi/nothing?optional=true"}}}}\n',
    ],
  ],
  [
    'of a file that stays is stored as what it leads to',
    {
      file: 'timmy: {llm_api_key: "env://KEY"}\n',
      env: { KEY: 'CANARY' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { rewrites: false },
    },
    [
      '1:9 timmy.llm_api_key moves, kept, insert, new-row: "********" secret',
      'write timmy.llm_api_key sealed string explicit',
    ],
  ],
  [
    'of a content provider stays in the file of server 1.8',
    {
      file: 'content_oauth: {providers: {c: {client_id: a, client_secret: "env://KEY"}}}\n',
      env: { KEY: 'CANARY' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { server: '1.8' },
    },
    [
      '1:33 content_oauth.providers.c.client_id stays, kept, insert, server-reads-file: "a"',
      '1:47 content_oauth.providers.c.client_secret stays, kept, insert, server-reads-file: "********" secret',
      'write content_oauth.providers.c.client_id sealed string explicit',
      'write content_oauth.providers.c.client_secret sealed string explicit',
    ],
  ],
  [
    'that leads to what no row can hold stays there',
    {
      file: 'content_oauth: {providers: {c: {client_id: a, client_secret: "env://KEY"}}}\n',
      env: { KEY: 'ENC:v1:x' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { server: '1.8' },
    },
    [
      '1:33 content_oauth.providers.c.client_id stays, kept, no row, with-unstorable: "a"',
      '1:47 content_oauth.providers.c.client_secret stays, kept, no row, not-storable: no value secret',
      'note config.yml:1:47: What content_oauth.providers.c.client_secret refers to is not valid: expected the value itself, and nothing that begins with ENC:v1:, as encrypted rows do.',
    ],
  ],
  [
    'is no value to compare with an older variable',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, client_secret: "env://KEY"}}}}\n',
      env: { KEY: 'CANARY', OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.client_secret moves, cut, insert, new-row: "********" secret',
      'write auth.oauth.providers.corp.client_id sealed string explicit',
      'write auth.oauth.providers.corp.client_secret sealed string explicit',
      'file {}\n',
    ],
  ],
  [
    'that an older variable overrides gives way where that is chosen',
    {
      file: 'auth: {oauth: {providers: {corp: {client_id: a, client_secret: "env://KEY"}}}}\n',
      env: { KEY: 'CANARY-a', OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY-b' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      options: { shadowed: 'env' },
    },
    [
      '1:35 auth.oauth.providers.corp.client_id moves, cut, insert, new-row: "a"',
      '1:49 auth.oauth.providers.corp.client_secret moves, cut, insert, variable-wins: "********" secret',
      'shadow 1:49 auth.oauth.providers.corp.client_secret (auth.oauth.providers.corp.client_secret) by OAUTH_PROVIDERS_CORP_CLIENT_SECRET: env, today none',
      'write auth.oauth.providers.corp.client_id sealed string explicit',
      'write auth.oauth.providers.corp.client_secret sealed string explicit',
      'file {}\n',
      'chosen auth.oauth.providers.corp.client_secret "********" to "********"',
    ],
  ],
  [
    'beside a variable of today that leads to the same is none',
    {
      file: 'timmy: {llm_api_key: "env://KEY"}\n',
      env: { KEY: 'CANARY', OTHER: 'CANARY', TMI_TIMMY_LLM_API_KEY: 'env://OTHER' },
      key: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    },
    [
      '1:9 timmy.llm_api_key moves, cut, insert, new-row: "********" secret',
      'write timmy.llm_api_key sealed string explicit',
      'file {}\n',
    ],
  ],
];

it.each(plans)('%s', async (_, facts, sheet) => {
  expect(await resolvedSheet(facts)).toEqual(sheet);
});
