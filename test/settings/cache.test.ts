import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clearCachedSettings } from '../../src/settings/cache.js';
import { redisFault } from '../../src/settings/redis-faults.js';
import { describeRedis, type RedisTarget } from '../../src/settings/redis.js';
import { SecretValue } from '../../src/values/index.js';
import { startRedis, whyNoRedis, type TestRedis } from '../support/servers/redis.js';

const target = (port: number, changes: Partial<RedisTarget> = {}): RedisTarget => ({
  host: '127.0.0.1',
  port,
  db: 0,
  ...changes,
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('clearCachedSettings', () => {
  it('says that nothing listens, without the password', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    const url = new SecretValue(`redis://:hunter2@127.0.0.1:${port}/1`);
    const outcome = await clearCachedSettings(target(port, { url }), ['a.b']);
    expect(outcome).toEqual({
      state: 'unreachable',
      redis: `redis://127.0.0.1:${port}/1`,
      reason: 'nothing listens there',
    });
  });

  it('connects to nothing by a URL that holds what does not show', async () => {
    let connections = 0;
    const port = await listening(createServer((socket) => (connections += 1) && socket.destroy()));
    for (const [stray, what] of [
      [`redis://127.0.0.1:${port}/1\r`, 'carriage return'],
      [` redis://127.0.0.1:${port}/1`, 'blank'],
      [`redis://127.0.0.1:${port}/1\u00a0`, 'NBSP'],
      [`\ufeffredis://127.0.0.1:${port}/1`, 'no width'],
    ] as const) {
      const outcome = await clearCachedSettings(target(port, { url: new SecretValue(stray) }), ['a.b']);
      expect(outcome).toMatchObject({
        state: 'unreachable',
        reason: expect.stringContaining(what) as unknown,
        hint: expect.any(String) as unknown,
      });
    }
    expect(connections).toBe(0);
    await clearCachedSettings(target(port, { url: new SecretValue(`redis://127.0.0.1:${port}/1`) }), ['a.b']);
    expect(connections).toBe(1);
  });

  it('does not wait for what never answers', async () => {
    const sockets: { destroy(): void }[] = [];
    const port = await listening(createServer((socket) => sockets.push(socket)));
    const outcome = await clearCachedSettings(target(port), ['a.b'], { timeoutMs: 200 });
    for (const socket of sockets) socket.destroy();
    expect(outcome).toMatchObject({ state: 'unreachable', reason: 'it did not answer in time' });
  });

  it('survives what speaks another protocol, or closes', async () => {
    const closing = await listening(createServer((socket) => socket.end()));
    expect(await clearCachedSettings(target(closing), ['a.b'], { timeoutMs: 1000 })).toMatchObject({
      state: 'unreachable',
    });
    expect(
      await clearCachedSettings(target(1, { url: new SecretValue('http://x:hunter2@y') }), ['a.b']),
    ).toMatchObject({
      state: 'unreachable',
      reason: 'database.redis.url is not a URL of Redis',
    });
  });

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed', 'NODE_EXTRA_CA_CERTS=/path/redis.pem'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'an authority that is not known here', 'NODE_EXTRA_CA_CERTS=/path/ca.pem'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'an authority that is not', 'NODE_EXTRA_CA_CERTS=/path/ca.pem'],
    ['CERT_HAS_EXPIRED', 'has expired', 'Renew'],
    ['CERT_NOT_YET_VALID', 'not valid yet', 'clocks'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'for another name', 'database.redis.url'],
    ['CERT_REVOKED', 'cannot be verified', 'NODE_EXTRA_CA_CERTS=/path/ca.pem'],
  ])('names the reason of TLS and what to type: %s', (code, reason, hint) => {
    const fault = redisFault(Object.assign(new Error('of rediss://:hunter2@host'), { code }));
    expect(fault).toMatchObject({ unverified: true });
    expect(fault.reason).toContain(reason);
    expect(fault.hint).toContain(hint);
    expect(JSON.stringify(fault)).not.toContain('hunter2');
  });

  it('names Redis without anything secret', () => {
    expect(describeRedis(target(6380, { db: 3 }))).toBe('redis://127.0.0.1:6380/3');
    expect(
      describeRedis(target(1, { url: new SecretValue('rediss://u:hunter2@r.example.com:6390/2') })),
    ).toBe('rediss://r.example.com:6390/2');
    expect(describeRedis(target(1, { url: new SecretValue('hunter2') }))).toBe('database.redis.url');
  });
});

const missing = whyNoRedis();

describe.skipIf(missing !== undefined)(
  `with a real Redis${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.stop());

    it('deletes the keys of the settings, and no others', async () => {
      const { client, port, password } = redis;
      for (const key of ['tmi:settings:ui.default_theme', 'tmi:settings:operator.name', 'ui.default_theme'])
        await client.set(key, 'x');
      const outcome = await clearCachedSettings(target(port, { password: new SecretValue(password) }), [
        'ui.default_theme',
        'not.cached',
      ]);
      expect(outcome).toEqual({ state: 'cleared', redis: `redis://127.0.0.1:${port}/0`, keys: 2 });
      expect((await client.keys('*')).sort()).toEqual(['tmi:settings:operator.name', 'ui.default_theme']);
    });

    it('works on the database of the configuration, by parts and by URL', async () => {
      const { client, port, password } = redis;
      for (const url of [undefined, new SecretValue(`redis://:${password}@127.0.0.1:${port}/5`)]) {
        await client.select(5);
        await client.set('tmi:settings:a.b', 'x');
        await clearCachedSettings(target(port, { db: 5, password: new SecretValue(password), url }), ['a.b']);
        expect(await client.dbSize()).toBe(0);
        await client.select(0);
      }
    });

    it('says that the password is wrong, or missing', async () => {
      for (const password of [new SecretValue('wrong'), undefined]) {
        const outcome = await clearCachedSettings(target(redis.port, { password }), ['a.b']);
        expect(outcome).toMatchObject({ state: 'unreachable', reason: 'it refused the password' });
      }
    });
  },
);
