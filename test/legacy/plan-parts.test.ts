import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { composePostgresUrl, expectedOfPart } from '../../src/legacy/compose-url.js';
import { assertOurs, findEvidence } from '../../src/legacy/evidence.js';
import { formerVariableNotes } from '../../src/legacy/notes.js';
import { addressShadows, overridingPartsOf, refuseUnclearAddress } from '../../src/legacy/older-address.js';
import { olderVariablesOf } from '../../src/legacy/older-variables.js';
import { keysOnlyStored } from '../../src/legacy/stated-keys.js';
import { failure, thrown } from '../support/errors.js';
import { planOf } from './plan-sheet.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('keys that are only stored', () => {
  type Asked = Parameters<typeof keysOnlyStored>;
  const change = (key: string, origin?: string) => ({ key, after: origin === undefined ? null : { origin } });
  const stored = (text: string, ...changes: ReturnType<typeof change>[]): string[] =>
    keysOnlyStored(
      { changes } as unknown as Asked[0],
      { name: 'config.yml', bytes: bytes(text) } as unknown as Asked[1],
    );

  it.each([
    [
      'one that somebody stored and no key states',
      'a: 1\n',
      [change('operator.name', 'explicit')],
      ['operator.name'],
    ],
    ['not one that the file states', 'operator: {name: O}\n', [change('operator.name', 'explicit')], []],
    [
      'nor under an older name',
      'timmy: {retrieval_top_k: 5}\n',
      [change('timmy.text_retrieval_top_k', 'explicit')],
      [],
    ],
    [
      'whatever case the database gives a key',
      'operator: {name: O}\n',
      [change('Operator.Name', 'explicit')],
      [],
    ],
    ['not one that nobody chose', 'a: 1\n', [change('session.timeout_minutes', 'seeded')], []],
    ['not one that was deleted', 'a: 1\n', [change('operator.name')], []],
    [
      'each of several',
      'operator: {name: O}\n',
      [
        change('operator.name', 'explicit'),
        change('timmy.llm_model', 'explicit'),
        change('Timmy.Enabled', 'explicit'),
      ],
      ['timmy.llm_model', 'Timmy.Enabled'],
    ],
  ])('are: %s', (_, text, changes, keys) => expect(stored(text, ...changes)).toEqual(keys));
});

describe('the address of a database that is not clear', () => {
  const block = 'database:\n  postgres:\n    host: h\n    database: d\n';
  const shadows = (text: string, env: Record<string, string>, choice?: 'file' | 'env') =>
    addressShadows(parseYaml(bytes(text), 'config.yml'), olderVariablesOf(env), readEnvironment(env), choice);

  it('refuses a run before it connects, and names each variable', () => {
    const open = shadows(block, { POSTGRES_HOST: 'x', DB_PORT: '1' });
    expect(thrown(() => refuseUnclearAddress(open, 'config.yml'))).toMatchObject({
      code: 'legacy/shadowed',
      message:
        "Variables under older names override the file's address of the database; nothing was read or written",
      diagnostics: [
        {
          message:
            'database.postgres.host was overridden by the variable POSTGRES_HOST, which says otherwise; no server of today reads it',
          file: 'config.yml',
          position: { line: 3, column: 5 },
        },
        {
          message: expect.stringContaining(
            'database.postgres.port was overridden by the variable DB_PORT',
          ) as string,
        },
      ],
    });
  });

  it('is clear once somebody has chosen, or without such a variable', () => {
    for (const choice of ['file', 'env'] as const)
      refuseUnclearAddress(shadows(block, { POSTGRES_HOST: 'x' }, choice), 'config.yml');
    refuseUnclearAddress(shadows(block, { POSTGRES_HOST: 'h' }), 'config.yml');
    const [open, chosen] = [shadows(block, { DB_HOST: 'x' }), shadows(block, { DB_NAME: 'x' }, 'file')];
    const error = thrown(() => refuseUnclearAddress([...chosen, ...open], 'config.yml'));
    expect(error.diagnostics).toHaveLength(1);
  });

  it.each([
    ['without a block', 'operator: {name: O}\n', { POSTGRES_HOST: 'x' }],
    ['beside a URL', `${block}  url: postgres://h/d\n`, { POSTGRES_HOST: 'x' }],
    ['beside a URL alone in its file', 'database: {url: postgres://h/d}\n', { POSTGRES_HOST: 'x' }],
    ['beside a variable with a URL', block, { POSTGRES_HOST: 'x', TMI_DATABASE_URL: 'postgres://h/d' }],
    [
      'with a block that makes no address either way',
      'database: {postgres: {port: 1}}\n',
      { POSTGRES_HOST: 'x' },
    ],
    [
      'with a block of which an older release knew nothing',
      'database: {postgresql: {host: h}}\n',
      { POSTGRES_HOST: 'x', POSTGRES_DATABASE: 'd' },
    ],
  ])('is nothing to ask about %s', (_, text, env) =>
    expect(shadows(text, env as Record<string, string>)).toEqual([]),
  );

  it('is the first variable of each part that is set', () => {
    const env = {
      DB_HOST: 'b',
      TMI_DATABASE_POSTGRES_HOST: 'c',
      POSTGRES_PORT: '',
      DB_PORT: '2',
      DB_SOMETHING: 'x',
    };
    expect([...overridingPartsOf(env)]).toEqual([
      ['host', { variable: 'DB_HOST', text: 'b' }],
      ['port', { variable: 'DB_PORT', text: '2' }],
    ]);
  });
});

