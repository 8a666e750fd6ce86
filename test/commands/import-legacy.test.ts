import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  derivedKey,
  encrypted,
  openEnvelope,
  plain,
  sampleAfter,
  sampleText,
  snapshot,
} from '../legacy/sample.js';
import { ChildCli } from '../support/cli.js';
import { startVault } from '../support/stand-ins/vault.js';
import { createServerTable, insertRow, type RawRow } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

const sample = (text = sampleText): Promise<Workspace> => Workspace.create('sqlite', text);
const head = 'database: {url: "$URL"}\n';
const later = { now: new Date('2027-01-01T00:00:00Z') };

/** A JSON document that was printed; it must be the only thing on standard output. */
function json(out: string): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown>;
}

describe('where the new text goes', () => {
  it('leaves the file alone with --no-rewrite, and finds nothing to do the second time', async () => {
    const w = await sample();
    const before = w.text();
    expect((await w.import([...plain, '--no-rewrite'])).code).toBe(0);
    expect(w.text()).toBe(before);
    expect(w.files()).toEqual(['config.yml', 'config.yml.20261121-074500.receipt.json']);
    expect((await w.values())['timmy.enabled']).toBe('true');

    const after = await snapshot(w);
    const second = await w.import([...plain, '--no-rewrite'], later);
    expect(second.code).toBe(0);
    expect(await snapshot(w)).toEqual(after);

    expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
    expect(await w.values()).toEqual({});
    expect(w.text()).toBe(before);
  });

  it('writes elsewhere with --output', async () => {
    const w = await sample();
    const before = w.text();
    expect((await w.import([...plain, '--output', 'new.yml'])).code).toBe(0);
    expect(w.text()).toBe(before);
    expect(w.text('new.yml')).toBe(sampleAfter.replace('$URL', w.url));
    expect(statSync(join(w.folder, 'new.yml')).mode & 0o777).toBe(0o640);
    const after = await snapshot(w);
    const second = await w.import([...plain, '--output', 'new.yml'], later);
    expect(second.code).toBe(0);
    expect(second.out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
    // A file is written although no row changes: that is something.
    const third = await w.import([...plain, '--output', 'third.yml'], later);
    expect(third.out).toContain('third.yml');
    expect(third.out).not.toContain('Nothing to do');
  });

  it('says after an undo that the --output file is left, and what it lacks', async () => {
    const w = await sample();
    await w.import([...plain, '--output', 'new.yml']);
    const output = w.text('new.yml');
    const undone = await w.run(['import-legacy', '--undo', w.receipt()]);
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(undone.out).toContain(
      `left ${join(w.folder, 'new.yml')} as it is: it does not state administrators`,
    );
    expect(undone.out.split('\n').find((line) => line.startsWith('left '))).not.toContain('server.base_url');
    expect(w.text('new.yml')).toBe(output);
  });

  it('says so too when somebody has edited it, and nothing when it is gone', async () => {
    for (const [change, expected] of [
      [(file: string) => writeFileSync(file, sampleText), { edited: true, lacks: [] }],
      [(file: string) => writeFileSync(file, 'a: [\n'), { edited: true, lacks: [] }],
      [(file: string) => rmSync(file), undefined],
    ] as const) {
      const w = await sample();
      // A run that leaves the file alone is killed, so to speak, and goes on as one that writes elsewhere.
      await w.import([...plain, '--no-rewrite']);
      const receipt = w.receipt();
      const text = readFileSync(receipt, 'utf8').replace('"complete"', '"pending"');
      writeFileSync(receipt, text);
      expect((await w.import([...plain, '--output', 'new.yml'], later)).code).toBe(0);
      change(join(w.folder, 'new.yml'));
      const undone = await w.run(['import-legacy', '--json', '--undo', w.receipt()]);
      const { result } = json(undone.out) as { result: { output?: unknown } };
      expect(result.output).toEqual(expected && { path: join(w.folder, 'new.yml'), ...expected });
    }
  });

  it('refuses an --output file that exists before anything is written, unless told to replace it', async () => {
    const w = await sample();
    writeFileSync(join(w.folder, 'new.yml'), 'mine');
    const before = await snapshot(w);
    const refused = await w.import([...plain, '--output', 'new.yml']);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('[legacy/output-exists]');
    expect(await snapshot(w)).toEqual(before);
    expect((await w.import([...plain, '--output', 'new.yml', '--overwrite'])).code).toBe(0);
    expect(w.text('new.yml')).toBe(sampleAfter.replace('$URL', w.url));
  });

  it('refuses an --output that is the file itself, or that lies in no folder', async () => {
    const w = await sample();
    symlinkSync(w.file, join(w.folder, 'link.yml'));
    const before = await snapshot(w);
    for (const output of ['config.yml', './config.yml', 'link.yml', 'nowhere/new.yml']) {
      const { code } = await w.import([...plain, '--output', output, '--overwrite']);
      expect(code, output).toBe(4);
      expect(await snapshot(w)).toEqual(before);
    }
  });

  it('leaves neither backup nor receipt with --no-backup', async () => {
    const w = await sample();
    expect((await w.import([...plain, '--no-backup'])).code).toBe(0);
    expect(w.files()).toEqual(['config.yml']);
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
  });

  it('replaces the file behind a symbolic link, and leaves the link', async () => {
    const w = await sample();
    mkdirSync(join(w.folder, 'real'));
    writeFileSync(join(w.folder, 'real/tmi.yml'), w.text());
    writeFileSync(w.file, '');
    symlinkSync('real/tmi.yml', join(w.folder, 'link.yml'));
    expect((await w.run(['import-legacy', 'link.yml', ...plain])).code).toBe(0);
    expect(lstatSync(join(w.folder, 'link.yml')).isSymbolicLink()).toBe(true);
    expect(w.text('real/tmi.yml')).toBe(sampleAfter.replace('$URL', w.url));
    expect(w.exists('real/tmi.yml.20261121-074500.bak')).toBe(true);
  });

  it.runIf(process.getuid?.() === 0)(
    'keeps the owner and the mode of a file that is somebody else’s',
    async () => {
      const w = await sample();
      chownSync(w.file, 1234, 4321);
      chmodSync(w.file, 0o600);
      const facts = (): unknown => {
        const { uid, gid, mode } = statSync(w.file);
        return { uid, gid, mode: mode & 0o7777 };
      };
      const before = facts();
      expect((await w.import(plain)).code).toBe(0);
      expect(facts()).toEqual(before);
      expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
      expect(facts()).toEqual(before);
    },
  );

  it.runIf(process.getuid?.() === 0)('gives --output the owner and the mode of the file', async () => {
    const w = await sample();
    chownSync(w.file, 1234, 4321);
    chmodSync(w.file, 0o640);
    expect((await w.import([...plain, '--output', 'new.yml'])).code).toBe(0);
    const { uid, gid, mode } = statSync(join(w.folder, 'new.yml'));
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 1234, gid: 4321, mode: 0o640 });
  });

  it('refuses to replace a file that has other names', async () => {
    const w = await sample();
    linkSync(w.file, join(w.folder, 'other.yml'));
    const before = await snapshot(w);
    const { code, err } = await w.import(plain);
    expect({ code, err }).toEqual({
      code: 4,
      err: expect.stringContaining('[legacy/cannot-rewrite-here]') as string,
    });
    expect(await snapshot(w)).toEqual(before);
    expect((await w.import([...plain, '--output', 'new.yml'])).code).toBe(0);
  });

  it('asks once on a terminal, and a no changes nothing', async () => {
    const w = await sample();
    const before = await snapshot(w);
    const told = [...plain, '--server', 'documented'];
    const declined = await w.import(told, { answers: ['n'] });
    expect(declined.code).toBe(4);
    expect(declined.io.questions).toHaveLength(1);
    expect(await snapshot(w)).toEqual(before);
    const agreed = await w.import(told, { answers: ['y'] });
    expect(agreed.code).toBe(0);
    expect(agreed.io.questions).toHaveLength(1);
    // Nothing to do is nothing to ask about.
    expect((await w.import(plain, { answers: [] })).io.questions).toEqual([]);
  });
});

