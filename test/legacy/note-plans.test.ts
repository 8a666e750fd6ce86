import { expect, it } from 'vitest';
import { planOf, type PlanFacts } from './plan-sheet.js';

// What a plan notes of what will stand after the import: rows, the file that is left, and variables over both.

const enabled = { OAUTH_PROVIDERS_CORP_ENABLED: 'true' };
const client = { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'c' };
const addresses = {
  OAUTH_PROVIDERS_CORP_AUTHORIZATION_URL: 'https://a',
  OAUTH_PROVIDERS_CORP_TOKEN_URL: 'https://t',
  OAUTH_PROVIDERS_CORP_USERINFO_URL: 'https://u',
  OAUTH_PROVIDERS_CORP_USERINFO_CLAIMS_SUBJECT_CLAIM: 'sub',
};
const whole = { ...enabled, ...client, ...addresses };

const userinfo = '[{"url":"https://u","claims":{"subject_claim":"sub"}}]';
const addressFields = `authorization_url: https://a, token_url: https://t, userinfo: ${userinfo}`;
const corp = (fields: string): string => `auth: {oauth: {providers: {corp: {${fields}}}}}\n`;
const wholeFile = corp(`enabled: true, client_id: c, ${addressFields}`);

const row = (field: string): string => `auth.oauth.providers.corp.${field}`;
const wholeRows = {
  [row('enabled')]: 'true',
  [row('client_id')]: 'd',
  [row('authorization_url')]: 'https://a',
  [row('token_url')]: 'https://t',
  [row('userinfo')]: userinfo,
};

const env = { shadowed: 'env' } as const;
const key = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

const incomplete: readonly (readonly [name: string, facts: PlanFacts, missing: string | undefined])[] = [
  ["the file's entry is judged", { file: corp(`enabled: true, ${addressFields}`) }, 'without client_id'],
  ['one that has all is not told of', { file: wholeFile }, undefined],
  ['nor one that is off', { file: corp('enabled: false') }, undefined],
  ['nor one that stays', { file: corp('enabled: true'), options: { rewrites: false } }, undefined],
  [
    "the variables' entry is what is stored where they were chosen",
    { file: corp('enabled: true, name: N'), env: whole, options: env },
    undefined,
  ],
  [
    'it is judged too',
    { file: wholeFile, env: { ...enabled, ...addresses }, options: env },
    'without client_id',
  ],
  [
    'they switch on what the file has off',
    { file: corp('enabled: false'), env: { ...enabled, ...addresses }, options: env },
    'without client_id',
  ],
  [
    "the file's entry is what is stored where it was chosen",
    { file: corp('enabled: true, name: N'), env: whole, options: { shadowed: 'file' } },
    'without client_id, authorization_url, token_url, userinfo',
  ],
  [
    'a field that a variable under an older name adds is stored as well',
    { file: corp(`enabled: true, ${addressFields}`), env: client, options: env },
    undefined,
  ],
  [
    "the database's entry is what stands where it is kept",
    { file: corp('enabled: true, client_id: c'), rows: wholeRows, options: { onConflict: 'keep' } },
    undefined,
  ],
  [
    'it is judged then, not the one of the file',
    {
      file: wholeFile,
      rows: { [row('enabled')]: 'true', [row('client_id')]: 'd' },
      options: { onConflict: 'keep' },
    },
    'without authorization_url, token_url, userinfo',
  ],
  [
    'a row that is kept and cannot be read may hold what is needed',
    {
      file: corp('enabled: true'),
      rows: { [row('enabled')]: 'true', [row('userinfo')]: userinfo, [row('token_url')]: 'https://t' },
      foreign: [row('client_id'), row('authorization_url')],
      sealed: { 'operator.name': 'O' },
      key,
      options: { onConflict: 'keep' },
    },
    undefined,
  ],
  [
    'a row that goes completes nothing',
    {
      file: corp(`enabled: true, ${addressFields}`),
      rows: { [row('client_id')]: 'd' },
      options: { onConflict: 'overwrite' },
    },
    'without client_id',
  ],
  [
    'nor one that waits for a choice',
    { file: corp(`enabled: true, ${addressFields}`), rows: { [row('client_id')]: 'd' } },
    'without client_id',
  ],
  [
    'nor one that goes and cannot be read',
    {
      file: corp(`enabled: true, ${addressFields}`),
      foreign: [row('client_id')],
      key,
      options: { onConflict: 'overwrite' },
    },
    'without client_id',
  ],
];

