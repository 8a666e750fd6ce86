import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { ToolError } from '../../src/errors/index.js';
import { loadWorker, type WorkerOptions } from '../../src/worker.js';

function mounted(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-worker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'key'), content);
  return join(folder, 'key');
}

async function refusal(env: Record<string, string>): Promise<ToolError> {
  return loadWorker({ env }).then(
    () => expect.fail('It started.'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ToolError);
      return error as ToolError;
    },
  );
}

const NATS_URL = 'nats://app:CANARY-password@nats:4222';

it('refuses what is no environment, and what is no name', async () => {
  const given: unknown[] = [
    undefined,
    null,
    {},
    { env: undefined },
    { env: 'NATS_URL' },
    { env: { NATS_URL: 1 } },
  ];
  for (const options of given) {
    await expect(loadWorker(options as WorkerOptions), String(options)).rejects.toMatchObject({
      code: 'usage/bad-argument',
    });
  }
  const worker = await loadWorker({ env: { NATS_URL } });
  await expect(worker.secret(undefined as unknown as string)).rejects.toMatchObject({
    code: 'usage/bad-argument',
  });
});

it('needs the address of the broker and nothing else', async () => {
  const worker = await loadWorker({ env: { NATS_URL } });
  expect(worker.natsUrl.reveal()).toBe(NATS_URL);
  expect(worker).toMatchObject({
    heartbeatSubject: undefined,
    logLevel: 'info',
    secretNames: [],
    warnings: [],
  });
  expect(inspect(worker) + JSON.stringify(worker)).not.toContain('CANARY');
  expect(Object.isFrozen(worker)).toBe(true);
});

it('takes either name of a variable, the prefixed one when both are set, and says so', async () => {
  const worker = await loadWorker({
    env: {
      NATS_URL: 'nats://a:1',
      TMI_WORKER_NATS_URL: 'nats://b:1,tls://c:1',
      TMI_WORKER_HEARTBEAT_SUBJECT: 'beat',
      TMI_WORKER_LOG_LEVEL: 'WARN',
    },
  });
  expect(worker.natsUrl.reveal()).toBe('nats://b:1,tls://c:1');
  expect(worker).toMatchObject({ heartbeatSubject: 'beat', logLevel: 'warn' });
  expect(worker.warnings.map(({ variable }) => variable)).toEqual(['NATS_URL']);
});

it.each([
  ['pairs', (path: string) => ({ SECRET_MOUNTS: ` api-key = ${path} ,` })],
  ['an object', (path: string) => ({ SECRET_MOUNTS: JSON.stringify({ 'api-key': path }) })],
  ['one variable each', (path: string) => ({ TMI_WORKER_SECRET_MOUNT_API_KEY: path })],
])('reads mounted secrets named by %s, anew at each call', async (_, mounts) => {
  const path = mounted('CANARY-one\n');
  const worker = await loadWorker({ env: { NATS_URL, ...mounts(path) } });
  expect(worker.secretNames).toEqual(['api-key']);
  expect((await worker.secret('api-key')).reveal()).toBe('CANARY-one');
  writeFileSync(path, 'CANARY-two');
  expect((await worker.secret('api-key')).reveal()).toBe('CANARY-two');
  await expect(worker.secret('other')).rejects.toMatchObject({ code: 'worker/no-such-secret' });
});

it('reports every fault at once, without values', async () => {
  const error = await refusal({
    TMI_WORKER_NATS_URL: 'CANARY-url',
    LOG_LEVEL: 'CANARY-loud',
    SECRET_MOUNTS: 'a=relative/CANARY,b=/nowhere/b',
    TMI_WORKER_SECRET_MOUNT_EMPTY: mounted('\n'),
  });
  expect(error.code).toBe('worker/invalid-environment');
  expect(error.diagnostics.map(({ variable }) => variable)).toEqual([
    'LOG_LEVEL',
    'SECRET_MOUNTS',
    'SECRET_MOUNTS',
    'TMI_WORKER_NATS_URL',
    'TMI_WORKER_SECRET_MOUNT_EMPTY',
  ]);
  expect(JSON.stringify(error)).not.toContain('CANARY');
});

it.each(['nats', '{"a":1}', '{', '=/a', 'a=/b,a=/c'])('refuses the list of mounts %j', async (text) => {
  const { diagnostics } = await refusal({ NATS_URL, SECRET_MOUNTS: text });
  expect(diagnostics.map(({ variable }) => variable)).toContain('SECRET_MOUNTS');
});

it('tells a secret that cannot be read from a malformed environment', async () => {
  expect((await refusal({ NATS_URL, SECRET_MOUNTS: 'a=/nowhere/a' })).code).toBe('secrets/unresolved');
  expect((await refusal({})).diagnostics.map(({ variable }) => variable)).toEqual(['NATS_URL']);
});
