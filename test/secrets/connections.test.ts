import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets, sourceOf } from '../support/provider-suite.js';
import { startAws } from '../support/stand-ins/aws.js';
import { startAzure } from '../support/stand-ins/azure.js';
import { startGcp } from '../support/stand-ins/gcp.js';
import { startOci } from '../support/stand-ins/oci.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';
import { startVault } from '../support/stand-ins/vault.js';
import { warningsOf } from '../support/warnings.js';

// Connections are kept alive: a handshake costs more than all the rest of a request.

const REFERENCES = 500;
const CONCURRENCY = 8;
/** A client may ask the platform for an identity in its own way first. */
const FOR_IDENTITY = 2;

const stores: Readonly<Record<string, () => Promise<ProviderStandIn>>> = {
  'HashiCorp Vault': () => startVault(),
  'AWS, many at once': () => startAws(),
  'AWS, one by one': () => startAws({ mayBatch: false }),
  Azure: startAzure,
  Google: startGcp,
  OCI: startOci,
};

describe.each(Object.entries(stores))('500 references of %s', (_, start) => {
  let standIn: ProviderStandIn;
  beforeEach(async () => {
    standIn = await start();
  });
  afterEach(async () => {
    await standIn.close();
    vi.unstubAllEnvs();
  });

  it('need no more connections than requests that are under way at once, and raise no warning', async () => {
    const isVault = standIn.name === 'vault';
    const paths = Array.from({ length: REFERENCES }, (__, i) => `${isVault ? 'secret/' : ''}s${i}`);
    for (const path of paths) {
      standIn.shelf.put(standIn.nameOf(path), isVault ? '{"value":"x"}' : 'x');
    }
    const warnings = await warningsOf(async () => {
      const secrets = await openSecrets(standIn, {
        timeouts: { concurrency: CONCURRENCY, requestMs: 30_000, totalMs: 60_000 },
      });
      const values = await secrets.resolve(paths.map((path) => sourceOf(`vault://${path}`, path)));
      await secrets.close();
      expect(values.size).toBe(REFERENCES);
    });
    expect(warnings).toEqual([]);
    expect(standIn.fetches().length).toBeGreaterThanOrEqual(REFERENCES / 20);
    expect(standIn.http?.connections()).toBeLessThanOrEqual(CONCURRENCY + FOR_IDENTITY);
  }, 60_000);
});
