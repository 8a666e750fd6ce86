import { describe, expect, it } from 'vitest';
import { legacyPaths, settingByPath } from '../../src/registry/index.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';
import { plain, snapshot } from './sample.js';

const head = 'auth: {build_mode: test}\n';
const create = (text: string): Promise<Workspace> => Workspace.create('sqlite', head + text);
const later = { now: new Date('2027-01-01T00:00:00Z') };

/** Imports, expects success, and expects a second run to change nothing. */
async function importTwice(w: Workspace, args: readonly string[] = []): Promise<string> {
  const all = [...plain, '--database-url', w.url, '--other-database', ...args];
  const first = await w.import(all);
  expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
  const after = await snapshot(w);
  const second = await w.import(all, later);
  expect({ code: second.code, err: second.err }).toEqual({ code: 0, err: '' });
  expect(second.out).toContain('Nothing to do');
  expect(await snapshot(w)).toEqual(after);
  return first.out;
}

it('puts database.url in the place of database.postgres', async () => {
  const w = await create(`database:
  # where the data is
  postgres:
    host: db.example.com # primary
    port: 5433
    user: tmi@first
    password: "p/w:d'x"
    database: tmi
    sslmode: require
  redis: {host: r}
`);
  const out = await importTwice(w);
  expect(out).not.toContain("p/w:d'x");
  expect(out).not.toContain('p%2Fw');
  // What no secret is stays to be read, in the plan as in the diff.
  expect(out).toMatch(/renamed +database\.postgres\.host +db\.example\.com +kept/);
  expect(out).toMatch(/renamed +database\.postgres\.port +5433 +kept/);
  expect(out).toMatch(/renamed +database\.postgres\.user +tmi@first +kept/);
  expect(out).toMatch(/renamed +database\.postgres\.password +\*{8} +kept/);
  expect(w.text()).toBe(`${head}database:
  url: postgres://tmi%40first:p%2Fw%3Ad%27x@db.example.com:5433/tmi?sslmode=require
  redis: {host: r}
`);
  expect(await w.values()).toEqual({});
  const undone = await w.run(['import-legacy', '--undo', w.receipt(), '--database-url', w.url]);
  expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
  expect(w.text()).toContain('password: "p/w:d\'x"');
});

it('takes the database of the old block when nothing else names one', async () => {
  const w = await create(
    'database: {postgres: {host: 127.0.0.1, port: 1, user: u, password: CANARY, database: d}}\n',
  );
  const { code, err } = await w.import(plain);
  expect(code).toBe(6);
  expect(err).toContain('127.0.0.1');
  expect(err).not.toContain('CANARY');
});

it.each([
  ['a URL beside it', 'database: {url: "postgres://u@h/d", postgres: {host: h, database: d}}\n'],
  ['no host', 'database: {postgres: {database: d, port: 5432}}\n'],
  ['a reference', 'database: {postgres: {host: h, database: d, password: "vault://db"}}\n'],
])('leaves database.postgres alone with %s', async (_, text) => {
  const w = await create(text);
  await importTwice(w);
  expect(w.text()).toBe(head + text);
});

it('leaves the file alone with --no-rewrite, whatever could be renamed in it', async () => {
  const w = await create('database: {postgres: {host: h, database: d}}\ntelemetry: {enabled: true}\n');
  const before = w.text();
  await importTwice(w, ['--no-rewrite']);
  expect(w.text()).toBe(before);
  expect(await w.values()).toEqual({ 'observability.enabled': 'true' });
});

const earlier = `secrets:
  provider: env
  aws: {region: eu-central-1, secret_name: prod/tmi}
saml:
  enabled: true
  providers:
    okta: {enabled: true, entity_id: urn:tmi, metadata_xml: "<a/>"}
telemetry:
  enabled: true
  service_name: tmi
  tracing: {sample_rate: 0.50, endpoint: http://otel}
admin:
  enabled: true
  session: {timeout_minutes: 480}
  users: {auto_promote_first: true}
timmy:
  embedding_model: small
  retrieval_top_k: 12
  ssrf_allowlist: [a.example.com, b.example.com]
`;

it.each([
  ['one that becomes two', '"b,c"', 4, 23],
  ['an empty one', '""', 4, 23],
  ['a blank one', '" "', 4, 23],
  ['none', '~', 4, 23],
  ['a list', '[b]', 4, 23],
  ['one with a character that no engine keeps', '"b\\0"', 4, 23],
])('refuses a list that is stored as text with %s among its items', async (_, item, line, column) => {
  const w = await create(`operator: {name: A}\ntimmy:\n  ssrf_allowlist: [a, ${item}, d]\n`);
  const before = w.text();
  const { code, err } = await w.import([...plain, '--database-url', w.url]);
  expect(code).toBe(3);
  expect(err).toContain(`config.yml:${line}:${column}: timmy.ssrf_allowlist holds an item that is not valid`);
  expect(w.text()).toBe(before);
  expect(w.files()).toEqual(['config.yml']);
});

