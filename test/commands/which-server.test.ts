import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/index.js';
import { encrypted, plain } from '../legacy/sample.js';
import { markGoServer } from '../support/go-server.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';

const text = `database: {url: "$URL"}
auth:
  build_mode: test
  jwt: {secret: CANARY-jwt-0123456789abcdef0123456789, expiration_seconds: 900}
content_oauth:
  providers:
    confluence: {client_id: a, client_secret: CANARY-content}
operator: {name: Ann}
`;

const create = (config = text): Promise<Workspace> => Workspace.create('sqlite', config);
const json = (run: Run) => JSON.parse(run.out) as Record<string, unknown>;

async function startLibrary(w: Workspace): Promise<void> {
  const env = { TMI_DATABASE_URL: w.url, ...encrypted };
  const own = 'auth: {build_mode: test, jwt: {secret: "a-secret-of-enough-length-0123456789abcdef"}}\n';
  const folder = await Workspace.create('sqlite', own);
  const server = await bootstrap({ file: folder.file, env, cwd: folder.folder });
  server.close();
}

function stamps(w: Workspace): Promise<Record<string, unknown>[]> {
  return withDatabase('sqlite', w.url, (statement) =>
    statement('SELECT name, value FROM tmi_dbtool_stamp ORDER BY name'),
  );
}

describe('a database in which a Go server has run', () => {
  it('is imported into for server 1.8: what such a server reads from its file stays there', async () => {
    const w = await create();
    await markGoServer('sqlite', w.url);
    const run = await w.import(plain);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    expect(run.out).toContain('server: 1.8 (a Go server has run in this database)');
    expect(w.text()).toContain('expiration_seconds: 900');
    expect(w.text()).toContain('client_secret: CANARY-content');
    expect(w.text()).not.toContain('Ann');
    expect(run.out).not.toContain('guessed');
    const receipt = JSON.parse(readFileSync(w.receipt(), 'utf8')) as Record<string, unknown>;
    expect(receipt['server']).toEqual({ model: '1.8', reason: 'go-server' });
  });

  it('is one whatever the library has marked in it', async () => {
    const w = await create();
    await startLibrary(w);
    await markGoServer('sqlite', w.url);
    expect(json(await w.import(['--dry-run', '--json'], { env: encrypted }))).toMatchObject({
      server: '1.8',
      serverReason: 'go-server',
    });
  });

  it('has its settings shown as that server uses them', async () => {
    const w = await create();
    const key = 'auth.jwt.expiration_seconds';
    const get = (...args: string[]) =>
      w.run(['settings', 'get', key, '--effective', '--config', 'config.yml', ...args]);
    await w.import(plain);
    expect((await get()).out).toBe('900\n');
    w.write(text.replace('900', '600'));
    expect((await get()).out).toBe('900\n');
    await markGoServer('sqlite', w.url);
    expect((await get()).out).toBe('600\n');
    expect((await get('--server', 'documented')).out).toBe('900\n');
  });
});

describe('a database of a server made with the library', () => {
  it('is marked by its start, apart from the stamp of production, and imported into as documented', async () => {
    const w = await create();
    await startLibrary(w);
    expect(await stamps(w)).toEqual([{ name: 'server', value: 'documented' }]);
    await startLibrary(w);
    expect(await stamps(w)).toHaveLength(1);
    const run = await w.import(['--dry-run', ...plain], { env: encrypted });
    expect(run.code).toBe(0);
    expect(run.out).toContain('server: documented (a server made with this tool');
    expect(run.out).not.toContain('guessed');
    // The comparison with the other model stands in every plan.
    expect(run.out).toContain('other server: a Go server 1.8 would use something else afterwards:');
    expect(run.out).toContain('  auth.jwt.expiration_seconds: 900 -> 3600');
  });
});

