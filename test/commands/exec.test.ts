import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Binary, finished } from '../support/binary.js';
import { printed } from '../support/child.js';
import { startAws } from '../support/stand-ins/aws.js';

let binary: Binary;
beforeAll(async () => {
  binary = await Binary.create();
});
afterAll(() => binary.dispose());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-exec-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exec = (args: readonly string[], env: Record<string, string> = {}) =>
  binary.run(['exec', ...args], env, folder);

const node = process.execPath;
const printEnvironment = ['--', node, '-e', 'process.stdout.write(JSON.stringify(process.env))'];

async function childEnvironment(args: readonly string[], env: Record<string, string>) {
  const { code, out, err } = await exec([...args, ...printEnvironment], env);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, string>;
}

const secret = 'resolved-secret-$HOME "quoted"\nsecond line';

describe('exec', () => {
  it('gives the command its own environment with every reference resolved', async () => {
    writeFileSync(
      join(folder, 'tmi.yml'),
      'auth: { jwt: { secret: vault://jwt } }\nserver: { port: "9000" }\n',
    );
    const env = { TMI_SECRET_JWT: secret, NATS_URL: 'env://OTHER', OTHER: 'nats', UNRELATED: 'stays' };
    const found = await childEnvironment(['--config', 'tmi.yml'], env);
    expect(found).toMatchObject({
      TMI_JWT_SECRET: secret,
      TMI_SERVER_PORT: '9000',
      NATS_URL: 'nats',
      UNRELATED: 'stays',
    });
    expect(readdirSync(folder)).toEqual(['tmi.yml']);
  });

  it('does not hand on what the tool sets for itself, nor what led to the provider', async () => {
    const found = await childEnvironment([], { TMI_VAULT_TOKEN: 'env://TOKEN', TOKEN: 'x' });
    expect(Object.keys(found)).not.toContain('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED');
    expect(Object.keys(found)).not.toContain('TMI_VAULT_TOKEN');
    const kept = await childEnvironment([], { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'false' });
    expect(kept['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']).toBe('false');
  });

  it('keeps the AWS client quiet', async () => {
    const standIn = await startAws();
    try {
      standIn.shelf.put('jwt', secret);
      const settings = { TMI_SECRETS_PROVIDER: 'aws', TMI_AWS_REGION: 'eu-central-1' };
      const found = await childEnvironment([], {
        ...standIn.environment(),
        ...settings,
        TMI_JWT_SECRET: 'vault://jwt',
      });
      expect(found['TMI_JWT_SECRET']).toBe(secret);
      expect(found['TMI_SECRETS_PROVIDER']).toBe('env');
    } finally {
      await standIn.close();
    }
  });

  it('starts a pristine command with the effective environment alone, and what is passed by name', async () => {
    const env = {
      HOME: folder,
      TMI_JWT_SECRET: 'vault://jwt',
      TMI_SECRET_JWT: secret,
      UNRELATED: 'x',
      WANTED: 'y',
      AWS_SECRET_ACCESS_KEY: 'z',
    };
    const found = await childEnvironment(['--pristine', '--pass', 'WANTED,ABSENT'], env);
    expect(Object.keys(found).sort()).toEqual([
      'HOME',
      'PATH',
      'TMI_JWT_SECRET',
      'TMI_SECRETS_PROVIDER',
      'WANTED',
    ]);
  });

  it('adds nothing of a server for a worker', async () => {
    const env = { NATS_URL: 'vault://nats', TMI_SECRET_NATS: 'n' };
    expect(await childEnvironment(['--worker', '--pristine'], env)).toMatchObject({ NATS_URL: 'n' });
    expect(await childEnvironment(['--worker'], env)).not.toHaveProperty('TMI_SECRETS_PROVIDER');
  });

  it.each([0, 3, 42, 255])('ends with the exit code %i of the command', async (code) => {
    expect((await exec(['--', node, '-e', `process.exit(${code})`])).code).toBe(code);
  });

  it('hands every argument on as it is, also those that look like its own', async () => {
    const args = ['--json', '--quiet', '-l', '--config', 'x', 'a b', '', '--', 'settings', 'get'];
    const { code, out } = await exec([
      '--',
      node,
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...args,
    ]);
    expect([code, JSON.parse(out)]).toEqual([0, args]);
  });

  it('ends with 127 when there is no such command and with 126 when it cannot be executed', async () => {
    const absent = await exec(['--', 'no-such-command-here']);
    expect([absent.code, absent.err]).toEqual([127, expect.stringContaining('exec/no-such-command')]);
    const empty = await exec(['--', '']);
    expect([empty.code, empty.err]).toEqual([127, expect.stringContaining('exec/no-such-command')]);
    expect(empty.err).toMatch(/^error: \S/);
    expect(empty.err).not.toContain('ERR_');
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'plain'), 'text');
    chmodSync(join(folder, 'plain'), 0o644);
    for (const command of ['./folder', './plain']) {
      const refused = await exec(['--', command]);
      expect([refused.code, refused.err]).toEqual([126, expect.stringContaining('exec/cannot-execute')]);
    }
    const machine = await exec(['--json', '--', 'no-such-command-here']);
    expect([machine.code, machine.err]).toEqual([127, '']);
    expect(JSON.parse(machine.out)).toMatchObject({ error: { code: 'exec/no-such-command' } });
  });

  it('does not start the command when a reference has no value', async () => {
    const marker = join(folder, 'started');
    const { code, out, err } = await exec(['--', 'touch', marker], {
      TMI_JWT_SECRET: 'vault://nope',
      NATS_URL: 'env://NOPE',
    });
    expect([code, out, existsSync(marker)]).toEqual([5, '', false]);
    expect(err).toContain('$TMI_JWT_SECRET');
    expect(err).toContain('$NATS_URL');
  });

  it.each([[['--pass', 'X', '--', 'true']], [['--worker', '--config', 'x', '--', 'true']], [[]]])(
    'refuses %j as a mistake on the command line',
    async (args) => {
      expect((await exec(args)).code).toBe(2);
    },
  );
});

