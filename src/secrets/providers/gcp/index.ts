import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import { faultOfNonsense } from '../../service-fault.js';
import { isLoopback, parseUrl } from '../../service-url.js';
import type { CreateProvider, DocumentAddress } from '../contract.js';
import { faultOfGcp, SERVICE } from './faults.js';

/**
 * GCP Secret Manager. With `gcp_secret_name`, a path is a key of that secret's JSON object first and a secret of
 * its own second; without, always a secret of its own. Characters that a name cannot have become hyphens.
 */
export const create: CreateProvider = async ({ settings, environment }) => {
  const project = settings.require('gcp_project_id');
  const shared = settings.get('gcp_secret_name');
  const keyFile = environment['GOOGLE_APPLICATION_CREDENTIALS'];
  const sdk = await loadPackage(
    ['@google-cloud/secret-manager'],
    () => import('@google-cloud/secret-manager'),
  );
  const client = new sdk.SecretManagerServiceClient({
    // REST over HTTP/1.1: gRPC would be loaded and kept open for a handful of requests.
    fallback: true,
    // Without it the client runs gcloud to find one.
    projectId: project,
    ...(keyFile ? { keyFilename: keyFile } : {}),
    ...endpointOf(environment['CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER']),
  });
  await requireCredentials(client);
  const withSignal = passSignals(client);

  return {
    name: 'gcp',
    describe: () => `${SERVICE}, project ${project}`,
    locate: (path) => {
      const own = { document: path.replace(/[^0-9A-Za-z_-]/g, '-') };
      return shared === undefined ? [own] : [{ document: shared, key: path }, own];
    },
    fetch: (address, signal) => withSignal(signal, () => fetchSecret(client, project, address)),
    close: () => client.close(),
  };
};

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

/** In REST mode the client ignores its options for timeouts, so each request takes its signal from its context. */
function passSignals(
  client: SecretManagerServiceClient,
): <T>(signal: AbortSignal, run: () => Promise<T>) => Promise<T> {
  const signals = new AsyncLocalStorage<AbortSignal>();
  const { auth } = client;
  const send = auth.fetch.bind(auth);
  // The client always calls it with an address and options; the type has overloads that it does not use.
  auth.fetch = (url: string, init: RequestInit = {}) => {
    const present = [signals.getStore(), init.signal].filter(
      (s): s is AbortSignal => s instanceof AbortSignal,
    );
    return send(url, { ...init, signal: AbortSignal.any(present) });
  };
  return (signal, run) => signals.run(signal, run);
}

async function fetchSecret(
  client: SecretManagerServiceClient,
  project: string,
  { document, version }: DocumentAddress,
): Promise<SecretDocument> {
  const name = `projects/${project}/secrets/${document}/versions/${version ?? 'latest'}`;
  let data: unknown;
  try {
    // `retry: null` turns the client's own retries off: they are the caller's work.
    const [answer] = await client.accessSecretVersion({ name }, { retry: null });
    data = answer.payload?.data;
  } catch (error) {
    throw faultOfGcp(error, document, version);
  }
  if (data instanceof Uint8Array) return SecretDocument.fromBytes(`secret ${document}`, data);
  throw faultOfNonsense(SERVICE);
}

function endpointOf(address: string | undefined): { apiEndpoint?: string; port?: number; protocol?: string } {
  if (!address) return {};
  const url = parseUrl(address);
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))) {
    throw new SecretFault(
      'secrets/provider-not-configured',
      'CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER is no https address',
    );
  }
  const protocol = url.protocol.slice(0, -1);
  return { apiEndpoint: url.hostname, port: Number(url.port) || (protocol === 'https' ? 443 : 80), protocol };
}
