import { describe, expect, it, onTestFinished } from 'vitest';
import { runningServersText } from '../../commands/output/running-servers.js';
import { markGoServer } from '../support/go-server.js';
import { startRedis, whyNoRedis } from '../support/servers/redis.js';
import { Workspace } from '../support/workspace.js';
import { encrypted } from './sample.js';

const env = encrypted;
const text = `database: {url: "$URL"}
auth:
  build_mode: test
  jwt: {expiration_seconds: 1800}
  oauth:
    callback_url: https://tmi.example.com/oauth2/callback
    providers: {google: {enabled: false, client_id: a}}
operator: {name: Ann}
`;

async function create(more = ''): Promise<Workspace> {
  const w = await Workspace.create('sqlite', text + more);
  await markGoServer('sqlite', w.url);
  return w;
}

const linesOf = (out: string): string[] =>
  out
    .split('\n')
    .filter((line) => line.startsWith('running Go servers: '))
    .map((line) => line.slice('running Go servers: '.length));

const held = 'until they are started anew they go on with all that they have read from file and variables';

describe('the last lines for running Go servers', () => {
  it('say what they hold until a restart, and what they pick up by themselves', async () => {
    const w = await create();
    const run = await w.import(['--shadowed', 'file'], { env });
    expect(run.code, run.err).toBe(0);
    expect(linesOf(run.out)).toEqual([
      `${held}, which includes auth.jwt.expiration_seconds, auth.oauth.providers.google.*, operator.name, session.timeout_minutes`,
      'they pick up by themselves, within 60 seconds, for which they keep what they have read, each for itself or all in their Redis: auth.oauth_callback_url',
    ]);
    const undone = await w.run(['import-legacy', '--undo', w.receipt()], { env });
    expect(undone.code, undone.err).toBe(0);
    expect(linesOf(undone.out)).toEqual([
      held,
      expect.stringMatching(
        /^rows that they read .* they pick up by themselves, within 60 seconds, /,
      ) as string,
    ]);
  });

  it('say what the cache in Redis means, cleared and not', () => {
    const entry = {
      action: 'moves',
      path: 'auth.oauth.callback_url',
      key: 'auth.oauth_callback_url',
    } as const;
    const rest = { position: { line: 1, column: 1 }, file: 'cut', row: 'insert', value: 'x' } as const;
    const entries = [{ ...entry, ...rest, current: undefined, secret: false, reason: 'new-row' } as const];
    const options = { server: '1.8', onConflict: undefined, shadowed: undefined } as const;
    const plan = { source: 'file', entries, options: { ...options, allowPlaintextSecrets: false } } as const;
    const redis = 'redis://cache/0';
    expect(runningServersText(plan, { state: 'cleared', redis, keys: 1 }, true)[1]).toContain(
      'with the next request, since the cache that they share in redis://cache/0 is cleared: auth.oauth_callback_url',
    );
    expect(runningServersText(plan, { state: 'unreachable', redis, reason: 'r' }, true)[1]).toContain(
      'within 60 seconds, since the cache that they share in redis://cache/0 still holds the former values: ',
    );
  });

  it('are there whatever server the plan was made for', async () => {
    const w = await create();
    const run = await w.import(['--shadowed', 'file', '--server', 'documented'], { env });
    expect(run.code, run.err).toBe(0);
    expect(linesOf(run.out)).toEqual([
      expect.stringContaining('operator.name') as string,
      expect.stringContaining('auth.oauth_callback_url') as string,
    ]);
  });

  it.skipIf(whyNoRedis())('say when a real Redis was cleared, and when it could not be', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const address = `redis://127.0.0.1:${redis.port}`;
    const block = (password: string): string =>
      `  redis: {host: 127.0.0.1, port: "${redis.port}", password: ${password}}\n`;
    const inBlock = text.replace('database: {url: "$URL"}\n', 'database:\n  url: "$URL"\n  redis_here\n');
    for (const [password, when] of [
      [redis.password, `with the next request, since the cache that they share in ${address}/0 is cleared`],
      ['another', 'still holds the former values'],
    ] as const) {
      const w = await Workspace.create('sqlite', inBlock.replace('  redis_here\n', block(password)));
      await markGoServer('sqlite', w.url);
      const run = await w.import(['--shadowed', 'file'], { env });
      expect(run.code, run.err).toBe(0);
      expect(linesOf(run.out)[1]).toContain(when);
      expect(run.out + run.err).not.toContain(redis.password);
    }
  });

  it('are not there where no Go server is concerned', async () => {
    const w = await Workspace.create('sqlite', text);
    const run = await w.import([], { env });
    expect(run.code, run.err).toBe(0);
    expect(linesOf(run.out)).toEqual([]);
    expect(linesOf((await w.run(['import-legacy', '--undo', w.receipt()], { env })).out)).toEqual([]);
  });
});