it.each(incomplete)('of a provider that is enabled: %s', (_, facts, missing) => {
  const found = planOf(facts).plan.notes.filter((note) => note.startsWith('auth.oauth.providers.corp: '));
  const start = 'auth.oauth.providers.corp: The provider corp is enabled ';
  expect(found.map((note) => note.slice(start.length).split('. ')[0])).toEqual(
    missing === undefined ? [] : [missing],
  );
});

const older18: readonly (readonly [name: string, file: string, keys: string | undefined])[] = [
  ["a key under today's name", 'observability: {enabled: true}\n', 'observability.enabled'],
  ['no key under an older name', 'telemetry: {enabled: true}\n', undefined],
  ['no empty list under an older name', 'timmy: {ssrf_allowlist: []}\n', undefined],
  [
    "today's name alone where an older one beside it says the same",
    'telemetry: {enabled: true}\nobservability: {enabled: true}\n',
    'observability.enabled',
  ],
  [
    'a field of a content provider',
    'content_oauth: {providers: {google_drive: {client_id: c}}}\n',
    'content_oauth.providers.google_drive.client_id',
  ],
  ['nothing that it reads from rows', 'operator: {name: O}\n', undefined],
];

it.each(older18)('names as read by a Go server 1.8 from its file only %s', (_, file, keys) => {
  const notes = planOf({ file }).plan.notes.filter((note) => note.startsWith('A Go server 1.8'));
  expect(notes).toEqual(
    keys === undefined
      ? []
      : [`A Go server 1.8 reads these only from its file: ${keys}. Use --server 1.8 to keep them there.`],
  );
});

it('names what is imported from variables, which such a server reads too', () => {
  expect(planOf({ env: { TMI_RATELIMIT_PUBLIC_RPM: '20' } }).plan.notes).toEqual([
    'A Go server 1.8 reads these only from file and environment: server.ratelimit_public_rpm. Keep their variables for it.',
  ]);
});

const unmarked = (path: string, variable: string): string =>
  `${path} holds the default, which a table without an origin column cannot mark as chosen: --shadowed file has no effect while ${variable} is set.`;

const topK = { file: 'timmy: {text_retrieval_top_k: 10}\n', env: { TMI_TIMMY_TEXT_RETRIEVAL_TOP_K: '9' } };
const topKNote = unmarked('timmy.text_retrieval_top_k', 'TMI_TIMMY_TEXT_RETRIEVAL_TOP_K');
const without = { hasOrigin: false };
const choice = { shadowed: 'file' } as const;

const defaults: readonly (readonly [name: string, facts: PlanFacts, notes: readonly string[]])[] = [
  ['a default chosen over a variable', { ...topK, table: without, options: choice }, [topKNote]],
  [
    'one that the table holds already',
    { ...topK, seeded: { 'timmy.text_retrieval_top_k': '10' }, table: without, options: choice },
    [topKNote],
  ],
  [
    'one under an older name, by that name',
    { ...topK, file: 'timmy: {retrieval_top_k: 10}\n', table: without, options: choice },
    [unmarked('timmy.retrieval_top_k', 'TMI_TIMMY_TEXT_RETRIEVAL_TOP_K')],
  ],
  ['not where the variable was chosen', { ...topK, table: without, options: env }, []],
  ['not while nothing was chosen', { ...topK, table: without }, []],
  ['not where the table can mark it', { ...topK, options: choice }, []],
  [
    'not where the table is yet to be made',
    { ...topK, table: { exists: false, hasOrigin: false }, options: choice },
    [],
  ],
  [
    'not another value, which counts as chosen',
    { ...topK, file: 'timmy: {text_retrieval_top_k: 11}\n', table: without, options: choice },
    [],
  ],
  [
    'not where a server 1.8 asks the variable first whatever is marked',
    {
      file: 'auth: {jwt: {expiration_seconds: 3600}}\n',
      env: { TMI_JWT_EXPIRATION_SECONDS: '7200' },
      table: without,
      options: { ...choice, server: '1.8' },
    },
    [],
  ],
];

it.each(defaults)('says what a table without origins cannot mark: %s', (_, facts, notes) => {
  expect(planOf(facts).plan.notes.filter((note) => note.includes('holds the default'))).toEqual(notes);
});
