import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import { parseUrl, refusePlainHttp } from '../../http/address.js';
import { StoreHttp } from '../../http/store-http.js';
import { faultOfNonsense, noSuchVersion } from '../../service-fault.js';
import type { CreateProvider, DocumentAddress } from '../contract.js';
import { crc32c } from './crc32c.js';
import { faultOfGcp, SERVICE } from './faults.js';
import { fetchOver } from './fetch.js';
import { documentOf, nameOf } from './names.js';

/**
 * GCP Secret Manager. With `gcp_secret_name`, a path is a key of that secret's JSON object first and a secret of
 * its own second; without, always a secret of its own. Characters that a name cannot have become hyphens.
 */
export const create: CreateProvider = async ({ settings, environment, allowPlainHttp }) => {
  const project = settings.require('gcp_project_id');
  const shared = settings.get('gcp_secret_name');
  const keyFile = environment['GOOGLE_APPLICATION_CREDENTIALS'];
  const sdk = await loadPackage(
    ['@google-cloud/secret-manager'],
    () => import('@google-cloud/secret-manager'),
  );
  const endpoint = endpointOf(environment['CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER'], allowPlainHttp);
  const http = new StoreHttp({ service: SERVICE, environment, allowPlainHttp });
  const clients = new Map<string, SecretManagerServiceClient>();

  /** Secrets of a region are served by that region's own address. */
  const clientFor = (location: string | undefined): SecretManagerServiceClient => {
    let client = clients.get(location ?? '');
    if (!client) {
      const regional =
        location === undefined ? {} : { apiEndpoint: `secretmanager.${location}.rep.googleapis.com` };
      client = new sdk.SecretManagerServiceClient({
        // REST over HTTP/1.1: gRPC would be loaded and kept open for a handful of requests.
        fallback: true,
        // Without it the client runs gcloud to find one.
        projectId: project,
        ...(keyFile ? { keyFilename: keyFile } : {}),
        ...(endpoint ?? regional),
      });
      const { auth } = client;
      auth.fetch = fetchOver(http, auth.fetch.bind(auth), signals) as typeof auth.fetch;
      clients.set(location ?? '', client);
    }
    return client;
  };
  await requireCredentials(clientFor(undefined));

  return {
    name: 'gcp',
    describe: () => `${SERVICE}, project ${project}`,
    locate: (path) => {
      const own = { document: documentOf(path) };
      return shared === undefined ? [own] : [{ document: shared, key: path }, own];
    },
    fetch: (address, signal) => {
      const { location } = nameOf(address.document, project);
      return signals.run(signal, () => fetchSecret(clientFor(location), project, address));
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
      http.close();
    },
  };
};

/** In REST mode the client ignores its options for timeouts, so each request takes its signal from its context. */
const signals = new AsyncLocalStorage<AbortSignal>();

/** Asked before anything else, since a call without credentials also rejects a promise that nobody can catch. */
async function requireCredentials(client: SecretManagerServiceClient): Promise<void> {
  try {
    await client.auth.getClient();
  } catch {
    throw new SecretFault('secrets/no-credentials', 'no Google Cloud credentials were found', {
      hint: 'Set GOOGLE_APPLICATION_CREDENTIALS, run gcloud auth application-default login, or run on Google Cloud.',
    });
  }
}

async function fetchSecret(
  client: SecretManagerServiceClient,
  project: string,
  { document, version }: DocumentAddress,
): Promise<SecretDocument> {
  const { resource, version: own } = nameOf(document, project);
  const wanted = version ?? own;
  const read = (which: string) => access(client, `${resource}/versions/${which}`);
  try {
    return SecretDocument.fromBytes(`secret ${document}`, await read(wanted ?? 'latest'));
  } catch (error) {
    if (error instanceof SecretFault) throw error;
    const fault = faultOfGcp(error, document, wanted);
    if (wanted === undefined || fault.code !== 'secrets/no-such-secret' || !fault.absent) throw fault;
  }
  // The service says the same of a missing secret and of a missing version.
  try {
    await read('latest');
  } catch (error) {
    const fault = error instanceof SecretFault ? error : faultOfGcp(error, document, undefined);
    if (fault.code !== 'secrets/no-such-version') throw fault;
  }
  throw noSuchVersion(`secret ${document}`, wanted);
}

/** The bytes of a version. @throws SecretFault for an answer that is none, or was changed on its way */
async function access(client: SecretManagerServiceClient, name: string): Promise<Uint8Array> {
  // `retry: null` turns the client's own retries off: they are the caller's work.
  const [{ payload }] = await client.accessSecretVersion({ name }, { retry: null });
  const { data, dataCrc32c } = payload ?? {};
  if (!(data instanceof Uint8Array)) throw faultOfNonsense(SERVICE);
  if (dataCrc32c === null || dataCrc32c === undefined) return data;
  if (String(dataCrc32c) === String(crc32c(data))) return data;
  throw new SecretFault('secrets/unreachable', `${SERVICE} sends a value that was changed on its way`, {
    hint: 'The check sum of the service does not agree. Check proxies between.',
    retryable: true,
  });
}

type Endpoint = { apiEndpoint: string; port: number; protocol: string };

function endpointOf(address: string | undefined, allowPlainHttp: boolean): Endpoint | undefined {
  if (!address) return undefined;
  const url = parseUrl(address);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new SecretFault(
      'secrets/provider-not-configured',
      'CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER is no https address',
    );
  }
  refusePlainHttp(url, SERVICE, allowPlainHttp);
  const protocol = url.protocol.slice(0, -1);
  return { apiEndpoint: url.hostname, port: Number(url.port) || (protocol === 'https' ? 443 : 80), protocol };
}
