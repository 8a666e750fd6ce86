import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { FakeIo, type FakeIoOptions } from '../support/io.js';

const good = `server:
  port: "8080"
  interface: 0.0.0.0
  base_url: https://tmi.example.com
database:
  url: vault://tmi/database_url
auth:
  build_mode: production
  jwt:
    secret: vault://tmi/jwt_secret
logging:
  is_dev: false
  redact_auth_tokens: true
`;
const unchecked = 'Not looked at: references (--resolve); interface, log folder, database, Redis (--connect)';
const drifted = `${good}timmy:\n  enabled: false\n`;
const broken = 'server:\n  port: "8080\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-validate-'));
  writeFileSync(join(folder, 'good.yml'), good);
  writeFileSync(join(folder, 'drifted.yml'), drifted);
  writeFileSync(join(folder, 'broken.yml'), broken);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], options: FakeIoOptions = {}): Promise<Run> {
  const io = new FakeIo({ cwd: folder, ...options });
  const code = await main(['validate-config', ...args], io);
  return { code, out: io.out, err: io.err };
}

interface JsonResult {
  readonly valid: boolean;
  readonly summary: { readonly errors: number; readonly warnings: number; readonly infos: number };
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly file?: string;
    readonly variable?: string;
  }[];
}

async function findings(args: readonly string[], options: FakeIoOptions = {}): Promise<JsonResult> {
  return JSON.parse((await run([...args, '--json'], options)).out) as JsonResult;
}

const rulesOf = (result: JsonResult): string[] => result.findings.map(({ rule }) => rule);

