import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectNoLeak, openSecrets, sourceOf } from '../support/provider-suite.js';
import { startAws } from '../support/stand-ins/aws.js';
import { startAzure } from '../support/stand-ins/azure.js';
import { startGcp } from '../support/stand-ins/gcp.js';
import { startOci } from '../support/stand-ins/oci.js';
import { startVault } from '../support/stand-ins/vault.js';

// In a file, and so in a process, of its own: clients remember for life where they found credentials.
describe('without credentials', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([startAws, startAzure, startGcp, startOci, startVault])('%o says so', async (start) => {
    vi.stubEnv('HOME', '/nonexistent');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const standIn = await start();
    const timeouts = { requestMs: 25_000, totalMs: 25_000 };
    const secrets = await openSecrets(standIn, { environment: standIn.bareEnvironment(), timeouts });
    const [result] = await secrets.tryResolve([sourceOf('vault://secret/app')]);
    expect(result).toMatchObject({ state: 'failed', fault: { code: 'secrets/no-credentials' } });
    expectNoLeak(result, standIn);
    await secrets.close();
    await standIn.close();
  });
});
