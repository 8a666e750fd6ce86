import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Workspace } from '../support/workspace.js';

const config = 'database: {url: "$URL"}\nauth: {jwt: {expiration_seconds: 600}}\noperator: {name: A}\n';

async function workspace(variables: string): Promise<Workspace> {
  const w = await Workspace.create('sqlite', config);
  writeFileSync(join(w.folder, 'prod.env'), variables);
  return w;
}

/** A process that does nothing, with variables of its own. */
function started(env: Record<string, string>): string {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { env, stdio: 'ignore' });
  onTestFinished(() => void child.kill());
  return String(child.pid);
}

interface Environment {
  readonly from: string;
  readonly name: string | null;
  readonly variables: number;
}

describe('--env-file', () => {
  it("sees the server's variables in place of the shell's, in plan, proof and receipt", async () => {
    const w = await workspace('TMI_JWT_EXPIRATION_SECONDS=900\n');
    const shell = { env: { TMI_OPERATOR_NAME: 'shell', TMI_JWT_EXPIRATION_SECONDS: '600' } };
    const stopped = await w.import(['--env-file', 'prod.env'], shell);
    expect([stopped.code, stopped.err], stopped.err).toEqual([
      3,
      expect.stringContaining('[legacy/shadowed]'),
    ]);
    expect(stopped.out).toContain('environment: that of prod.env, with 1 variable of a server');
    expect(stopped.err).not.toContain('TMI_OPERATOR_NAME');
    const done = await w.import(['--env-file', 'prod.env', '--shadowed', 'env', '--json'], shell);
    expect(done.code, done.err).toBe(0);
    const seen = { from: 'files', name: 'prod.env', variables: 1 };
    const { environment, result } = JSON.parse(done.out) as {
      environment: Environment;
      result: { receipt: string };
    };
    expect(environment).toEqual(seen);
    const receipt = JSON.parse(readFileSync(result.receipt, 'utf8')) as {
      environment: Environment;
    };
    expect(receipt.environment).toEqual(seen);
    expect((await w.rows()).get('auth.jwt.expiration_seconds')?.value).toBe('900');
    expect((await w.rows()).get('operator.name')?.value).toBe('A');
  });

  it('names what the readers of such files do not agree on, and takes the one that is named', async () => {
    const w = await workspace('TMI_OPERATOR_NAME="CANARY b"\n');
    const get = (...args: string[]) =>
      w.run(['settings', 'get', 'operator.name', '--effective', '--config', 'config.yml', ...args]);
    await w.import(['--no-rewrite', '--shadowed', 'file']);
    const both = await get('--env-file', 'prod.env');
    expect(both.err).toContain('docker reads TMI_OPERATOR_NAME (line 1) otherwise than systemd and dotenv');
    expect(both.err).toContain('--env-file docker:prod.env');
    expect(both.err).not.toContain('CANARY');
    const one = await get('--env-file', 'docker:prod.env', '--json');
    expect(one.err).toBe('note: environment: that of prod.env, with 1 variable of a server\n');
  });

  it('lets the last of several files win, and counts for the validator too', async () => {
    const w = await workspace('TMI_LOG_LEVEL=debug\nTMI_SERVER_PORT=x\n');
    writeFileSync(join(w.folder, 'more.env'), 'TMI_SERVER_PORT=8080\n');
    const check = (...args: string[]) =>
      w.run([
        'validate-config',
        'config.yml',
        '--rule',
        'invalid-variable',
        '--env-file',
        'prod.env',
        ...args,
      ]);
    expect((await check()).code).toBe(3);
    expect((await check('--env-file', 'more.env')).code).toBe(0);
  });

  it('is explained as the server has it', async () => {
    const w = await workspace('TMI_JWT_EXPIRATION_SECONDS=900\n');
    await w.import();
    const args = ['settings', 'explain', 'auth.jwt.expiration_seconds', '--config', 'config.yml'];
    const { out, err } = await w.run([...args, '--env-file', 'prod.env']);
    expect(out, err).toContain('TMI_JWT_EXPIRATION_SECONDS');
    expect(
      await w.run(['settings', 'diff', 'config.yml', 'database', '--env-file', 'none.env']),
    ).toMatchObject({
      code: 1,
      err: expect.stringContaining('none.env does not exist') as unknown,
    });
  });

  it('leaves its own environment to a run that names none, and says when nothing of a server is in it', async () => {
    const w = await workspace('');
    const { out } = await w.import(['--dry-run']);
    expect(out).toContain("environment: this shell's, without any variable of a server; what the server has");
    expect(out).toContain('no unwanted difference, without a variable of a server');
    const seen = await w.import(['--dry-run'], { env: { TMI_LOG_LEVEL: 'info' } });
    expect(seen.out).toContain("environment: this shell's, with 1 variable of a server");
    expect(seen.out).not.toContain('without a variable of a server');
  });

  it('says what stands under names of earlier releases, which no server of today reads', async () => {
    const w = await workspace('');
    const older = { POSTGRES_HOST: 'db', OAUTH_PROVIDERS_GOOGLE_CLIENT_ID: 'client' };
    const one = await w.import(['--dry-run'], { env: { OAUTH_PROVIDERS_GOOGLE_CLIENT_ID: 'client' } });
    expect(one.out).toContain(
      'without any variable of a server of today, and with 1 under a name of earlier releases; what the server has',
    );
    const both = await w.import(['--dry-run'], { env: { ...older, TMI_LOG_LEVEL: 'info' } });
    expect(both.out).toMatch(/with 1 variable of a server and 2 under names of earlier releases/);
  });
});

describe.runIf(process.platform === 'linux')('--env-of', () => {
  it('sees the variables that a process was started with', async () => {
    const w = await workspace('');
    const pid = started({ TMI_JWT_EXPIRATION_SECONDS: '900' });
    const { code, err, out } = await w.import(['--dry-run', '--env-of', pid]);
    expect([code, err]).toEqual([3, expect.stringContaining('TMI_JWT_EXPIRATION_SECONDS')]);
    expect(out).toContain(`environment: that of process ${pid}, with 1 variable of a server`);
  });

  it('refuses what is no process, and both at once', async () => {
    const w = await workspace('');
    expect((await w.import(['--env-of', 'self'])).code).toBe(2);
    expect((await w.import(['--env-of', '1', '--env-file', 'prod.env'])).code).toBe(2);
    const gone = await w.import(['--env-of', '4194304']);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('process 4194304')]);
  });
});