it('refuses a list for any other text', async () => {
  const w = await create('timmy:\n  embedding_model: [small]\n');
  const { code, err } = await w.import([...plain, '--database-url', w.url]);
  expect(code).toBe(3);
  expect(err).toContain(
    'config.yml:3:3: timmy.embedding_model is not valid: expected a single value, not a list',
  );
});

const documentedRest = `telemetry:
  service_name: tmi
  tracing: {endpoint: http://otel}
admin:
  enabled: true
  session: {timeout_minutes: 480}
`;
// What server 1.8 reads only from its file stays there, as it does under today's names.
const server18Rest = `telemetry:
  enabled: true
  service_name: tmi
  tracing: {sample_rate: 0.50, endpoint: http://otel}
admin:
  enabled: true
  session: {timeout_minutes: 480}
  users: {auto_promote_first: true}
timmy:
  ssrf_allowlist: [a.example.com, b.example.com]
`;

it.each([
  ['documented', documentedRest],
  ['1.8', server18Rest],
])('moves what has a meaning today for a server %s', async (server, rest) => {
  const w = await create(`${earlier}  llm_model: x\nx: {providers: {}}\n`);
  const out = await importTwice(w, ['--server', server, '--shadowed', 'file']);
  expect(await w.values()).toEqual({
    'features.saml_enabled': 'true',
    'auth.saml.providers.okta.enabled': 'true',
    'auth.saml.providers.okta.entity_id': 'urn:tmi',
    'auth.saml.providers.okta.metadata_xml': '<a/>',
    'observability.enabled': 'true',
    'observability.sampling_rate': '0.5',
    'auth.auto_promote_first_user': 'true',
    'timmy.text_embedding_model': 'small',
    'timmy.text_retrieval_top_k': '12',
    'ssrf.timmy.allowlist': 'a.example.com,b.example.com',
    'timmy.llm_model': 'x',
  });
  expect(w.text()).toBe(`${head}secrets:
  provider: env
  aws_region: eu-central-1
  aws_secret_name: prod/tmi
${rest}x: {providers: {}}
`);
  expect(out).toMatch(/renamed +saml\.enabled/);
  expect(out).toMatch(/renamed +telemetry\.enabled/);
  expect(out).toMatch(/stays +admin\.session\.timeout_minutes.*obsolete/);
});

describe('the switch of a block that no server has read', () => {
  const text = 'saml: {enabled: true} # off in truth\noperator: {name: A}\n';

  it('is a question with its place and both answers, and nothing is written', async () => {
    const w = await create(text);
    const before = await snapshot(w);
    const { code, err } = await w.import([...plain, '--database-url', w.url, '--other-database']);
    expect(code).toBe(3);
    expect(err).toContain('config.yml:2:8: saml.enabled was read by no server');
    expect(err).toMatch(/--shadowed file .*--shadowed env /);
    expect(await snapshot(w)).toEqual(before);
  });

  it('is taken at its word with --shadowed file', async () => {
    const w = await create(text);
    await importTwice(w, ['--shadowed', 'file']);
    expect(await w.values()).toEqual({ 'features.saml_enabled': 'true', 'operator.name': 'A' });
  });

  it('stays what servers use with --shadowed env, which cuts the dead key', async () => {
    const w = await create(text);
    const out = await importTwice(w, ['--shadowed', 'env']);
    expect(out).toMatch(/removed +saml\.enabled .*no server ever read it/);
    expect(await w.values()).toEqual({ 'operator.name': 'A' });
    expect(w.text()).not.toContain('saml');
  });

  it('leaves the file alone with --no-rewrite', async () => {
    const w = await create(text);
    await importTwice(w, ['--shadowed', 'env', '--no-rewrite']);
    expect(w.text()).toBe(head + text);
  });

  it.each([['it says what servers use anyway', 'saml: {enabled: false}\n']])(
    'is no question where %s',
    async (_, quiet) => {
      await importTwice(await create(quiet));
    },
  );
});

it('puts the userinfo of an old provider together', async () => {
  const w = await create(`#
content_oauth: {}
`);
  w.write(`auth:
  build_mode: test
  oauth:
    providers:
      google:
        client_id: x
        userinfo_url: https://u.example.com
        subject_claim: sub
        email_claim: ""
        name_claim: name
`);
  await importTwice(w);
  expect(await w.values()).toEqual({
    'auth.oauth.providers.google.client_id': 'x',
    'auth.oauth.providers.google.userinfo':
      '[{"url":"https://u.example.com","claims":{"name_claim":"name","subject_claim":"sub"}}]',
  });
  // The empty claim goes with its provider: a remnant would hide what was stored.
  expect(w.text()).toBe('auth:\n  build_mode: test\n');
});

it("cuts an older name beside today's when they agree, and leaves it when they do not", async () => {
  const w = await create(`timmy:
  text_embedding_model: large
  embedding_model: large # the same
  text_retrieval_top_k: 10
  retrieval_top_k: 99
`);
  await importTwice(w, ['--on-conflict', 'overwrite']);
  expect(await w.values()).toEqual({
    'timmy.text_embedding_model': 'large',
    'timmy.text_retrieval_top_k': '10',
  });
  expect(w.text()).toBe(`${head}timmy:\n  retrieval_top_k: 99\n`);
});

