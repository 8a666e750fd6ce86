import type { HttpClient } from 'oci-common';
import type { responses } from 'oci-secrets';
import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import type { Environment } from '../../local.js';
import { StoreHttp } from '../../http/store-http.js';
import { faultOfForeign, faultOfNonsense, faultOfStatus, noSuchVersion } from '../../service-fault.js';
import type { CreateProvider, DocumentAddress } from '../contract.js';
import { findCredentials, namedRegion, noRegion } from './credentials.js';
import { QuietHttpClient, SERVICE } from './http-client.js';
import { load, type OciSdk } from './sdk.js';

/**
 * OCI Vault. With `oci_secret_name`, a path is a key of that secret's JSON object first and a secret of its own
 * second; without, always a secret of its own. Secrets are found by name in the vault `oci_vault_id`.
 */
export const create: CreateProvider = async ({ settings, environment, allowPlainHttp }) => {
  const vaultId = settings.require('oci_vault_id');
  const sdk = await loadPackage(['oci-common', 'oci-secrets'], load);
  const credentials = await findCredentials(sdk, environment);
  const shared = settings.get('oci_secret_name');
  const endpoint = environment['OCI_CLI_ENDPOINT'];
  const region = regionOf(sdk, credentials, environment);
  if (!endpoint && region === undefined) throw noRegion();

  // Requests are signed for one address, so no redirect can be followed.
  const store = new StoreHttp({ service: SERVICE, environment, allowPlainHttp, followsRedirects: false });
  const clientWith = (httpClient: HttpClient) => {
    const client = new sdk.secrets.SecretsClient(
      { httpClient },
      // Retries are the caller's work, by one rule for every provider.
      { retryConfiguration: sdk.common.NoRetryConfigurationDetails },
    );
    if (region !== undefined) client.regionId = region;
    if (endpoint) client.endpoint = endpoint;
    return client;
  };

  const read = async (
    { document, version }: DocumentAddress,
    signal: AbortSignal,
  ): Promise<responses.GetSecretBundleByNameResponse | number> => {
    const http = new QuietHttpClient(sdk, credentials, store, signal);
    const request = { secretName: document, vaultId, ...versionOf(version) };
    const answer = await http.outcome(() => clientWith(http).getSecretBundleByName(request));
    if (answer.failure === undefined) return answer.value;
    const { status, code, retryAfter } = answer.failure;
    // The service's own word; a proxy says 404 in others.
    if (status === 404 && code === 'NotAuthorizedOrNotFound') return 404;
    const asked = { service: SERVICE, what: `secret ${document}`, retryAfter };
    throw code === undefined ? faultOfForeign(status, asked) : faultOfStatus(status, asked);
  };

  return {
    name: 'oci',
    describe: () => `OCI Vault ${vaultId}`,
    locate: (path) =>
      shared === undefined ? [{ document: path }] : [{ document: shared, key: path }, { document: path }],
    fetch: async (address, signal) => {
      const { document, version } = address;
      const answer = await read(address, signal);
      if (typeof answer !== 'number') return contentOf(`secret ${document}`, answer);
      // The service says the same of a missing secret and of a missing version.
      if (
        version !== undefined &&
        typeof (await read({ document, version: undefined }, signal)) !== 'number'
      ) {
        throw noSuchVersion(`secret ${document}`, version);
      }
      const reason = `the vault has no secret ${document}, or it may not be read with these credentials`;
      throw new SecretFault('secrets/no-such-secret', reason);
    },
    close: () => store.close(),
  };
};

function regionOf(sdk: OciSdk, credentials: object, environment: Environment): string | undefined {
  const named = namedRegion(environment);
  if (named !== undefined) return named;
  return sdk.common.isRegionProvider(credentials) ? credentials.getRegion()?.regionId : undefined;
}

const stages: readonly string[] = ['CURRENT', 'PENDING', 'LATEST', 'PREVIOUS', 'DEPRECATED'];

type Stage = 'CURRENT' | 'PENDING' | 'LATEST' | 'PREVIOUS' | 'DEPRECATED';

/** A number, a stage in capitals, or the name that was given to a version. */
function versionOf(version: string | undefined): object {
  if (version === undefined) return {};
  if (/^\d{1,9}$/.test(version)) return { versionNumber: Number(version) };
  return stages.includes(version) ? { stage: version as Stage } : { secretVersionName: version };
}

function contentOf(name: string, answer: responses.GetSecretBundleByNameResponse): SecretDocument {
  const content = answer.secretBundle?.secretBundleContent as
    { contentType?: unknown; content?: unknown } | undefined;
  if (typeof content?.content !== 'string') throw faultOfNonsense(SERVICE);
  return SecretDocument.fromBytes(name, Buffer.from(content.content, 'base64'));
}