// A process of its own is not seen by mutation tests.
describe.skipIf(process.env.STRYKER_MUTATOR_WORKER)('in a folder that may not be written', () => {
  let cli: ChildCli;
  beforeAll(async () => void (cli = await ChildCli.create()));
  afterAll(() => cli.dispose());
  const nobody = process.getuid?.() === 0 ? 65534 : undefined;

  async function lockedDown(): Promise<Workspace> {
    const w = await sample(`${sampleText}`);
    // A database that exists, and that may be read only.
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, { key: 'timmy.enabled', value: 'true', type: 'bool', origin: 'seeded' });
    chmodSync(w.file, 0o444);
    chmodSync(w.folder, 0o555);
    const database = w.url.replace('sqlite://', '');
    chmodSync(database, 0o444);
    chmodSync(join(database, '..'), 0o555);
    return w;
  }

  const run = (w: Workspace, args: readonly string[]): ReturnType<ChildCli['run']> =>
    cli.run(
      {
        args: ['import-legacy', 'config.yml', ...plain, ...args],
        cwd: w.folder,
        env: {},
        now: '2026-11-21T07:45:00Z',
      },
      nobody,
    );

  it('plans with --dry-run', async () => {
    const w = await lockedDown();
    const before = await snapshot(w);
    const { code, out, err } = await run(w, ['--dry-run']);
    expect({ code, err }).toEqual({
      code: 4,
      err: expect.stringContaining('[legacy/cannot-rewrite-here]') as string,
    });
    expect(out).toContain("marked as an operator's choice");
    expect(await snapshot(w)).toEqual(before);
    expect(readFileSync(w.file, 'utf8')).toContain('ratelimit_public_rpm');
  });

  it('leaves its receipt beside the --output file, and finds it there after a kill', async () => {
    const w = await sample();
    const elsewhere = mkdtempSync(join(tmpdir(), 'tmi-dbtool-elsewhere-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    const database = w.url.replace('sqlite://', '');
    for (const folder of [elsewhere, join(database, '..')]) chmodSync(folder, 0o777);
    chmodSync(w.file, 0o444);
    chmodSync(w.folder, 0o555);
    const output = join(elsewhere, 'new.yml');
    const request = {
      args: ['import-legacy', 'config.yml', ...plain, '--output', output, '--verbose'],
      cwd: w.folder,
      env: {},
      now: '2026-11-21T07:45:00Z',
    };
    expect(await cli.run({ ...request, killAt: 'rewrite' }, nobody)).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(elsewhere)).toEqual(['config.yml.20261121-074500.receipt.json']);
    const next = await cli.run({ ...request, now: '2026-11-22T00:00:00Z' }, nobody);
    expect(next.code, next.err).toBe(0);
    expect(readdirSync(elsewhere)).toEqual(['config.yml.20261121-074500.receipt.json', 'new.yml']);
    expect(readFileSync(output, 'utf8')).toBe(sampleAfter.replace('$URL', w.url));
    expect(w.files()).toEqual(['config.yml']);
    const receipt = readFileSync(join(elsewhere, 'config.yml.20261121-074500.receipt.json'), 'utf8');
    expect(JSON.parse(receipt)).toMatchObject({ status: 'complete' });
  });

  it.runIf(nobody !== undefined)(
    'refuses a file whose owner it could not keep, before anything',
    async () => {
      const w = await sample();
      const database = w.url.replace('sqlite://', '');
      for (const folder of [w.folder, join(database, '..')]) chmodSync(folder, 0o777);
      chmodSync(w.file, 0o644);
      const before = w.text();
      const { code, err } = await run(w, []);
      expect({ code, err }).toEqual({
        code: 4,
        err: expect.stringContaining('[legacy/cannot-rewrite-here]') as string,
      });
      expect(err).toContain('owner');
      expect(w.text()).toBe(before);
      expect(w.files()).toEqual(['config.yml']);
      expect((await run(w, ['--output', 'new.yml'])).code).toBe(0);
    },
  );

  it('refuses to go on, and says what to do', async () => {
    const w = await lockedDown();
    const { code, err } = await run(w, []);
    expect({ code, err }).toEqual({
      code: 4,
      err: expect.stringContaining('[legacy/cannot-rewrite-here]') as string,
    });
    expect(w.files()).toEqual(['config.yml']);
  });

  it('keeps its receipt in the database alone where the file stays as it is', async () => {
    const w = await lockedDown();
    const database = w.url.replace('sqlite://', '');
    chmodSync(database, 0o666);
    chmodSync(join(database, '..'), 0o777);
    const { code, err, out } = await run(w, ['--no-rewrite']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/receipt \d{8}-\d{6}-[0-9a-f]{4}, in the database/);
    expect(w.files()).toEqual(['config.yml']);
    expect((await w.run(['import-legacy', '--undo', 'last', '--file', 'config.yml'])).code).toBe(0);
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });
});

