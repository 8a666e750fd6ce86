import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import { isLoopback, parseUrl } from '../../service-url.js';
import { faultOfNonsense } from '../../service-fault.js';
import type { CreateProvider } from '../contract.js';
import { faultOfAzure, SERVICE } from './faults.js';

const packages = ['@azure/keyvault-secrets', '@azure/identity'];

const load = async () => {
  const [{ SecretClient }, { DefaultAzureCredential }] = await Promise.all([
    import('@azure/keyvault-secrets'),
    import('@azure/identity'),
  ]);
  return { SecretClient, DefaultAzureCredential };
};

/** Azure Key Vault. Every path is a secret of its own; characters that a name cannot have become hyphens. */
export const create: CreateProvider = async ({ settings }) => {
  const vaultUrl = readVaultUrl(settings.require('azure_vault_url'));
  const sdk = await loadPackage(packages, load);
  const insecure = vaultUrl.protocol === 'http:';
  const client = new sdk.SecretClient(vaultUrl.origin, new sdk.DefaultAzureCredential(), {
    // Retries are the caller's work, by one rule for every provider.
    retryOptions: { maxRetries: 0 },
    ...(insecure ? { allowInsecureConnection: true, disableChallengeResourceVerification: true } : {}),
  });

  const read = (name: string, version: string | undefined, signal: AbortSignal) =>
    client.getSecret(name, { abortSignal: signal, ...(version === undefined ? {} : { version }) });

  return {
    name: 'azure',
    describe: () => `${SERVICE} ${vaultUrl.host}`,
    locate: (path) => [{ document: path.replace(/[^0-9A-Za-z-]/g, '-') }],
    fetch: async ({ document, version }, signal) => {
      const what = `secret ${document}`;
      let value: string | undefined;
      try {
        value = (await read(document, version, signal)).value;
      } catch (error) {
        const fault = faultOfAzure(error, what, version);
        if (fault.code !== 'secrets/no-such-secret' || version === undefined) throw fault;
        // The service says the same of a missing secret and of a missing version.
        const exists = await read(document, undefined, signal).then(
          () => true,
          () => false,
        );
        throw exists
          ? new SecretFault('secrets/no-such-version', `${what} has no version ${version}`)
          : fault;
      }
      if (typeof value !== 'string') throw faultOfNonsense(SERVICE);
      return SecretDocument.fromText(what, value);
    },
  };
};

/** Plain http is for a stand-in on this machine: anywhere else it would send tokens in the clear. */
function readVaultUrl(text: string): URL {
  const url = parseUrl(text);
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) return url;
  throw new SecretFault('secrets/provider-not-configured', 'secrets.azure_vault_url is no https address', {
    hint: 'Write it like https://NAME.vault.azure.net.',
  });
}