const forwarded = [
  ...(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const),
  ...(['SIGALRM', 'SIGVTALRM', 'SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGCONT'] as const),
];
const reporter = `
  for (const s of ${JSON.stringify(forwarded)}) process.on(s, () => { console.log('got ' + s); process.exit(9); });
  setInterval(() => {}, 1000);
  console.log('ready');
`;

describe('signals', () => {
  it.each(forwarded)('hands %s on to the command and waits for its own end', async (signal) => {
    const child = binary.start(['exec', '--', node, '-e', reporter], {}, folder);
    const end = finished(child);
    await printed(child, 'ready');
    child.kill(signal);
    expect(await end).toMatchObject({ code: 9, out: `ready\ngot ${signal}\n`, err: '' });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGUSR2'] as const)(
    'ends with 128 and its number when %s ends the command',
    async (signal) => {
      const { code } = await exec([
        '--',
        node,
        '-e',
        `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`,
      ]);
      expect(code).toBe(128 + constants.signals[signal]);
    },
  );
});

describe.runIf(process.platform === 'linux')('what other users of the machine can see', () => {
  it('is no secret: neither the argument list nor the title of the tool holds one', async () => {
    const child = binary.start(
      ['exec', '--', node, '-e', reporter],
      { TMI_JWT_SECRET: 'vault://jwt', TMI_SECRET_JWT: secret },
      folder,
    );
    const end = finished(child);
    await printed(child, 'ready');
    const seen = ['cmdline', 'comm', 'stat', 'status'].map((name) =>
      readFileSync(`/proc/${child.pid ?? 0}/${name}`, 'latin1'),
    );
    child.kill('SIGTERM');
    await end;
    expect(seen[0]).toContain('exec');
    for (const text of seen) expect(text).not.toContain('resolved-secret');
  });
});
