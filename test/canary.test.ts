import { describe, expect, it } from 'vitest';
import { commandEntries } from '../commands/index.js';
import { canaryCases, type CanaryCase } from './support/canary/cases.js';
import { canary, CANARY, Finder } from './support/canary/finder.js';
import { inParallel, leaks, runCase } from './support/canary/run.js';
import { CanaryWorld, type Wrong } from './support/canary/world.js';

const ways: readonly (readonly string[])[] = [[], ['--json'], ['--verbose']];

/** Services and files that fail, each in its own way. What they say back holds canaries, too. */
const failures: Readonly<Record<string, Wrong>> = {
  'a provider that refuses': { break: ({ shelf }) => shelf.upset('refused') },
  'a provider that does not know the credentials': { break: ({ shelf }) => shelf.upset('unauthorized') },
  'a provider that throttles': { slow: true, break: ({ shelf }) => shelf.upset('throttled') },
  'a provider that is broken': { slow: true, break: ({ shelf }) => shelf.upset('broken') },
  'a provider that cuts answers off': { slow: true, break: ({ shelf }) => shelf.upset('cut') },
  'a provider that answers nonsense': { slow: true, break: ({ shelf }) => shelf.upset('nonsense') },
  'a provider that is gone': { slow: true, break: (standIn) => standIn.disconnect() },
  'secrets of the wrong shape': {
    break: ({ shelf }) => {
      shelf.put('jwt', new Uint8Array([0xff, ...Buffer.from(canary('binary'))]));
      shelf.put('settings_encryption_key', canary('not-a-key'));
    },
  },
  'another encryption key': { break: ({ shelf }) => shelf.put('settings_encryption_key', 'ab'.repeat(32)) },
  'no PostgreSQL server': { databaseUrl: `postgres://u:${canary('postgres')}@127.0.0.1:1/tmi` },
  'no MySQL server': { databaseUrl: `mysql://u:${canary('mysql')}@127.0.0.1:1/tmi` },
  'a URL that is none': { databaseUrl: `postgres://u:${canary('p@ss/word')}@[db:x/tmi` },
  'a URL of no engine': { databaseUrl: `mongodb://u:${canary('mongo')}@db/tmi` },
  'a damaged database': { databaseBytes: `${canary('damaged')}\n`.repeat(100) },
  'a file that breaks off in a secret': { config: `auth: {jwt: {secret: "${canary('open')}\n` },
  'a file with a key twice': { config: `auth:\n  jwt: ${canary('one')}\n  jwt: ${canary('two')}\n` },
  'a file with tabs': { config: `auth:\n\tjwt:\n\t\tsecret: ${canary('tab')}\n` },
  'a file with a foreign tag': { config: `auth: {jwt: {secret: !vault ${canary('tag')}}}\n` },
  'a file that is no text': { config: Buffer.from(`auth: \xff\xfe${canary('bytes')}`, 'latin1') },
  'secrets where numbers belong': {
    config: `secrets: {provider: aws, aws_region: eu-central-1}
database: {url: vault://db_url, redis: {db: many}}
auth: {jwt: {secret: [${canary('list')}], expiration_seconds: soon}}
timmy: {llm_api_key: {nested: ${canary('map')}}}
`,
  },
  'references that break the grammar': {
    config: `secrets: {provider: aws, aws_region: eu-central-1}
database: {url: vault://db_url}
auth: {jwt: {secret: "vault://jwt?defualt=${canary('option')}"}}
timmy: {llm_api_key: "vault://none?default=${canary('default')}", rerank_api_key: "valut://${canary('misspelt')}"}
`,
  },
  'a provider that is none': {
    config: `secrets: {provider: keepass}\nauth: {jwt: {secret: ${canary('without')}}}\n`,
  },
};