describe('values', () => {
  it('lists every invalid value with its position, and writes nothing', async () => {
    const w = await sample(`${head}server: {ratelimit_public_rpm: many}
auth:
  jwt: {expiration_seconds: 0}
  oauth:
    client_callback_allowlist: ["https://*.example.com/"]
    providers:
      Google_1: {enabled: true}
administrators:
  - {provider: google}
content_extractors:
  wall_clock_budget: 2m
logging: {level: loud}
observability: {sampling_rate: 1.5}
timmy: off
`);
    const before = await snapshot(w);
    const { code, err } = await w.import([...plain], { env: { TMI_OTEL_ENABLED: 'perhaps' } });
    expect(code).toBe(3);
    // Servers start with the other odd values, or do not start for keys that the import leaves alone.
    // A provider whose id no row can carry stays where servers take it.
    for (const place of ['2:10', '4:9', '12:3']) expect(err, place).toContain(`config.yml:${place}`);
    expect(err).toContain('TMI_OTEL_ENABLED');
    expect(err.match(/\[config\/invalid/g)).toHaveLength(4);
    expect(await snapshot(w)).toEqual(before);
  });

  it('stops for no value that servers start with, moves what rows can hold, and says the rest', async () => {
    const kept = `auth:
  oauth:
    client_callback_allowlist: ["https://*.example.com/"]
administrators:
  - {provider: google}
logging: {level: INFO}
server: {read_timeout: 5}
operator: {name: "ENC:v1:foo"}
timmy: off
`;
    const moved =
      'observability: {sampling_rate: 1.5}\nwebsocket: {inactivity_timeout_seconds: 010}\nupload: {max_file_size_mb: 2.5}\n';
    const w = await sample(head + kept + moved);
    const { code, out, err } = await w.import();
    expect(code, err).toBe(0);
    for (const place of ['4:5', '6:5', '7:11', '8:10', '9:12', '10:1', '12:13', '13:10'])
      expect(out + err, place).toContain(`config.yml:${place}`);
    expect(w.text()).toBe(head.replace('$URL', w.url) + kept);
    const rows = await w.rows();
    expect([...rows].map(([key, { value }]) => [key, value])).toEqual([
      ['observability.sampling_rate', '1.5'],
      ['upload.max_file_size_mb', '2'],
      ['websocket.inactivity_timeout_seconds', '8'],
    ]);
    const again = await w.import();
    expect([again.code, again.out], again.err).toEqual([0, expect.stringContaining('Nothing to do')]);
  });

  it('stores neither masks nor templates, of which the latter are named first', async () => {
    const masks = `${head}operator: {name: "********"}\nauth: {oauth: {providers: {google: {client_secret: <redacted>}}}}\n`;
    const w = await sample(masks);
    const before = await snapshot(w);
    const masked = await w.import([...plain]);
    expect([masked.code, masked.err]).toEqual([3, expect.stringContaining('[legacy/no-value]')]);
    for (const place of ['2:12', '3:']) expect(masked.err).toContain(`config.yml:${place}`);
    expect(await snapshot(w)).toEqual(before);
    w.write(
      `${masks}ui: {x: y}\nserver: {ratelimit_public_rpm: "\${RPM}"}\ntimmy: {llm_model: "$(MODEL)", llm_base_url: "https://{{host}}/v1"}\n`,
    );
    const { code, err } = await w.import([...plain]);
    expect(code).toBe(3);
    for (const place of ['5:10', '6:9', '6:32']) expect(err).toContain(`config.yml:${place}`);
    expect(err).toContain('is a template that nobody filled in');
    expect(err).not.toContain('mask');
    const variable = await w.run(['import-legacy', '--from-env', '--database-url', w.url, ...plain], {
      env: { TMI_OPERATOR_NAME: '***' },
    });
    expect([variable.code, variable.err]).toEqual([
      3,
      expect.stringContaining('TMI_OPERATOR_NAME is a mask'),
    ]);
    // A text may speak of templates.
    w.write(`${head}timmy: {operator_system_prompt: "Greet {{ name }} first"}\n`);
    expect((await w.import([...plain])).code).toBe(0);
  });

  it('names the nearest key of an unknown one, and leaves it in the file', async () => {
    const w = await sample(`${head}timmy:\n  enabledd: true\n  enabled: true\nmystery:\n  a: {b: 1}\n`);
    const { code, out } = await w.import(['--json']);
    expect(code).toBe(0);
    const { entries } = json(out) as { entries: Record<string, unknown>[] };
    expect(entries.find(({ path }) => path === 'timmy.enabledd')).toMatchObject({
      action: 'unknown',
      file: 'kept',
      nearest: 'timmy.enabled',
      position: { line: 3, column: 3 },
    });
    expect(entries.find(({ path }) => path === 'mystery.a.b')).toMatchObject({ action: 'unknown' });
    expect(w.text()).toBe(`${head.replace('$URL', w.url)}timmy:\n  enabledd: true\nmystery:\n  a: {b: 1}\n`);
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('resolves references among operational secrets, and stores what they lead to encrypted', async () => {
    const w = await sample(`${head}auth:
  oauth:
    providers:
      google: {client_secret: 'vault://google/client-secret', enabled: false}
timmy:
  llm_api_key: env://LLM
  rerank_api_key: file://rerank.key
  llm_model: vault://not/a/secret
`);
    writeFileSync(join(w.folder, 'rerank.key'), ' CANARY-rerank\n');
    const env = { ...encrypted, LLM: 'CANARY-llm', TMI_SECRET_GOOGLE_CLIENT_SECRET: 'CANARY-google' };
    const { code, out, err } = await w.import([], { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain('CANARY');
    const values = await w.values();
    const opened = (key: string): string => openEnvelope(values[key] as string).text;
    expect(opened('auth.oauth.providers.google.client_secret')).toBe('CANARY-google');
    expect(opened('timmy.llm_api_key')).toBe('CANARY-llm');
    expect(opened('timmy.rerank_api_key')).toBe('CANARY-rerank');
    expect(opened('timmy.llm_model')).toBe('vault://not/a/secret');
  });

  it('says that a reference is stored as it is where no server resolves one', async () => {
    const text = `${head}operator: {name: env://OPNAME, contact: 'vault://a/b?default=CANARY'}\n`;
    const w = await sample(text);
    const { code, out } = await w.import(['--dry-run'], { env: encrypted });
    expect(code).toBe(0);
    const notes = out.match(/^note: .* holds a reference.*$/gm);
    expect(notes).toHaveLength(2);
    expect(notes?.[0]).toContain('operator.name (config.yml:2:12)');
    expect(notes?.[1]).toContain('operator.contact (config.yml:2:32)');
    expect(out).not.toContain('CANARY');
    const w2 = await Workspace.create('sqlite');
    const env = { TMI_DATABASE_URL: w2.url, TMI_OPERATOR_NAME: 'vault://x/y' };
    const run = await w2.run(['import-legacy', '--from-env', '--dry-run'], { env });
    expect(run.out).toMatch(/^note: TMI_OPERATOR_NAME holds a reference/m);
  });

  it('never stores what looks encrypted, and says where it stands, also where a reference leads to it', async () => {
    const w = await sample(`${head}operator: {name: "ENC:v1:foo"}\ntimmy:\n  llm_api_key: env://LLM\n`);
    const env = { ...encrypted, LLM: 'ENC:v1:CANARY' };
    for (const args of [['--dry-run'], [], ['--no-backup']]) {
      const { code, out, err } = await w.import(args, { env });
      expect(code).toBe(3);
      expect(err).toContain('[legacy/invalid-values]');
      expect(err).toContain('config.yml:4:3');
      expect(out + err).not.toContain('CANARY');
    }
    w.write(`${head}timmy:\n  llm_api_key: env://LLM\n`);
    const referred = await w.import([], { env });
    expect([referred.code, referred.err.includes('config.yml:3:3')], referred.err).toEqual([3, true]);
    expect(referred.out + referred.err).not.toContain('CANARY');
    expect(await w.rows()).toEqual(new Map());
    const set = await w.run(['settings', 'set', 'operator.name=ENC:v1:foo', '--database-url', w.url]);
    expect([set.code, set.err.includes('ENC:v1:')], set.err).toEqual([3, true]);
    expect(await w.rows()).toEqual(new Map());
    w.write(`${head}operator: {name: "see ENC:v1:foo"}\n`);
    expect((await w.import()).code).toBe(0);
  });

  it('stops with exit code 5 at a reference that leads nowhere', async () => {
    const w = await sample(`${head}timmy:\n  llm_api_key: env://NOWHERE\n  rerank_api_key: vault://a/b\n`);
    const before = await snapshot(w);
    const { code, err } = await w.import([], { env: encrypted });
    expect(code).toBe(5);
    expect(err).toContain('config.yml:3:3');
    expect(err).toContain('config.yml:4:3');
    expect(await snapshot(w)).toEqual(before);
  });

  it('stores no secret in plain text unless told so, and never in production', async () => {
    const w = await sample();
    const before = await snapshot(w);
    const refused = await w.import();
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('[legacy/plaintext-secret]');
    const production = await w.import(plain, { env: { TMI_BUILD_MODE: 'production' } });
    expect(production.code).toBe(4);
    expect(production.err).toContain('[legacy/plaintext-secret]');
    expect(await snapshot(w)).toEqual(before);
    w.write(sampleText.replace('build_mode: test', 'build_mode: production'));
    expect((await w.import(plain)).code).toBe(4);
    expect((await w.import([], { env: encrypted })).code).toBe(0);
  });

  it('says where the provider keeps the key that is missing, and that a variable is not read', async () => {
    const vault = await startVault();
    onTestFinished(() => vault.close());
    const secrets = Object.entries(vault.settings('prod')).map(([name, value]) => `  ${name}: ${value}\n`);
    const w = await sample(`secrets:\n${secrets.join('')}${sampleText}`);
    vault.shelf.putJson(vault.nameOf('secret/prod'), { jwt: 'x' });
    const refused = await w.import([], { env: { ...vault.environment(), ...encrypted } });
    expect(refused.code).toBe(4);
    expect(refused.err).toContain(
      `settings_encryption_key in HashiCorp Vault at ${vault.http?.url} under secret/prod`,
    );
    expect(refused.err).toContain('TMI_SECRET_SETTINGS_ENCRYPTION_KEY is set and not read');
  });

  it.each([
    ['a key that is no key', { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'CANARY' }],
    ['a previous key alone', { TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: '0'.repeat(64) }],
  ])('never falls back to plain text for %s', async (_, env) => {
    const w = await sample();
    const before = await snapshot(w);
    const { code, out, err } = await w.import(plain, { env });
    expect(code).toBeGreaterThan(0);
    expect(err).toContain('[settings/encryption-key-invalid]');
    expect(out + err).not.toContain('CANARY');
    expect(await snapshot(w)).toEqual(before);
  });
});

it('says where a value stands that is too long for the server once it is encrypted', async () => {
  const xml = `<a>${'x'.repeat(4000)}</a>`;
  const w = await sample(`${head}auth: {saml: {providers: {okta: {metadata_xml: "${xml}"}}}}\n`);
  const before = await snapshot(w);
  const { code, err } = await w.import([], { env: encrypted });
  expect(code).toBeGreaterThan(0);
  expect(err).toContain('[settings/value-too-long]');
  expect(err).toContain('config.yml:2:34');
  expect(await snapshot(w)).toEqual(before);
});

it('encrypts a secret that the database holds in plain text, and leaves time and author as they were', async () => {
  const w = await sample(`${head}timmy: {llm_api_key: CANARY-llm, llm_model: x}\n`);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'timmy.llm_api_key', value: 'CANARY-llm', origin: 'explicit' });
  await insertRow('sqlite', w.url, { key: 'timmy.llm_model', value: 'x', origin: 'explicit' });
  const before = await w.rows();
  expect((await w.import([], { env: encrypted })).code).toBe(0);
  const after = await w.rows();
  const { value, ...rest } = after.get('timmy.llm_api_key') as RawRow;
  expect(openEnvelope(value).text).toBe('CANARY-llm');
  expect({ ...rest, value: 'CANARY-llm' }).toEqual(before.get('timmy.llm_api_key'));
  expect(after.get('timmy.llm_model')).toEqual(before.get('timmy.llm_model'));
  expect((await w.run(['import-legacy', '--undo', w.receipt()], { env: encrypted })).code).toBe(0);
  expect(await w.rows()).toEqual(before);
});

it('reads rows that were encrypted with the previous key', async () => {
  const w = await sample(`${head}timmy: {llm_api_key: CANARY-llm}\n`);
  await w.import(['--no-backup'], { env: encrypted });
  w.write(`${head}timmy: {llm_api_key: CANARY-llm}\n`);
  const rotated = {
    TMI_SECRET_SETTINGS_ENCRYPTION_KEY: '1'.repeat(64),
    TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: encrypted.TMI_SECRET_SETTINGS_ENCRYPTION_KEY,
  };
  const before = await w.rows();
  expect((await w.import([], { env: rotated })).code).toBe(0);
  expect(await w.rows()).toEqual(before);
  w.write(`${head}timmy: {llm_api_key: CANARY-llm}\n`);
  const without = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: '1'.repeat(64) };
  const { code, err } = await w.import([], { env: without });
  expect(code).toBeGreaterThan(0);
  expect(err).toContain('[settings/cannot-decrypt]');
});

describe('variables', () => {
  const text = `${head}timmy:\n  enabled: true # on\n  chunk_size: 256\noperator: {name: Ann}\n`;
  const env = { TMI_TIMMY_ENABLED: 'false', TMI_TIMMY_CHUNK_SIZE: '256', TMI_OPERATOR_NAME: '' };

  it('stops where a variable says otherwise until it is told which to store', async () => {
    const w = await sample(text);
    const before = await snapshot(w);
    const { code, err } = await w.import([], { env });
    expect(code).toBe(3);
    expect(err).toContain('[legacy/shadowed]');
    expect(err.match(/config\.yml:\d+:\d+/g)).toEqual(['config.yml:3:3']);
    expect(await snapshot(w)).toEqual(before);
  });

  it.each([
    [['--server', '1.8'], true],
    [['--server', '1.8'], false],
    [['--no-rewrite'], true],
    [['--no-rewrite'], false],
  ])('finds nothing to do the second time where keys stay in the file, with %s', async (args, origin) => {
    const w = await sample(
      `database: {url: "$URL"}\nauth: {build_mode: test, jwt: {expiration_seconds: 900}}\ntimmy: {enabled: true}\n`,
    );
    await createServerTable('sqlite', w.url, { origin });
    const chosen = { TMI_JWT_EXPIRATION_SECONDS: '1000', TMI_TIMMY_ENABLED: 'false' };
    const all = [...args, '--shadowed', 'env'];
    expect((await w.import(all, { env: chosen })).code).toBe(0);
    expect(await w.values()).toMatchObject({
      'auth.jwt.expiration_seconds': '1000',
      'timmy.enabled': 'false',
    });
    expect(w.text()).toContain('expiration_seconds: 900');
    const after = await snapshot(w);
    const second = await w.import(all, { env: chosen, ...later });
    expect({ code: second.code, err: second.err }).toEqual({ code: 0, err: '' });
    expect(second.out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
  });

  it.each([
    ['env', 'false'],
    ['file', 'true'],
  ])('stores the value of the %s', async (choice, stored) => {
    const w = await sample(text);
    const { code, out } = await w.import(['--shadowed', choice, '--json'], { env });
    expect(code).toBe(0);
    expect(await w.values()).toEqual({
      'timmy.enabled': stored,
      'timmy.chunk_size': '256',
      'operator.name': 'Ann',
    });
    expect(w.text()).toBe(head.replace('$URL', w.url));
    expect(json(out)['shadows']).toMatchObject([
      { key: 'timmy.enabled', variable: 'TMI_TIMMY_ENABLED', choice },
    ]);
    expect((await w.import(['--shadowed', choice], { env })).out).toContain('Nothing to do');
  });

  it.each([
    ['env', { client_id: 'z', enabled: 'true' }],
    ['file', { client_id: 'a', icon: 'b' }],
  ])('stores a provider that variables define whole, as the %s has it', async (choice, fields) => {
    const provider = { OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true', OAUTH_PROVIDERS_GOOGLE_CLIENT_ID: 'z' };
    const w = await sample(`${head}auth: {oauth: {providers: {google: {client_id: a, icon: b}}}}\n`);
    const stopped = await w.import([], { env: provider });
    expect(stopped.code).toBe(3);
    expect(stopped.err.match(/\[legacy\/shadowed\]/g)).toHaveLength(3);
    const done = await w.import(['--shadowed', choice], { env: provider });
    expect({ code: done.code, err: done.err }).toEqual({ code: 0, err: '' });
    const stored = Object.entries(fields).map(([name, v]) => [`auth.oauth.providers.google.${name}`, v]);
    expect(await w.values()).toEqual(Object.fromEntries(stored));
    expect(w.text()).toBe(head.replace('$URL', w.url));
    const after = await snapshot(w);
    const second = await w.import(['--shadowed', choice], { env: provider, ...later });
    expect(second.out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
  });

  it('imports the variables of an app without a file', async () => {
    const w = await Workspace.create('sqlite');
    const app = {
      TMI_DATABASE_URL: w.url,
      TMI_JWT_SECRET: 'CANARY-jwt',
      TMI_JWT_EXPIRATION_SECONDS: '1800',
      TMI_OAUTH_CLIENT_CALLBACK_ALLOWLIST: 'https://a.example.com/*, http://localhost/cb',
      TMI_OPERATOR_NAME: '',
      TMI_TIMMY_LLM_API_KEY: 'vault://llm',
      TMI_SECRET_LLM: 'CANARY-llm',
      OAUTH_PROVIDERS_MY_IDP_ENABLED: 'true',
      OAUTH_PROVIDERS_MY_IDP_CLIENT_ID: 'abc',
      OAUTH_PROVIDERS_MY_IDP_SCOPES: 'openid,email',
      ...encrypted,
    };
    const { code, out, err } = await w.run(['import-legacy', '--from-env'], { env: app });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain('CANARY');
    const values = await w.values();
    expect(Object.fromEntries(Object.entries(values).map(([key, v]) => [key, openEnvelope(v).text]))).toEqual(
      {
        'auth.jwt.expiration_seconds': '1800',
        'auth.oauth.client_callback_allowlist': '["https://a.example.com/*","http://localhost/cb"]',
        'auth.oauth.providers.my-idp.client_id': 'abc',
        'auth.oauth.providers.my-idp.enabled': 'true',
        'auth.oauth.providers.my-idp.scopes': '["openid","email"]',
        [derivedKey]: '30',
        'timmy.llm_api_key': 'CANARY-llm',
      },
    );
    expect(w.files()).toEqual([]);
    const after = await snapshot(w);
    expect((await w.run(['import-legacy', '--from-env'], { env: app })).out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
  });
});

describe('the variables after an import of them', () => {
  const app = {
    TMI_OPERATOR_NAME: 'Ann',
    TMI_TIMMY_ENABLED: 'true',
    TMI_SERVER_BASE_URL: 'https://tmi.example.com',
    TMI_RATELIMIT_PUBLIC_RPM: '60',
    OAUTH_PROVIDERS_MY_IDP_ENABLED: 'true',
    OAUTH_PROVIDERS_MY_IDP_CLIENT_ID: 'abc',
    TMI_CONTENT_OAUTH_PROVIDERS_CONFLUENCE_ENABLED: 'true',
    TMI_CONTENT_OAUTH_PROVIDERS_CONFLUENCE_CLIENT_ID: 'abc',
  };
  const names = (out: string, line: RegExp): string[] => line.exec(out)?.[1]?.split(', ').sort() ?? [];
  const removable = (out: string): string[] => names(out, /^may now be removed.*: (.*)$/m);
  const needed = (out: string): string[] => names(out, /^still needed.*: (.*)$/m);

  it('names those that may go, and the one that the server needs at start', async () => {
    const w = await Workspace.create('sqlite');
    const { code, out, err } = await w.run(['import-legacy', '--from-env'], {
      env: { ...app, TMI_DATABASE_URL: w.url },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(removable(out)).toEqual(['OAUTH_PROVIDERS_MY_IDP_*', 'TMI_OPERATOR_NAME', 'TMI_TIMMY_ENABLED']);
    expect(needed(out)).toEqual(['TMI_SERVER_BASE_URL']);
    // The plan says to keep these for a Go server, so nothing may say that they can go.
    expect(out).toContain('Keep their variables for it.');
    expect(names(out, /^read only by a Go server 1\.8: (.*)$/m)).toEqual([
      'TMI_CONTENT_OAUTH_PROVIDERS_CONFLUENCE_*',
      'TMI_RATELIMIT_PUBLIC_RPM',
    ]);
    expect(out).not.toMatch(/ the file/);
  });

  it('keeps those that a 1.8 server reads from nowhere else', async () => {
    const w = await Workspace.create('sqlite');
    const { code, out, err } = await w.run(['import-legacy', '--from-env', '--server', '1.8'], {
      env: { ...app, TMI_DATABASE_URL: w.url },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(removable(out)).not.toContain('TMI_RATELIMIT_PUBLIC_RPM');
    expect(removable(out)).toContain('TMI_TIMMY_ENABLED');
    expect(needed(out)).toEqual(expect.arrayContaining(['TMI_RATELIMIT_PUBLIC_RPM', 'TMI_SERVER_BASE_URL']));
    expect(out).not.toMatch(/ the file/);
  });

  it('says nothing of the kind after an import of a file', async () => {
    const w = await sample();
    const { out } = await w.import(plain, { env: { TMI_TIMMY_ENABELD: 'CANARY' } });
    expect(removable(out)).toEqual([]);
    expect(out).not.toContain('TMI_TIMMY_ENABELD');
  });

  it('names those that were passed over, and shows no value', async () => {
    const w = await Workspace.create('sqlite');
    const env = {
      ...app,
      TMI_DATABASE_URL: w.url,
      OAUTH_PROVIDERS_OKTA_ENABLED: 'TRUE',
      OAUTH_PROVIDERS_OKTA_CLIENT_SECRET: 'CANARY',
      OAUTH_PROVIDERS_ODD_CLIENT_ID: 'CANARY',
      TMI_TIMMY_ENABELD: 'CANARY',
    };
    const args = ['import-legacy', '--from-env', '--dry-run'];
    const { code, out, err } = await w.run(args, { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^note: .*okta.*OAUTH_PROVIDERS_OKTA_ENABLED must be exactly true/m);
    expect(out).toMatch(/^note: .*odd.*there is no OAUTH_PROVIDERS_ODD_ENABLED/m);
    expect(out).toMatch(/^note: TMI_TIMMY_ENABELD .*TMI_TIMMY_ENABLED\?$/m);
    expect(out).not.toContain('CANARY');
    const { notes } = json((await w.run([...args, '--json'], { env })).out) as { notes: string[] };
    expect(notes.filter((note) => out.includes(`note: ${note}\n`))).toEqual(notes);
    expect(notes.join()).toContain('TMI_TIMMY_ENABELD');
  });
});

describe('server 1.8', () => {
  const text = `${head}server:
  ratelimit_public_rpm: 60
timmy:
  enabled: true
auth:
  oauth:
    providers:
      whole: {client_id: a, enabled: false}
      partly: {client_id: b, icon: ""}
`;

  it('stores what it reads from the file only, and leaves it there; providers go whole, with what says nothing', async () => {
    const w = await sample(text);
    const { code, out, err } = await w.import(['--server', '1.8']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain('--server 1.8 to keep them');
    expect(w.text()).toBe(`${head.replace('$URL', w.url)}server:
  ratelimit_public_rpm: 60
`);
    expect(await w.values()).toEqual({
      'server.ratelimit_public_rpm': '60',
      'timmy.enabled': 'true',
      'auth.oauth.providers.whole.client_id': 'a',
      'auth.oauth.providers.whole.enabled': 'false',
      'auth.oauth.providers.partly.client_id': 'b',
    });
    const after = await snapshot(w);
    expect((await w.import(['--server', '1.8'], later)).out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
  });

  it('says under the documented model which keys such a server would miss', async () => {
    const w = await sample(text);
    const { out } = await w.import(['--dry-run']);
    expect(out.match(/^note: .*only from its file.*$/gm)).toHaveLength(1);
    expect(out).toMatch(/^note: .*server\.ratelimit_public_rpm/m);
    expect(out).not.toMatch(/^note: .*timmy\.enabled/m);
  });

  it('stops before rows that the provider in the file has hidden come to light', async () => {
    const w = await sample(text);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, {
      key: 'auth.oauth.providers.whole.issuer',
      value: 'x',
      origin: 'explicit',
    });
    const before = await snapshot(w);
    const stopped = await w.import(['--server', '1.8']);
    expect(stopped.code).toBe(3);
    expect(stopped.err).toContain('auth.oauth.providers.whole.issuer');
    expect(await snapshot(w)).toEqual(before);
    expect((await w.import(['--server', '1.8', '--on-conflict', 'overwrite'])).code).toBe(0);
    expect(await w.values()).not.toHaveProperty('auth.oauth.providers.whole.issuer');
    expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
    expect(await snapshot(w)).toMatchObject({ rows: (before as { rows: object }).rows });
    expect((await w.import(['--server', '1.8', '--on-conflict', 'keep'], later)).code).toBe(0);
    const values = await w.values();
    expect(values).toMatchObject({ 'auth.oauth.providers.whole.issuer': 'x' });
    // The database's provider is kept whole, and no field of the file's gets into it.
    expect(values).not.toHaveProperty('auth.oauth.providers.whole.client_id');
  });

  it.each(['documented', '1.8'])(
    'takes away hidden rows that nobody chose, for a server %s',
    async (server) => {
      const w = await sample(text);
      await createServerTable('sqlite', w.url, { origin: true });
      const key = 'auth.oauth.providers.whole.issuer';
      await insertRow('sqlite', w.url, { key, value: 'x', origin: 'seeded' });
      const before = await snapshot(w);
      const { code, out } = await w.import(['--server', server]);
      expect(code).toBe(0);
      expect(out).toMatch(/removed +auth\.oauth\.providers\.whole\.issuer .*nobody chose/);
      expect(await w.values()).not.toHaveProperty(key);
      expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
      expect(await snapshot(w)).toMatchObject({ rows: (before as { rows: object }).rows });
    },
  );

  it.each(['documented', '1.8'])(
    'stops at what cannot go with its provider, for a server %s',
    async (server) => {
      const w = await sample(
        `${head}auth: {oauth: {providers: {google: {client_id: a, client_sekret: b}}}}\n`,
      );
      const before = await snapshot(w);
      const { code, err } = await w.import(['--server', server]);
      expect(code).toBe(3);
      expect(err).toContain('config.yml:2:');
      expect(err).toContain('[legacy/provider-not-whole]');
      expect(err).toContain('auth.oauth.providers.google.client_secret');
      expect(await snapshot(w)).toEqual(before);
    },
  );

  it('says which enabled provider would only fail at login once it is stored', async () => {
    const w = await sample(`${head}auth: {oauth: {providers: {google: {client_id: a, enabled: true}}}}\n`);
    const { code, out } = await w.import(['--server', '1.8']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^note: auth\.oauth\.providers\.google: .*without authorization_url, token_url.*at login only/m,
    );
    const off = await sample(`${head}auth: {oauth: {providers: {google: {client_id: a}}}}\n`);
    expect((await off.import(['--server', '1.8'])).out).not.toContain('at login only');
  });

  it.each(['documented', '1.8'])(
    'leaves providers whose id no row can carry, for a server %s',
    async (server) => {
      const odd = `auth: {oauth: {providers: {Corp_X: {client_id: a}, my.idp: {client_id: b}}}}\n`;
      const w = await sample(`${head}operator: {name: A}\n${odd}`);
      const { code, out } = await w.import(['--server', server]);
      expect(code).toBe(0);
      expect(out).toMatch(/stays +auth\.oauth\.providers\.Corp_X\.client_id .*no row can carry/);
      expect(out).toMatch(/stays +auth\.oauth\.providers\.my\.idp\.client_id .*no row can carry/);
      expect(w.text()).toBe(`${head.replace('$URL', w.url)}${odd}`);
      expect(await w.values()).toEqual({ 'operator.name': 'A' });
    },
  );
});

describe('what it prints', () => {
  it('gives the plan and its outcome as data', async () => {
    const w = await sample();
    const { code, out, err } = await w.import(['--json', ...plain]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document = json(out);
    expect(document).toMatchObject({
      version: 1,
      kind: 'import-legacy',
      database: expect.stringContaining('sqlite://') as string,
      source: 'file',
      server: 'documented',
      counts: { stays: 6, moves: 17, same: 0, conflict: 0, renamed: 0, unknown: 0 },
      shadows: [],
      proof: { differences: [], chosen: [] },
      result: { rowsWritten: 18, rowsDeleted: 0, rewritten: w.file, resumed: false },
      cache: { state: 'not-configured' },
      error: null,
    });
    expect(Object.keys(document)).toEqual([
      'version',
      'kind',
      'database',
      'source',
      'server',
      'environment',
      'serverReason',
      'otherServer',
      'counts',
      'digest',
      'entries',
      'shadows',
      'notes',
      'diff',
      'proof',
      'result',
      'cache',
      'error',
    ]);
  });

  it('gives conflicts as data too, with the exit code', async () => {
    const w = await sample(`${head}timmy: {enabled: true}\n`);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, {
      key: 'timmy.enabled',
      value: 'false',
      type: 'bool',
      origin: 'explicit',
    });
    const { code, out, err } = await w.import(['--json']);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(json(out)).toMatchObject({
      result: null,
      error: {
        code: 'legacy/conflict',
        diagnostics: [{ code: 'legacy/conflict', position: { line: 2, column: 9 } }],
      },
    });
  });

  it('prints an undo line that a shell takes as it is, whatever the paths hold', async () => {
    const w = await sample();
    mkdirSync(join(w.folder, "my dir's"));
    writeFileSync(join(w.folder, "my dir's/co nf.yml"), w.text());
    writeFileSync(join(w.folder, 'b c.yml'), head.replace('$URL', w.url));
    const { code, out } = await w.run([
      'import-legacy',
      "my dir's/co nf.yml",
      '--config',
      'b c.yml',
      ...plain,
    ]);
    expect(code).toBe(0);
    const line = /^undo +tmi-dbtool (.*)$/m.exec(out)?.[1] ?? '';
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
    expect((await w.run(words.trimEnd().split('\n'))).code).toBe(0);
    expect(await w.values()).toEqual({});
  });

  it('says nothing with --quiet', async () => {
    const w = await sample();
    const { code, out, err } = await w.import(['--quiet', ...plain]);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('faults', () => {
  it.each([
    ['postgres://tmi:CANARY@127.0.0.1:1/tmi', 6],
    ['mysql://tmi:CANARY@127.0.0.1:1/tmi', 6],
    ['nonsense://tmi:CANARY@127.0.0.1/tmi', undefined],
  ])('ends with its exit code when %s cannot be used', async (url, expected) => {
    const w = await sample(sampleText.replace('$URL', url));
    const files = w.files();
    const { code, out, err } = await w.import(plain);
    if (expected === undefined) expect(code).toBeGreaterThan(0);
    else expect(code).toBe(expected);
    expect(out + err).not.toContain('CANARY');
    expect(w.files()).toEqual(files);
  });

  it.each([
    ['an empty file', ''],
    ['comments only', '# nothing\n'],
    ['no UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a])],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['a key twice', 'timmy:\n  enabled: true\n  enabled: false\n'],
    ['a list at the top', '- a\n'],
    ['no YAML', 'a: [1\n'],
    ['deep nesting', `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}\n`],
  ])('refuses %s', async (_, text) => {
    const w = await Workspace.create('sqlite');
    writeFileSync(w.file, text);
    const { code, err } = await w.import(['--database-url', w.url]);
    expect([1, 2, 3]).toContain(code);
    expect(err).toMatch(/\[config\//);
    expect(await w.values()).toEqual({});
    expect(w.files()).toEqual(['config.yml']);
  });

  it('refuses options that contradict each other', async () => {
    const w = await sample();
    const before = await snapshot(w);
    for (const args of [
      ['--no-rewrite', '--output', 'x'],
      ['--from-env'],
      ['--overwrite'],
      ['--undo', 'x', '--dry-run'],
      ['--undo', 'x', 'config.yml'],
      ['--undo', 'x', '--output', 'y'],
      ['--undo', 'x', '--no-backup'],
      ['config.yml', '--input-file', 'other.yml'],
      ['--server', '2'],
      ['--on-conflict', 'both'],
    ]) {
      expect((await w.import(args)).code, args.join(' ')).toBe(2);
    }
    expect(await snapshot(w)).toEqual(before);
  });

  it('refuses what is no receipt, and a receipt of another database', async () => {
    const w = await sample();
    writeFileSync(join(w.folder, 'r.json'), '{}');
    expect((await w.run(['import-legacy', '--undo', 'r.json', '--database-url', w.url])).code).toBe(3);
    await w.import(plain);
    const good = JSON.parse(w.text(basename(w.receipt()))) as Record<string, unknown>;
    for (const damage of [
      { version: 2 },
      { status: 'odd' },
      { changes: [{}] },
      { changes: [{ key: 'a', before: {}, after: null }] },
      { file: { path: 1 } },
      { file: { ...(good['file'] as object), output: 'new.yml' } },
      { earlier: [1] },
    ]) {
      writeFileSync(join(w.folder, 'r.json'), JSON.stringify({ ...good, ...damage }));
      const { code, err } = await w.run(['import-legacy', '--undo', 'r.json']);
      expect({ code, err }).toEqual({
        code: 3,
        err: expect.stringContaining('[legacy/bad-receipt]') as string,
      });
    }
    const other = `${w.url}.other`;
    const { code, err } = await w.run(['import-legacy', '--undo', w.receipt(), '--database-url', other]);
    expect({ code, err }).toEqual({
      code: 4,
      err: expect.stringContaining('[legacy/wrong-database]') as string,
    });
  });
});
