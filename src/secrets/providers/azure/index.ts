import type { SecretProperties } from '@azure/keyvault-secrets';
import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import { parseUrl, refusePlainHttp } from '../../http/address.js';
import { StoreHttp } from '../../http/store-http.js';
import { faultOfNonsense, noSuchVersion } from '../../service-fault.js';
import type { CreateProvider } from '../contract.js';
import { faultOfAzure, SERVICE, unusable } from './faults.js';
import { httpClient } from './http-client.js';

const packages = ['@azure/keyvault-secrets', '@azure/identity'];

const load = async () => {
  const [{ SecretClient }, { DefaultAzureCredential }] = await Promise.all([
    import('@azure/keyvault-secrets'),
    import('@azure/identity'),
  ]);
  return { SecretClient, DefaultAzureCredential };
};

/** Azure Key Vault. Every path is a secret of its own; characters that a name cannot have become hyphens. */
export const create: CreateProvider = async ({ settings, environment, allowPlainHttp }) => {
  const vaultUrl = readVaultUrl(settings.require('azure_vault_url'));
  const sdk = await loadPackage(packages, load);
  const insecure = vaultUrl.protocol === 'http:';
  refusePlainHttp(vaultUrl, SERVICE, allowPlainHttp);
  const http = new StoreHttp({ service: SERVICE, environment, allowPlainHttp });
  const transport = {
    httpClient: httpClient(http, vaultUrl),
    // Those that may be followed have been followed by then.
    redirectOptions: { maxRetries: 0 },
  };
  const client = new sdk.SecretClient(vaultUrl.origin, new sdk.DefaultAzureCredential(transport), {
    ...transport,
    // Retries are the caller's work, by one rule for every provider.
    retryOptions: { maxRetries: 0 },
    ...(insecure ? { allowInsecureConnection: true, disableChallengeResourceVerification: true } : {}),
  });

  const read = (name: string, version: string | undefined, signal: AbortSignal) =>
    client.getSecret(name, { abortSignal: signal, ...(version === undefined ? {} : { version }) });

  const exists = async (name: string, what: string, signal: AbortSignal): Promise<boolean> => {
    try {
      await read(name, undefined, signal);
      return true;
    } catch (error) {
      const fault = faultOfAzure(error, what, undefined);
      if (fault.absent) return false;
      throw fault;
    }
  };

  return {
    name: 'azure',
    describe: () => `${SERVICE} ${vaultUrl.host}`,
    locate: (path) => [{ document: path.replace(/[^0-9A-Za-z-]/g, '-') }],
    fetch: async ({ document, version }, signal) => {
      const what = `secret ${document}`;
      let answer: Awaited<ReturnType<typeof read>>;
      try {
        answer = await read(document, version, signal);
      } catch (error) {
        const fault = faultOfAzure(error, what, version);
        if (!fault.absent || version === undefined) throw fault;
        // The service says the same of a missing secret and of a missing version.
        throw (await exists(document, what, signal)) ? noSuchVersion(what, version) : fault;
      }
      const { value, properties } = answer;
      const state = version === undefined ? stateOf(properties) : undefined;
      if (state !== undefined) throw unusable(what, state);
      if (typeof value !== 'string') throw faultOfNonsense(SERVICE);
      return SecretDocument.fromText(what, value);
    },
    close: () => http.close(),
  };
};

/**
 * Why the current version may not be used now, if so. The service gives it out all the same, so that people can
 * recover; whoever wants that names the version.
 */
function stateOf(properties: SecretProperties): string | undefined {
  const { enabled, expiresOn, notBefore } = properties;
  if (enabled === false) return 'disabled';
  if (expiresOn && expiresOn.getTime() <= Date.now()) return `expired since ${expiresOn.toISOString()}`;
  if (notBefore && notBefore.getTime() > Date.now()) return `not valid before ${notBefore.toISOString()}`;
  return undefined;
}

/** @throws SecretFault `secrets/provider-not-configured` */
function readVaultUrl(text: string): URL {
  const url = parseUrl(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new SecretFault('secrets/provider-not-configured', 'secrets.azure_vault_url is no https address', {
    hint: 'Write it like https://NAME.vault.azure.net.',
  });
}
