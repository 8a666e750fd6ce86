import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChildCli } from '../support/cli.js';
import { startAws } from '../support/stand-ins/aws.js';
import { startAzure } from '../support/stand-ins/azure.js';
import { startGcp } from '../support/stand-ins/gcp.js';
import { startOci } from '../support/stand-ins/oci.js';
import { CANARY, type ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';
import { ROLE, startVault } from '../support/stand-ins/vault.js';

// What the vendors' clients and the libraries below them print when somebody looks for a fault. In processes of their
// own, since they look at the variable when they load.

let cli: ChildCli;
let folder: string;

beforeAll(async () => {
  cli = await ChildCli.create();
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-debug-'));
});
afterAll(() => {
  cli.dispose();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

const stores: Readonly<Record<string, () => Promise<ProviderStandIn>>> = {
  vault: () => startVault(),
  aws: () => startAws(),
  azure: startAzure,
  gcp: startGcp,
  oci: startOci,
};

describe.each(Object.entries(stores))('%s', (name, start) => {
  it('prints no token and no secret under DEBUG=*', async () => {
    const standIn = await start();
    try {
      const value = name === 'vault' ? JSON.stringify({ value: CANARY }) : CANARY;
      standIn.shelf.put('own', value);
      const block = Object.entries(standIn.settings()).map(([key, text]) => `  ${key}: ${text}`);
      const path = name === 'vault' ? 'secret/own' : 'own';
      const config = `secrets:\n${block.join('\n')}\nauth:\n  jwt:\n    secret: vault://${path}\n`;
      writeFileSync(join(folder, 'config.yml'), config);
      const login = { VAULT_TOKEN: '', VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: ROLE.secret_id };
      const env: Record<string, string> = { ...standIn.environment(), ...(name === 'vault' ? login : {}) };
      // The clients read the environment of the process.
      for (const [key, text] of Object.entries({ ...env, DEBUG: '*', NODE_DEBUG: '' })) vi.stubEnv(key, text);
      const args = ['resolve-secrets', 'config.yml', '--verbose'];
      const { code, out, err } = await cli.run({ args, cwd: folder, env, now: '2026-11-21T07:45:00.000Z' });
      expect(code, err).toBe(0);
      expect(standIn.fetches().length).toBeGreaterThan(0);
      for (const secret of [CANARY, ...standIn.credentials]) expect(out + err).not.toContain(secret);
    } finally {
      await standIn.close();
    }
  });
});
