import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createSecrets } from '../../src/secrets/index.js';
import { sourceOf } from '../support/provider-suite.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Secrets of a store that takes every request and answers none, and how many it has got. */
async function silentStore(givesUpOnSilence: boolean) {
  let requests = 0;
  const server = createServer(() => {
    requests += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const secrets = await createSecrets({
    secretsBlock: {
      provider: sourceOf('vault', 'secrets.provider'),
      vault_address: sourceOf(`http://127.0.0.1:${port}`, 'secrets.vault_address'),
      vault_token: sourceOf('token', 'secrets.vault_token'),
    },
    environment: {},
    baseDirectory: '/',
    timeouts: { requestMs: 10_000, totalMs: 2_000 },
    givesUpOnSilence,
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const ask = () => secrets.resolve([sourceOf('vault://secret/a#b')]);
  return { ask, requests: () => requests };
}

it.each([
  [true, 1],
  [false, 2],
])('asks a silent store again unless a run gives it up (%s)', async (givesUp, times) => {
  const { ask, requests } = await silentStore(givesUp);
  await expect(ask()).rejects.toMatchObject({ code: 'secrets/unresolved' });
  const first = requests();
  expect(first).toBeGreaterThan(0);
  await expect(ask()).rejects.toMatchObject({ code: 'secrets/unresolved' });
  expect(requests()).toBe(first * times);
});