describe('a database that does not say which server reads it', () => {
  it('is a guess, whose last lines name what a Go server would lose, and how to run it again', async () => {
    const w = await create();
    const run = await w.import(plain);
    expect(run.code).toBe(0);
    const last = run.out.slice(run.out.indexOf('guessed: '));
    expect(last).toContain('the database is empty');
    expect(last).toContain('  auth.jwt.expiration_seconds: 900 -> 3600');
    expect(last).toContain('  content_oauth.providers.confluence.client_id: a -> not set');
    expect(last).toContain('  content_oauth.providers.confluence.client_secret: ******** -> not set');
    expect(last.trimEnd()).toMatch(
      /--undo \S+ && tmi-dbtool import-legacy config\.yml --server 1\.8 --allow-plaintext-secrets$/,
    );
    expect(run.out).not.toContain('CANARY');
  });

  it('is one too when it holds rows and no mark', async () => {
    const w = await create();
    await w.import(['--server', 'documented', ...plain]);
    w.write(text);
    await insertRow('sqlite', w.url, { key: 'ui.default_theme', value: 'dark', origin: 'explicit' });
    expect(json(await w.import(['--json', ...plain]))).toMatchObject({
      server: 'documented',
      serverReason: 'unmarked',
    });
  });

  it.each([
    ['y', '1.8', true],
    ['n', 'documented', false],
  ])('is asked about on a terminal, and %s means %s', async (answer, server, stays) => {
    const w = await create();
    const run = await w.import(plain, { answers: [answer, 'y'] });
    expect(run.code).toBe(0);
    expect(run.io.questions).toHaveLength(2);
    expect(run.out).toContain(`server: ${server} (the answer at the terminal says so)`);
    expect(run.out).not.toContain('guessed');
    expect(w.text().includes('expiration_seconds: 900')).toBe(stays);
  });

  it('is not asked about where both servers would use the same', async () => {
    const w = await create('database: {url: "$URL"}\nauth: {build_mode: test}\noperator: {name: Ann}\n');
    const run = await w.import(plain, { answers: ['y'] });
    expect(run.code).toBe(0);
    expect(run.io.questions).toHaveLength(1);
    expect(run.out).not.toContain('guessed');
  });
});

describe('who says it once', () => {
  const dry = ['--dry-run', '--json', ...plain];

  it('says it by variable, or in the head of the file, and the option outranks both', async () => {
    const w = await create();
    const env = { TMI_DBTOOL_SERVER: '1.8' };
    expect(json(await w.import(dry, { env }))).toMatchObject({ server: '1.8', serverReason: 'variable' });
    w.write(`# Production\n\n#tmi-dbtool:  server 1.8\n${text}`);
    expect(json(await w.import(dry))).toMatchObject({ server: '1.8', serverReason: 'file' });
    const other = { env: { TMI_DBTOOL_SERVER: 'documented' } };
    expect(json(await w.import(dry, other))).toMatchObject({
      server: 'documented',
      serverReason: 'variable',
    });
    expect(json(await w.import([...dry, '--server', '1.8'], other))).toMatchObject({
      server: '1.8',
      serverReason: 'option',
    });
    const auto = [...dry, '--server', 'auto'];
    expect(json(await w.import(auto))).toMatchObject({ server: '1.8', serverReason: 'file' });
  });

  it('is not heard below the head of the file', async () => {
    const w = await create(`${text}# tmi-dbtool: server 1.8\n`);
    expect(json(await w.import(dry))).toMatchObject({ serverReason: 'empty' });
  });

  it('is told where a word names no server', async () => {
    const w = await create(`# tmi-dbtool: server 1.9\n${text}`);
    const run = await w.import(plain);
    expect(run.code).toBe(2);
    expect(run.err).toContain('config.yml:1');
    const variable = await w.import(plain, { env: { TMI_DBTOOL_SERVER: 'go' } });
    expect(variable.code).toBe(2);
    expect(variable.err).toContain('TMI_DBTOOL_SERVER');
  });

  it('may say it in the historical form', async () => {
    const w = await create();
    const args = ['--import-legacy', '--config', 'config.yml', '-f', 'config.yml', '--server', '1.8'];
    const run = await w.run(args, { env: encrypted });
    expect(run.code, run.err).toBe(0);
    expect(run.err).toContain('server: 1.8 (--server says so)');
    expect(w.text()).toContain('expiration_seconds: 900');
  });
});