describe('validate-config', () => {
  it('says nothing but a summary about a valid file', async () => {
    const { code, out, err } = await run(['good.yml']);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: `No findings in 1 file (profile production)\n${unchecked}\n`,
      err: '',
    });
    expect((await run(['good.yml', '--quiet'])).out).toBe('');
  });

  it('names what it did not look at, with the option that looks, and nothing that it did', async () => {
    const tls = `${good.replace('server:\n', 'server:\n  tls_enabled: true\n')}`;
    writeFileSync(join(folder, 'tls.yml'), tls);
    expect((await run(['tls.yml', '--resolve'])).out).toContain(
      'Not looked at: TLS and key files, interface, log folder, database, Redis (--connect)\n',
    );
    expect((await run(['good.yml', '--connect'])).out).not.toContain('Not looked at');
    const { unchecked: said } = JSON.parse((await run(['good.yml', '--json'])).out) as { unchecked: unknown };
    expect(said).toEqual([
      { option: '--resolve', what: ['references'] },
      { option: '--connect', what: ['interface', 'log folder', 'database', 'Redis'] },
    ]);
  });

  it('takes a key for drift only when it knows which server reads the file', async () => {
    const levels = async (...server: string[]) =>
      (await findings(['file-only.yml', '--rule', 'drift', '--strict', ...server])).findings.map(
        ({ severity }) => severity,
      );
    // A Go server 1.8 reads both from its file, the second one only there.
    writeFileSync(join(folder, 'file-only.yml'), 'operator: {name: A}\ntimmy: {llm_max_tokens: 5}\n');
    expect(await levels()).toEqual(['error', 'info']);
    expect(await levels('--server', 'auto')).toEqual(['error', 'info']);
    expect(await levels('--server', 'documented')).toEqual(['error', 'error']);
    expect(await levels('--server', '1.8')).toEqual(['error']);
  });

  it('checks no file that was named without saying so', async () => {
    const both = await run(['good.yml', '--config', 'broken.yml']);
    expect(both.code).toBe(2);
    expect(both.err).toContain('[usage/conflicting-options]');
    expect((await run(['--config', 'broken.yml'])).code).toBe(3);
  });

  it('explains rules as data too', async () => {
    const one = JSON.parse((await run(['--explain', 'inline-secret', '--json'])).out) as object;
    expect(one).toMatchObject({ version: 1, kind: 'rules', rules: [{ id: 'inline-secret', tier: 'rules' }] });
    const all = JSON.parse((await run(['--explain', 'all', '--json'])).out) as { rules: object[] };
    expect(all.rules.length).toBeGreaterThan(50);
  });

  it('suggests the rule that was meant', async () => {
    for (const option of ['--rule', '--ignore', '--explain']) {
      const { code, err } = await run(['good.yml', option, 'inline-secrets']);
      expect(code).toBe(2);
      expect(err).toContain('Did you mean inline-secret?');
    }
  });

  it('says a missing required setting as the server does', async () => {
    writeFileSync(
      join(folder, 'config-production.yml'),
      good.replace('  url: vault://tmi/database_url\n', '  url: ""\n'),
    );
    const { code, out } = await run(['config-production.yml']);
    expect(code).toBe(3);
    expect(out).toContain(
      'FATAL required setting "database.url" is empty — set it in config-production.yml or via the TMI_DATABASE_URL environment variable',
    );
  });

  it('takes the environment alone', async () => {
    const env = {
      TMI_DATABASE_URL: 'vault://tmi/database_url',
      TMI_BUILD_MODE: 'test',
      TMI_JWT_SECRET: 'q8vN2xLpR7tKzW4mYc9HsB3dGfJ6aQeU',
    };
    expect(await run([], { env })).toMatchObject({
      code: 0,
      out: 'No findings in the environment (profile development)\nNot looked at: references (--resolve); interface, log folder, database, Redis (--connect)\n',
    });
    const { code, out } = await run([]);
    expect(code).toBe(3);
    expect(out).toContain('via the TMI_JWT_SECRET environment variable');
  });

  it('uses --config when no file is named', async () => {
    expect((await run(['--config', 'drifted.yml'])).out).toContain('drifted.yml:');
  });

  it('reads standard input', async () => {
    const { code, out } = await run(['-'], { stdin: broken });
    expect(code).toBe(3);
    expect(out).toContain('<stdin>:');
  });

  it('checks several files at once and names a finding of the environment once', async () => {
    const result = await findings(['good.yml', 'broken.yml', 'drifted.yml'], {
      env: { JWT_SECRET: 'hunter2-hunter2' },
    });
    expect(result.findings.map(({ file, variable }) => file ?? variable)).toEqual([
      'broken.yml',
      'drifted.yml',
      'JWT_SECRET',
    ]);
  });

  it('goes on after a file that cannot be read, and ends with 1', async () => {
    mkdirSync(join(folder, 'folder.yml'));
    const result = await run(['missing.yml', 'folder.yml', 'drifted.yml', '--json']);
    expect(result.code).toBe(1);
    expect(rulesOf(JSON.parse(result.out) as JsonResult)).toEqual([
      'drift',
      'cannot-read-file',
      'cannot-read-file',
    ]);
  });

  it('makes drift an error with --strict, and a failure with --fail-on warning', async () => {
    expect((await run(['drifted.yml'])).code).toBe(0);
    expect((await run(['drifted.yml'])).out).toContain('tmi-dbtool import-legacy -f drifted.yml');
    expect((await run(['drifted.yml', '--strict'])).code).toBe(3);
    expect((await run(['drifted.yml', '--fail-on', 'warning'])).code).toBe(3);
    expect((await run(['good.yml', '--fail-on', 'warning'])).code).toBe(0);
  });

  it('knows what server 1.8 reads from its file', async () => {
    const text = `${good}observability:\n  enabled: true\ntimmy:\n  enabled: false\n`;
    writeFileSync(join(folder, 'both.yml'), text);
    const keys = async (...args: string[]) =>
      ((await findings(['both.yml', ...args])).findings as unknown as { key: string }[]).map(
        ({ key }) => key,
      );
    expect(await keys()).toEqual(['observability.enabled', 'timmy.enabled']);
    expect(await keys('--server', '1.8')).toEqual(['timmy.enabled']);
  });

  it('takes the profile from the build mode unless it is told', async () => {
    writeFileSync(
      join(folder, 'dev.yml'),
      good.replace('build_mode: production', 'build_mode: dev').replace('is_dev: false', 'is_dev: true'),
    );
    expect(rulesOf(await findings(['dev.yml']))).toEqual([]);
    expect(rulesOf(await findings(['dev.yml', '--profile', 'production']))).toEqual(['logging-dev']);
  });

  it('chooses tiers and rules', async () => {
    writeFileSync(join(folder, 'bad.yml'), 'server:\n  prot: "1"\nauth:\n  build_mode: prod\n');
    expect(rulesOf(await findings(['bad.yml', '--tier', 'syntax']))).toEqual([]);
    expect(rulesOf(await findings(['bad.yml', '--tier', 'schema']))).toEqual(['unknown-key']);
    expect(rulesOf(await findings(['bad.yml', '--rule', 'unknown-key,build-mode-unknown']))).toEqual([
      'unknown-key',
      'build-mode-unknown',
    ]);
    expect(rulesOf(await findings(['bad.yml', '--tier', 'schema', '--ignore', 'unknown-key']))).toEqual([]);
  });

  it.each([
    [['--rule', 'no-such-rule']],
    [['--ignore', 'no-such-rule']],
    [['--tier', 'taste']],
    [['--profile', 'prod']],
    [['--format', 'xml']],
    [['--fail-on', 'info']],
    [['--json', '--format', 'sarif']],
    [['--explain', 'no-such-rule']],
  ])('refuses %j', async (args) => {
    expect((await run(['good.yml', ...args])).code).toBe(2);
  });

  it('explains a rule', async () => {
    const { code, out } = await run(['--explain', 'inline-secret']);
    expect(code).toBe(0);
    expect(out).toMatch(/^### inline-secret\n/);
    expect((await run(['--explain', 'all'])).out).toBe(readFileSync('docs/rules.md', 'utf8'));
  });

  it('prints the same for --json and --format json', async () => {
    expect((await run(['drifted.yml', '--json'])).out).toBe(
      (await run(['drifted.yml', '--format', 'json'])).out,
    );
  });
});

