import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { bundle, type Bundle } from './support/bundle.js';
import { freshDatabase } from './support/database.js';
import { whyMissing } from './support/servers/index.js';
import { tlsFixture } from './support/servers/process.js';
import { startRedis, whyNoRedis, type TestRedis } from './support/servers/redis.js';

// The commands of the deployment examples as they stand there, one after the other, with real servers. What stands
// for a machine is put in its place: folders, host names, and the server of TMI itself.
const examples = fileURLToPath(new URL('../examples', import.meta.url));
const read = (name: string): string => readFileSync(path.join(examples, name), 'utf8');
const missing = whyMissing('postgres') ?? whyNoRedis();

const ENCRYPTION_KEY = '5e'.repeat(32);
const JWT_SECRET = 'CANARY-q8vN2xLpR7tKzW4mYc9HsB3dGfJ6aQeU';

interface Run {
  readonly status: number | null;
  readonly out: string;
}

describe.skipIf(missing)(`deployments${missing ? ` (${missing})` : ''}`, () => {
  let program: Bundle;
  let redis: TestRedis;
  let machine: string;
  let databaseUrl: string;
  let disposeDatabase: () => Promise<void>;
  const place = (...names: string[]): string => path.join(machine, ...names);

  beforeAll(async () => {
    machine = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-deploy-'));
    program = await bundle('bin/tmi-dbtool.ts');
    redis = await startRedis();
    // That of the examples has none.
    await redis.client.sendCommand(['CONFIG', 'SET', 'requirepass', '']);
    const database = await freshDatabase('postgres');
    disposeDatabase = database.dispose;
    const url = new URL(database.url);
    url.searchParams.set('sslmode', 'verify-ca');
    url.searchParams.set('sslrootcert', tlsFixture('ca.crt'));
    databaseUrl = url.href;
    for (const folder of ['bin', 'etc/tmi', 'run/secrets/tmi', 'credentials', 'app']) {
      mkdirSync(place(folder), { recursive: true });
    }
    script('bin/tmi-dbtool', `exec ${process.execPath} ${program.file} "$@"`);
    script('app/tmi-server', 'echo "server of $TMI_DATABASE_URL $TMI_JWT_SECRET"');
    for (const folder of ['run/secrets', 'run/secrets/tmi', 'credentials']) {
      writeFileSync(place(folder, 'database_url'), `${databaseUrl}\n`);
      writeFileSync(place(folder, 'jwt_secret'), `${JWT_SECRET}\n`);
    }
  }, 120_000);

  afterAll(async () => {
    program.dispose();
    await redis.stop();
    await disposeDatabase();
    rmSync(machine, { recursive: true, force: true });
  });

  function script(name: string, body: string): void {
    writeFileSync(place(name), `#!/bin/sh\n${body}\n`);
    chmodSync(place(name), 0o755);
  }

  /** A text of an example with the folders and host names of this machine. */
  const here = (text: string): string =>
    text
      .replaceAll('/etc/tmi/credentials', place('credentials'))
      .replaceAll('/etc/tmi', place('etc/tmi'))
      .replaceAll('/run/secrets', place('run/secrets'))
      .replaceAll('/usr/local/bin/tmi-server', place('app/tmi-server'))
      .replaceAll('/usr/local/bin/tmi-dbtool', 'tmi-dbtool')
      .replace(/host: redis\n(\s+)port: "6379"/, `host: 127.0.0.1\n$1port: "${redis.port}"`);

  function shell(command: string, env: Readonly<Record<string, string>>): Run {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: place('app'),
      env: { PATH: `${place('bin')}:${process.env['PATH'] ?? ''}`, ...env },
      encoding: 'utf8',
    });
    return { status, out: stdout + stderr };
  }

  function succeeds(command: string, env: Readonly<Record<string, string>>): string {
    const { status, out } = shell(command, env);
    expect(status, `${command}\n${out}`).toBe(0);
    return out;
  }

  const quoted = (words: readonly string[]): string => words.map((word) => `'${here(word)}'`).join(' ');

  it('Heroku: release phase, twice, and the web process, with variables alone', () => {
    const { env } = JSON.parse(read('heroku/app.json')) as { env: Record<string, { value?: string }> };
    const values: Record<string, string> = {
      TMI_JWT_SECRET: JWT_SECRET,
      TMI_SECRET_SETTINGS_ENCRYPTION_KEY: ENCRYPTION_KEY,
    };
    const variables = Object.fromEntries(
      Object.entries(env).map(([name, { value }]) => [name, value ?? values[name] ?? '']),
    );
    expect(Object.values(variables)).not.toContain('');
    const { release = '', web = '' } = parse(read('heroku/Procfile')) as Record<string, string>;
    const dyno = {
      ...variables,
      // What the dyno and its add-ons set themselves.
      PORT: '31245',
      DATABASE_URL: databaseUrl,
      // The certificate of the Key-Value Store there is one that nobody knows.
      REDIS_URL: `rediss://localhost:${redis.tlsPort}`,
    };
    expect(succeeds(release, dyno)).not.toContain('CANARY');
    succeeds(release, dyno);
    expect(succeeds(web, dyno)).toContain(`server of ${databaseUrl} ${JWT_SECRET}`);
    const check =
      'tmi-dbtool validate-config --connect --rule redis-unreachable,redis-certificate-unverified';
    expect(succeeds(check, dyno)).toContain('[redis-certificate-unverified]');
    const trusting = { ...dyno, NODE_EXTRA_CA_CERTS: tlsFixture('ca.crt') };
    expect(succeeds(check, trusting)).not.toContain('[redis-');
    const otherName = { ...trusting, REDIS_URL: `rediss://127.0.0.1:${redis.tlsPort}` };
    expect(succeeds(check, otherName)).toContain('its certificate is for another name');
    // What a dyno without its variables says, it says before anything starts.
    expect(shell(release, { PORT: '31245' }).status).toBe(3);
  });

  it('Docker Compose: what runs before the server', () => {
    const { services, configs } = parse(read('compose/docker-compose.yml'), { merge: true }) as {
      services: Record<string, { command?: string[]; environment?: Record<string, string> }>;
      configs: { tmi: { content: string } };
    };
    writeFileSync(place('etc/tmi/config.yml'), here(configs.tmi.content));
    for (const name of ['preflight', 'seed']) {
      const { command = [], environment = {} } = services[name] ?? {};
      expect(Object.values(environment)).toEqual(['${SETTINGS_ENCRYPTION_KEY:?}']);
      const env = Object.fromEntries(Object.keys(environment).map((key) => [key, ENCRYPTION_KEY]));
      succeeds(`tmi-dbtool ${quoted(command)}`, env);
    }
  });

  it('Kubernetes: the initContainer and the job', () => {
    interface Workload {
      readonly data?: Record<string, string>;
      readonly spec?: {
        readonly template: { readonly spec: Record<string, { name: string; args?: string[] }[]> };
      };
    }
    const [configMap, deployment, job] = parseAllDocuments(read('kubernetes/tmi.yml')).map(
      (document) => document.toJS() as Workload,
    );
    const config = here(configMap?.data?.['config.yml'] ?? '');
    writeFileSync(place('etc/tmi/config.yml'), config);
    const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: ENCRYPTION_KEY };
    const [preflight] = deployment?.spec?.template.spec['initContainers'] ?? [];
    succeeds(`tmi-dbtool ${quoted(preflight?.args ?? ['none'])}`, env);
    // The job is for a file of a release before 1.4.0. It leaves the file alone, as a ConfigMap must be.
    const old = `${config}\nwebsocket:\n  inactivity_timeout_seconds: 450\n`;
    writeFileSync(place('etc/tmi/config.yml'), old, { mode: 0o444 });
    const [importer] = job?.spec?.template.spec['containers'] ?? [];
    succeeds(`tmi-dbtool ${quoted(importer?.args ?? ['none'])}`, env);
    expect(readFileSync(place('etc/tmi/config.yml'), 'utf8')).toBe(old);
    const row = succeeds(`tmi-dbtool settings get websocket.inactivity_timeout_seconds`, {
      ...env,
      TMI_DATABASE_URL: databaseUrl,
    });
    expect(row.trim()).toBe('450');
    // A job is tried again when its pod is lost.
    succeeds(`tmi-dbtool ${quoted(importer?.args ?? ['none'])}`, env);
  });

  it('systemd: what runs before the server, and the server with its secrets', () => {
    const unit = read('systemd/tmi.service');
    const lines = (name: string): string[] =>
      [...unit.matchAll(new RegExp(`^${name}=(.+)$`, 'gm'))].map(([, value = '']) => here(value));
    const { data } = parseAllDocuments(read('kubernetes/tmi.yml'))[0]?.toJS() as {
      data: Record<string, string>;
    };
    // The file of this machine names neither database nor secret: variables do.
    const config = (data['config.yml'] ?? '')
      .replace(/^ +(url|secret): .*\n/gm, '')
      .replace(/^ +jwt:\n/m, '');
    writeFileSync(place('etc/tmi/config.yml'), here(config), { mode: 0o644 });
    writeFileSync(
      place('credentials/settings.env'),
      `TMI_SECRET_SETTINGS_ENCRYPTION_KEY=${ENCRYPTION_KEY}\n`,
    );
    const assignments = [
      ...lines('Environment'),
      ...lines('EnvironmentFile').flatMap((file) => readFileSync(file, 'utf8').trim().split('\n')),
    ].map((line) => line.replaceAll('%d', place('credentials')).split(/=(.*)/s));
    const env = Object.fromEntries(assignments) as Record<string, string>;
    expect(lines('ExecStartPre').length).toBe(2);
    for (const command of lines('ExecStartPre')) succeeds(command, env);
    expect(succeeds(lines('ExecStart')[0] ?? 'false', env)).toContain(
      `server of ${databaseUrl} ${JWT_SECRET}`,
    );
  });
});
