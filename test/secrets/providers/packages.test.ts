import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { SecretFault } from '../../../src/secrets/fault.js';
import { createSecrets } from '../../../src/secrets/index.js';
import { sourceOf } from '../../support/provider-suite.js';

// Nothing that is missing here: only which packages would be named.
vi.mock('../../../src/secrets/load-package.js', () => ({
  loadPackage: (packages: readonly string[]) =>
    Promise.reject(new SecretFault('secrets/provider-not-installed', packages.join(' '))),
}));

const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'peerDependencies',
  Record<string, string>
>;

it.each<[string, Record<string, string>, string]>([
  ['aws', {}, '@aws-sdk/client-secrets-manager'],
  ['azure', { azure_vault_url: 'https://x.invalid' }, '@azure/keyvault-secrets @azure/identity'],
  ['gcp', { gcp_project_id: 'p' }, '@google-cloud/secret-manager'],
  ['oci', { oci_vault_id: 'v' }, 'oci-common oci-secrets'],
  ['vault', { vault_address: 'https://x.invalid', vault_token: 't' }, 'node-vault'],
])('%s needs packages that this one depends on, and names them', async (provider, settings, packages) => {
  const secrets = await createSecrets({
    secretsBlock: Object.fromEntries(
      Object.entries({ provider, ...settings }).map(([name, text]) => [name, sourceOf(text, name)]),
    ),
    environment: {},
    baseDirectory: '/',
  });
  const [result] = await secrets.tryResolve([sourceOf('vault://a/b')]);
  expect(result).toMatchObject({
    state: 'failed',
    fault: { code: 'secrets/provider-not-installed', reason: packages },
  });
  const known = Object.keys({ ...dependencies, ...peerDependencies });
  expect(known).toEqual(expect.arrayContaining(packages.split(' ')));
});
