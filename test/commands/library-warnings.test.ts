import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Binary } from '../support/binary.js';

/* Libraries warn on standard error in words of their own, which hold what a server or a driver said. */

it("says in its own words alone that there are no credentials of Google's", { timeout: 60_000 }, async () => {
  // A network that takes connections to the metadata server and cuts them: the client calls that unexpected.
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-warnings-'));
  const binary = await Binary.create();
  onTestFinished(() => {
    server.close();
    binary.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const { code, err } = await binary.run(
    ['exec', '--', 'true'],
    {
      HOME: folder,
      TMI_SECRETS_PROVIDER: 'gcp',
      TMI_GCP_PROJECT_ID: 'p',
      TMI_JWT_SECRET: 'vault://jwt',
      GCE_METADATA_HOST: `127.0.0.1:${port}`,
    },
    folder,
  );
  expect([code, err]).toEqual([5, expect.stringContaining('no Google Cloud credentials') as unknown]);
  expect(err).not.toMatch(/Warning|socket hang up|ECONNRESET|node:/);
});

it(
  'prints no statement and no value under DEBUG=*, and hands the variable on',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-debug-'));
    const binary = await Binary.create();
    onTestFinished(() => {
      binary.dispose();
      rmSync(folder, { recursive: true, force: true });
    });
    const url = `sqlite://${join(folder, 'tmi.db')}`;
    const env = { DEBUG: '*', TMI_DATABASE_URL: url };
    const set = ['settings', 'set', 'operator.name', 'CANARY-name', '--yes', '--quiet'];
    const { code, err } = await binary.run(set, env, folder);
    expect([code, err]).toEqual([0, '']);
    const echo = [process.execPath, '-p', 'process.env.DEBUG'];
    const child = await binary.run(
      ['exec', '--', ...echo],
      { ...env, TMI_JWT_SECRET: 'x'.repeat(40) },
      folder,
    );
    expect([child.code, child.out]).toEqual([0, '*\n']);
  },
);
