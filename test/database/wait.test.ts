import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectWhenReady } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { failure } from '../support/errors.js';
import { freshUrl } from '../support/connection.js';
import { whyMissing } from '../support/servers/index.js';

const url = (text: string) => ({ url: new SecretValue(text) });

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('waiting for a database', () => {
  it.skipIf(whyMissing('postgres'))('connects once the server is there', async () => {
    const real = new URL(await freshUrl('postgres'));
    const late = new URL(real);
    late.searchParams.set('sslmode', 'disable');
    let refused = 0;
    const server = createServer((near) => {
      near.on('error', () => undefined);
      // It hangs up twice, as a server does that is not ready.
      if (refused < 2) return void (near.destroy(), (refused += 1));
      const far = connect(Number(real.port), real.hostname);
      far.on('error', () => undefined);
      near.pipe(far).pipe(near);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    late.port = String((server.address() as AddressInfo).port);
    onTestFinished(() => void server.close());
    const database = await connectWhenReady(url(late.href), { waitMs: 20_000 });
    await database.knex.raw('select 1');
    expect(refused).toBe(2);
    await database.close();
  });

  it('gives up when the time is over', async () => {
    const started = performance.now();
    const target = url(`postgres://u:p@127.0.0.1:${await freePort()}/d`);
    expect((await failure(connectWhenReady(target, { waitMs: 1200 }))).code).toBe('database/unreachable');
    expect(performance.now() - started).toBeGreaterThan(400);
  });

  it('does not wait for what waiting cannot mend', async () => {
    const hour = { waitMs: 3_600_000 };
    const error = await failure(connectWhenReady(url('sqlite:///no/such/folder/x.db'), hour));
    expect(error.code).toBe('database/no-such-database');
  });
});