it("leaves the block of an earlier release when today's block has the same provider", async () => {
  const w = await create('');
  w.write(`auth:
  build_mode: test
  saml:
    providers:
      okta: {entity_id: new}
saml:
  providers:
    okta: {entity_id: old, name: Okta}
`);
  await importTwice(w);
  expect(await w.values()).toEqual({ 'auth.saml.providers.okta.entity_id': 'new' });
  expect(w.text()).toContain('    okta: {entity_id: old, name: Okta}\n');
});

it('lets a row that somebody set outrank a name that no server reads', async () => {
  const w = await create('timmy: {retrieval_top_k: 99}\n');
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, {
    key: 'timmy.text_retrieval_top_k',
    value: '5',
    type: 'int',
    origin: 'explicit',
  });
  expect(await importTwice(w)).toMatch(/stays +timmy\.retrieval_top_k/);
  expect(await w.values()).toEqual({ 'timmy.text_retrieval_top_k': '5' });
});

/** Every older name with its name of today, a value for each that the other does not have, and whether it is a default. */
const pairs = legacyPaths.flatMap(({ old, now, kind }) => {
  const setting = now === null ? undefined : settingByPath(now);
  if (kind !== 'renamed' || !setting || setting.databaseKey === null || setting.alsoStored) return [];
  const values = { bool: ['true', 'false'], int: ['7', '9'], float: ['0.5', '0.25'] }[setting.type as 'bool'];
  const texts = [setting.default, ...(values ?? ['one', 'two'])].filter((text) => text);
  const [today, other] = [...new Set(texts)] as [string, string];
  return [{ old, now: now as string, key: setting.databaseKey, today, other }];
});

/** `a.b.c: v` in the nested form, on one line. */
const nested = (path: string, value: string): string =>
  `${path.split('.').join(': {')}: ${JSON.stringify(value)}`.replace(/"(true|false|[\d.]+)"/, '$1') +
  '}'.repeat(path.split('.').length - 1);

describe.each([true, false])('a table with the column origin: %s', (origin) => {
  it.each(pairs)('never lets $old beside $now come to life', async ({ old, now, key, today, other }) => {
    const [block, ...rest] = now.split('.');
    const [oldBlock, ...oldRest] = old.split('.');
    const text =
      block === oldBlock
        ? `${block}: {${nested(rest.join('.'), today)}, ${nested(oldRest.join('.'), other)}}\n`
        : `${nested(now, today)}\n${nested(old, other)}\n`;
    const w = await Workspace.create(
      'sqlite',
      block === 'auth' ? text.replace('auth: {', 'auth: {build_mode: test, ') : head + text,
    );
    await createServerTable('sqlite', w.url, { origin });
    await importTwice(w);
    expect(await w.values()).toEqual({ [key]: today });
    expect(w.text()).toContain(other);
  });
});

it('takes an older name that stands alone where the table holds no more than the default', async () => {
  const w = await create('telemetry: {enabled: true}\n');
  await createServerTable('sqlite', w.url, { origin: false });
  await insertRow('sqlite', w.url, { key: 'observability.enabled', value: 'false', type: 'bool' });
  expect(await importTwice(w)).toMatch(/renamed +telemetry\.enabled/);
  expect(await w.values()).toEqual({ 'observability.enabled': 'true' });
  expect(w.text()).not.toContain('telemetry');
});

it('lets a provider that the database has outrank one of its name in a block that no server reads', async () => {
  const w = await create('saml: {providers: {okta: {entity_id: a, name: Okta, icon: i}}}\n');
  await createServerTable('sqlite', w.url, { origin: true });
  const entry = 'auth.saml.providers.okta';
  await insertRow('sqlite', w.url, { key: `${entry}.entity_id`, value: 'a', origin: 'explicit' });
  await insertRow('sqlite', w.url, { key: `${entry}.name`, value: 'Other', origin: 'explicit' });
  const before = await w.values();
  await importTwice(w);
  expect(await w.values()).toEqual(before);
  expect(w.text()).toBe(`${head}saml: {providers: {okta: {name: Okta, icon: i}}}\n`);
});

it("points at the administrator of an earlier release, and names today's fields", async () => {
  const w = await create('administrators:\n  - {subject: ann@example.com, subject_type: user}\n');
  const out = await importTwice(w);
  expect(out).toMatch(/note: config\.yml:3:\d+: administrators .*provider_id or email/);
  expect(await w.values()).toEqual({});
});

it.each(['saml:\n  providers:\n', 'saml: {providers: {}}\n', 'saml: ~\n'])(
  'knows an older block that holds nothing: %j',
  async (block) => {
    const w = await create(block);
    const run = await w.import(['--dry-run', '--database-url', w.url, ...plain]);
    expect(run.code, run.err).toBe(0);
    expect(run.out).toMatch(
      /stays +saml(?:\.providers)? +an older name, and it holds nothing; delete the line/,
    );
    expect(run.out).not.toContain('no such setting');
  },
);