describe('validate-config --format sarif', () => {
  const require = createRequire(import.meta.url);
  const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object;
  // The official schema holds a pattern that is valid without the unicode flag only.
  const ajv = new AjvDraft04.default({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  const isSarif = ajv.compile(schema);

  it.each(['good.yml', 'drifted.yml', 'broken.yml', 'missing.yml'])(
    'fits the official schema: %s',
    async (file) => {
      const env = { JWT_SECRET: 'hunter2-hunter2' };
      const { out } = await run([file, '--format', 'sarif'], { env });
      const log = JSON.parse(out) as { runs: [{ results: object[] }] };
      expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
      expect(log.runs[0].results.length).toBeGreaterThan(0);
      expect(isSarif({ ...log, version: '1' })).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32')('keeps a backslash, which is a character of a name', async () => {
    const name = String.raw`a\b.yml`;
    writeFileSync(join(folder, name), broken);
    const { out } = await run([name, '--format', 'sarif']);
    const uris = [...out.matchAll(/"uri": "([^"]*)"/g)].map(([, uri]) => uri);
    expect(uris).toContain('a%5Cb.yml');
    expect(out).not.toContain('a/b.yml');
  });
});

describe('validate-config --worker', () => {
  it('needs the address of the broker', async () => {
    expect(rulesOf(await findings(['--worker']))).toEqual(['worker-nats-url']);
    expect(rulesOf(await findings(['--worker'], { env: { NATS_URL: 'nats://nats:4222' } }))).toEqual([]);
    expect(
      rulesOf(await findings(['--worker'], { env: { TMI_WORKER_NATS_URL: 'tls://nats:4222' } })),
    ).toEqual([]);
  });

  it.each([
    [{ NATS_URL: 'nats:4222' }, ['worker-nats-url']],
    [{ NATS_URL: 'nats://n:4222', LOG_LEVEL: 'loud' }, ['worker-log-level']],
    [{ NATS_URL: 'nats://n:4222', TMI_WORKER_NATS_URL: 'nats://m:4222' }, ['worker-name-clash']],
    [{ NATS_URL: 'nats://n:4222', SECRET_MOUNTS: 'a=/run/a,b' }, ['worker-secret-mounts']],
    [{ NATS_URL: 'nats://n:4222', SECRET_MOUNTS: '{"a": 1}' }, ['worker-secret-mounts']],
    [{ NATS_URL: 'nats://n:4222', SECRET_MOUNTS: 'a=run/a' }, ['worker-secret-mounts']],
    [
      { NATS_URL: 'nats://n:4222', SECRET_MOUNTS: 'a=/x', TMI_WORKER_SECRET_MOUNT_A: '/y' },
      ['worker-secret-mounts'],
    ],
    [
      { NATS_URL: 'nats://n:4222', SECRET_MOUNTS: '{"a":"/run/a"}', TMI_WORKER_SECRET_MOUNT_B_C: '/run/b' },
      [],
    ],
  ])('checks %j', async (env, rules) => {
    expect(rulesOf(await findings(['--worker'], { env }))).toEqual(rules);
  });

  it('looks at mounted secrets with --connect', async () => {
    writeFileSync(join(folder, 'key'), 'content');
    writeFileSync(join(folder, 'empty'), '');
    const env = {
      NATS_URL: 'nats://n:4222',
      SECRET_MOUNTS: `key=${join(folder, 'key')},empty=${join(folder, 'empty')},gone=/nowhere/at/all`,
    };
    expect(rulesOf(await findings(['--worker'], { env }))).toEqual([]);
    expect(rulesOf(await findings(['--worker', '--connect'], { env }))).toEqual([
      'worker-secret-file',
      'worker-secret-file',
    ]);
  });
});

describe('config', () => {
  async function config(...args: string[]): Promise<Run> {
    const io = new FakeIo({ cwd: folder });
    const code = await main(['config', ...args], io);
    return { code, out: io.out, err: io.err };
  }

  it('prints the schemas', async () => {
    const bootstrap = JSON.parse((await config('schema')).out) as { properties: object };
    const legacy = JSON.parse((await config('schema', '--legacy')).out) as { properties: object };
    expect(bootstrap.properties).not.toHaveProperty('timmy');
    expect(legacy.properties).toHaveProperty('timmy');
  });

  it('prints the reference, as data too', async () => {
    expect((await config('reference')).out).toMatch(/^# Settings/);
    const { settings } = JSON.parse((await config('reference', '--json')).out) as { settings: object[] };
    expect(settings.length).toBeGreaterThan(100);
  });

  it('writes a skeleton once, for its owner only', async () => {
    expect((await config('init', 'new.yml', '--secrets', 'aws')).code).toBe(0);
    expect((await run(['new.yml', '--fail-on', 'warning'])).code).toBe(0);
    expect((await config('init', 'new.yml')).code).toBe(4);
    expect((await config('init')).out).toContain('provider: env');
  });
});