describe('the canary', () => {
  it('is planted for every command that there is', () => {
    expect(Object.keys(canaryCases).sort()).toEqual(commandEntries.map(({ name }) => name).sort());
    for (const cases of Object.values(canaryCases)) expect(cases.length).toBeGreaterThan(0);
  });

  it('is found as it is and in other clothes', () => {
    const finder = new Finder(['c0ffee5e']);
    const secret = canary('somewhere');
    for (const text of [secret, `x${secret}`, JSON.stringify({ secret }), encodeURIComponent(secret)]) {
      expect(finder.find(text)).not.toEqual([]);
    }
    for (const before of ['', 'a', 'ab', 'abc']) {
      expect(finder.find(Buffer.from(`${before}${secret}`).toString('base64'))).not.toEqual([]);
    }
    const bytes = Buffer.from(secret);
    const percent = [...bytes].map((byte) => `%${byte.toString(16)}`).join('');
    for (const text of [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), percent]) {
      expect(finder.find(text)).not.toEqual([]);
    }
    expect(finder.find('key c0ffee5e')).not.toEqual([]);
    expect(finder.find('nothing to see')).toEqual([]);
    expect(secret).toContain(CANARY);
  });

  it('is found as the bytes of a key', () => {
    const key = 'fbefbe'.padEnd(64, '0123456789abcdef');
    const finder = new Finder([], [key]);
    for (const before of ['', 'a', 'ab', 'abc']) {
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from(key, 'hex')]);
      for (const form of ['base64', 'base64url', 'latin1', 'hex'] as const) {
        expect([before, form, finder.find(bytes.toString(form))]).not.toEqual([before, form, []]);
      }
      expect(finder.find(JSON.stringify(bytes))).not.toEqual([]);
    }
    expect(finder.find(key.toUpperCase())).not.toEqual([]);
    expect(finder.find(Buffer.from(key).toString('base64url'))).not.toEqual([]);
    expect(finder.find(Buffer.alloc(32, 7).toString('base64'))).toEqual([]);
  });

  it('would be found: what is told to reveal prints it', async () => {
    const world = await CanaryWorld.create();
    try {
      const run = await world.run(['resolve-secrets', 'config.yml', '--show', 'auth.jwt.secret']);
      expect(run.code).toBe(0);
      expect(world.traces(run)).not.toEqual([]);
    } finally {
      await world.dispose();
    }
  });
});

describe('a provider that never answers', () => {
  it('makes no command show a secret', { timeout: 90_000 }, async () => {
    const wrong: Wrong = { break: ({ shelf }) => shelf.upset('slow') };
    const tasks = Object.entries(canaryCases).map(
      ([name, [first]]) =>
        () =>
          runCase(name.split(' '), { ...(first as CanaryCase), prepare: () => Promise.resolve() }, { wrong }),
    );
    // All at once: each waits for the half minute that secrets may take.
    expect(leaks(await inParallel(tasks, tasks.length))).toEqual([]);
  });
});

describe.each(Object.entries(canaryCases))('%s', (name, cases) => {
  const words = name.split(' ');

  it('shows no secret where all is well', async () => {
    const process_ = { title: process.title, argv: [...process.argv] };
    const tasks = cases.flatMap((one) => ways.map((way) => () => runCase(words, one, { way })));
    const outcomes = await inParallel(tasks, 4);
    expect(leaks(outcomes)).toEqual([]);
    // Each case gets to its work: the exit codes are those of the table.
    const plainly = outcomes.filter((_, index) => index % ways.length === 0);
    expect(plainly.map(({ call, code }) => [call, code])).toEqual(
      cases.map(({ args, code }) => [[...words, ...args].join(' '), code]),
    );
    expect({ title: process.title, argv: process.argv }).toEqual(process_);
  });

  it('shows no secret whatever fails', { timeout: 240_000 }, async () => {
    const tasks = Object.values(failures).flatMap((wrong) =>
      (wrong.slow ? cases.slice(0, 1) : cases).flatMap((one, index) => {
        // Every case as people see it, and the first one as programs do.
        const seen = index === 0 ? [[], ['--json', '--verbose']] : [[]];
        return seen.map((way) => () => runCase(words, one, { way, wrong }));
      }),
    );
    expect(leaks(await inParallel(tasks, 24))).toEqual([]);
  });
});