describe('parts of an address', () => {
  it.each([
    ['host', '[::1]'],
    ['host', '::1'],
    ['host', 'fe80::1%eth0'],
    ['host', 'db-1.example_2'],
    ['port', '1'],
    ['port', '65535'],
    ['port', '00080'],
    ['sslmode', 'verify-full'],
    ['user', 'a b'],
  ] as const)('are good: %s %s', (name, text) => expect(expectedOfPart(name, text)).toBeUndefined());

  it.each([
    ['host', 'a[::1]', 'a host name or address'],
    ['host', '[::1]a', 'a host name or address'],
    ['host', '[db]', 'a host name or address'],
    ['host', '-\n', 'a host name or address'],
    ['port', '1e3', 'a number from 1 to 65535'],
    ['port', '080000', 'a number from 1 to 65535'],
    ['port', '65536', 'a number from 1 to 65535'],
    ['port', '0', 'a number from 1 to 65535'],
    ['sslmode', 'Require', 'one of disable, allow, prefer, require, verify-ca, verify-full'],
  ] as const)('are not: %s %j', (name, text, expected) => expect(expectedOfPart(name, text)).toBe(expected));

  it('are encoded where they could end one another early', () => {
    expect(
      composePostgresUrl({ host: 'fe80::1%eth0', database: "d!'()*/", user: '@:', password: '?#*' }),
    ).toBe('postgres://%40%3A:%3F%23%2A@[fe80::1%25eth0]/d%21%27%28%29%2A%2F');
  });
});

describe('whose a file is', () => {
  it('is said by the name of the account', async () => {
    const accounts = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
    const [name = '', , uid] = accounts.find(([, , id]) => Number(id) > 0) ?? [];
    const error = await failure(assertOurs({ uid: Number(uid) }, 4_000_000, 'r.json', 'import-legacy'));
    expect(error).toMatchObject({
      message: `r.json belongs to the user ${name}, who could have written anything into it`,
      hint: `Nothing was changed. Run the command as that user: sudo -u ${name} tmi-dbtool import-legacy`,
    });
  });

  it('is asked of a file itself, and of no link', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-evidence-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'r.json');
    writeFileSync(file, '{}');
    symlinkSync(file, path.join(folder, 'link.json'));
    expect(await findEvidence(file)).toEqual({ bytes: bytes('{}'), uid: process.getuid?.() });
    for (const other of ['link.json', 'none.json', '.'])
      expect(await findEvidence(path.join(folder, other))).toBeUndefined();
  });
});

it('names variables of earlier releases by what they are called today, and no others', () => {
  expect(formerVariableNotes(['OPERATOR_NAME', 'TMI_OPERATOR_NAME', 'HOME', 'JWT_SECRET'])).toEqual([
    'OPERATOR_NAME is set but no server reads it: today it is called TMI_OPERATOR_NAME.',
    'JWT_SECRET is set but no server reads it: today it is called TMI_JWT_SECRET.',
  ]);
});

describe('a plan', () => {
  const about = { file: 'auth: {jwt: {expiration_seconds: 600}}\nlogging: {level: info}\n' };

  it('says what a server of the other model would use', () => {
    const moved = planOf(about).plan;
    expect([moved.source, moved.other]).toEqual([
      'file',
      {
        server: '1.8',
        differences: [
          { key: 'auth.jwt.expiration_seconds', before: '600', after: '3600' },
          { key: 'session.timeout_minutes', before: '10', after: '60' },
        ],
      },
    ]);
    const kept = planOf({ ...about, options: { server: '1.8' } }).plan;
    expect(kept.other).toEqual({ server: 'documented', differences: [] });
    const open = planOf({ ...about, rows: { 'auth.jwt.expiration_seconds': '700' } }).plan;
    expect([open.other, open.proof]).toEqual([undefined, undefined]);
    expect(planOf({ env: { TMI_OPERATOR_NAME: 'O' } }).plan.source).toBe('environment');
  });

  it('is proved with the file as it is by then, and the rows', () => {
    const { plan, proveWith } = planOf(about);
    const row = { text: '600', origin: 'explicit' } as const;
    const rows = new Map([['auth.jwt.expiration_seconds', row]]);
    const of = (text: string | undefined) =>
      proveWith(text === undefined ? plan.rewrite?.bytes : bytes(text), rows).differences.map(
        ({ key }) => key,
      );
    expect(of(undefined)).toEqual([]);
    expect(of('logging: {level: info}\n')).toEqual([]);
    expect(of('logging: {level: debug}\n')).toEqual(['logging.level']);
    expect(proveWith(undefined, new Map()).differences).toEqual([]);
    expect(proveWith(plan.rewrite?.bytes, new Map()).differences.map(({ key }) => key)).toEqual([
      'auth.jwt.expiration_seconds',
      'session.timeout_minutes',
    ]);
  });
});