describe('what the validator calls drift', () => {
  const hints = async (config: string, env: Record<string, string> = {}): Promise<(string | undefined)[]> => {
    const w = await create(config);
    const args = ['validate-config', 'config.yml', '--rule', 'drift', '--json'];
    const { findings } = json(await w.run(args, { env })) as { findings: { hint?: string }[] };
    return findings.map(({ hint }) => hint);
  };

  it('is never recommended to an import that would leave it where it is', async () => {
    expect(await hints('auth: {oauth: {callback_url: ""}}\n')).toEqual([
      expect.stringContaining('overrides the default'),
    ]);
    expect(await hints('timmy: {llm_model: }\n')).toEqual([expect.stringContaining('pins the default')]);
    expect(await hints('timmy: {llm_model: }\n', { TMI_DBTOOL_SERVER: 'documented' })).toEqual([
      'tmi-dbtool import-legacy -f config.yml',
    ]);
    expect(await hints('operator: {name: ""}\n')).toEqual(['tmi-dbtool import-legacy -f config.yml']);
  });

  it('knows the server by the database that it connects to, unless somebody names one', async () => {
    const w = await create('auth: {build_mode: test, jwt: {expiration_seconds: 900}}\n');
    const validated = async (args: string[], env: Record<string, string> = {}): Promise<string[]> => {
      const words = ['validate-config', 'config.yml', '--connect', '--database-url', w.url, '--json'];
      const { findings } = json(
        await w.run([...words, '--rule', 'drift', '--rule', 'database-reached', ...args], { env }),
      ) as { findings: { rule: string; severity: string; message: string }[] };
      return findings.map(({ rule, severity, message }) =>
        rule === 'drift' ? `drift ${severity}` : (/judged by server \S+/.exec(message)?.[0] ?? 'connected'),
      );
    };
    expect((await validated([])).sort()).toEqual(['connected', 'drift info']);
    await markGoServer('sqlite', w.url);
    expect(await validated([])).toEqual(['judged by server 1.8,']);
    const documented = ['connected', 'drift warning'];
    expect((await validated(['--server', 'documented'])).sort()).toEqual(documented);
    expect((await validated([], { TMI_DBTOOL_SERVER: 'documented' })).sort()).toEqual(documented);
  });

  it('knows the server by variable and comment', async () => {
    const config = 'auth: {jwt: {expiration_seconds: 900}}\n';
    expect(await hints(config)).toEqual([expect.stringContaining('--server 1.8')]);
    expect(await hints(config, { TMI_DBTOOL_SERVER: '1.8' })).toEqual([]);
    expect(await hints(`# tmi-dbtool: server 1.8\n${config}`)).toEqual([]);
  });
});

describe('the winner that is named', () => {
  const config = 'auth: {build_mode: test, jwt: {expiration_seconds: 900}}\n';
  const key = 'auth.jwt.expiration_seconds';

  /** A row that somebody set, which a Go server never reads. */
  async function withRow(): Promise<Workspace> {
    const w = await create(config);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, { key, value: '1800', origin: 'explicit' });
    return w;
  }
  const at = (w: Workspace): string[] => ['--database-url', w.url];

  it('by explain is that of the server whose database it is, or that is named', async () => {
    const w = await withRow();
    const explain = async (...args: string[]) =>
      json(
        await w.run(['settings', 'explain', '--all', '--config', 'config.yml', ...at(w), '--json', ...args], {
          env: encrypted,
        }),
      ) as { server: string; settings: { key: string; shadowed: string[] }[] };
    const shadowed = [{ key, shadowed: ['file'] }];
    expect(await explain()).toMatchObject({ server: 'documented', settings: shadowed });
    const rowLoses = { server: '1.8', settings: [{ key, shadowed: ['row'] }] };
    expect(await explain('--server', '1.8')).toMatchObject(rowLoses);
    await markGoServer('sqlite', w.url);
    expect(await explain()).toMatchObject(rowLoses);
    expect(await explain('--server', 'documented')).toMatchObject({ settings: shadowed });

    const words = ['settings', 'explain', key, '--config', 'config.yml', ...at(w)];
    const { out, err } = await w.run(words, { env: encrypted });
    expect(out).toMatch(/^\* +file +900/m);
    expect(err).toContain('by the rules of server 1.8, since a Go server has run in this database');
  });

  it('by diff is that of the server whose database it is, or that is named', async () => {
    const w = await withRow();
    const wins = async (...args: string[]): Promise<unknown> => {
      const words = ['settings', 'diff', 'config.yml', 'database', ...at(w), '--json', ...args];
      const { differences } = json(await w.run(words, { env: encrypted })) as {
        differences: { key: string; wins: string }[];
      };
      return differences.find((difference) => difference.key === key)?.wins;
    };
    expect(await wins()).toBe('b');
    expect(await wins('--server', '1.8')).toBe('a');
    await markGoServer('sqlite', w.url);
    expect(await wins()).toBe('a');
    expect(await wins('--server', 'documented')).toBe('b');
    w.write('auth: {build_mode: test}\n');
    expect(await wins()).toBeNull();
  });
});
