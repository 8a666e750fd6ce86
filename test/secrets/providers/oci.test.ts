import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Binary } from '../../support/binary.js';
import { openSecrets, providerSuite, sourceOf } from '../../support/provider-suite.js';
import { startOci } from '../../support/stand-ins/oci.js';

providerSuite('oci', startOci);

describe('a profile of OCI', () => {
  /** A stand-in that holds one secret, and the environment of who uses another profile of its keys. */
  async function withProfile(edit: (profile: string) => string) {
    const standIn = await startOci();
    standIn.shelf.put('app', 'from-oci');
    const folder = mkdtempSync(join(tmpdir(), 'oci-profile-'));
    onTestFinished(async () => {
      rmSync(folder, { recursive: true });
      await standIn.close();
    });
    const given = standIn.environment();
    const file = join(folder, 'config');
    writeFileSync(file, edit(readFileSync(given['OCI_CLI_CONFIG_FILE'] as string, 'utf8')));
    return { standIn, folder, environment: { ...given, OCI_CLI_CONFIG_FILE: file } };
  }

  const withoutRegion = (profile: string): string => profile.replace(/^region=.*\n/m, '');

  it('needs no region where the environment names one', async () => {
    vi.stubEnv('OCI_REGION', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { standIn, environment } = await withProfile(withoutRegion);
    const secrets = await openSecrets(standIn, {
      environment: { ...environment, OCI_CLI_REGION: 'eu-zurich-1' },
    });
    const [result] = await secrets.tryResolve([sourceOf('vault://app')]);
    expect(result).toMatchObject({ state: 'resolved' });
    expect(process.env['OCI_REGION']).toBeUndefined();
    await secrets.close();
  });

  it('without a region says that none is known', async () => {
    vi.stubEnv('OCI_REGION', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { standIn, environment } = await withProfile(withoutRegion);
    const secrets = await openSecrets(standIn, { environment });
    const [result] = await secrets.tryResolve([sourceOf('vault://app')]);
    expect(result).toMatchObject({
      state: 'failed',
      fault: {
        code: 'secrets/provider-not-configured',
        hint: expect.stringContaining('OCI_CLI_REGION') as string,
      },
    });
    await secrets.close();
  });

  it('that is alone in its file, in a region new to the client, changes nothing that is printed', async () => {
    const { folder, environment } = await withProfile((profile) =>
      profile.replace('[DEFAULT]', '[PROD]').replace('eu-frankfurt-1', 'xx-nowhere-1'),
    );
    const binary = await Binary.create();
    onTestFinished(() => binary.dispose());
    const run = await binary.run(
      ['resolve-secrets', '--show', 'TMI_JWT_SECRET'],
      {
        ...environment,
        OCI_CLI_PROFILE: 'PROD',
        TMI_DBTOOL_ALLOW_PLAIN_HTTP: '1',
        TMI_SECRETS_PROVIDER: 'oci',
        TMI_OCI_VAULT_ID: 'ocid1.vault.oc1.standin',
        TMI_JWT_SECRET: 'vault://app',
      },
      folder,
    );
    expect(run).toEqual({ code: 0, out: 'from-oci', err: '' });
  });
});
