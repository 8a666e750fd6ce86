import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import type { Environment } from '../../local.js';
import { StoreHttp } from '../../http/store-http.js';
import { faultOfNonsense } from '../../service-fault.js';
import type { CreateProvider, DocumentAddress, SecretProvider } from '../contract.js';
import { faultOfAws, SERVICE } from './faults.js';
import { load, type Store } from './sdk.js';
import { requestHandler } from './request-handler.js';
import { CommandSignals } from './signals.js';
import { writer } from './write.js';

/**
 * AWS Secrets Manager. With `aws_secret_name`, a path is a key of that secret's JSON object first and a secret of
 * its own second; without, always a secret of its own.
 */
export const create: CreateProvider = async ({ settings, environment, allowPlainHttp }) => {
  const sdk = await loadPackage(['@aws-sdk/client-secrets-manager'], load);
  const region = settings.get('aws_region') ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  // Requests are signed for one address, so no redirect can be followed.
  const http = new StoreHttp({ service: SERVICE, environment, allowPlainHttp, followsRedirects: false });
  const signals = new CommandSignals();
  const client = new sdk.SecretsManagerClient({
    requestHandler: requestHandler(http, signals) as never,
    cacheMiddleware: true,
    ...clientOptions(environment),
    ...(region ? { region } : {}),
    // Retries are the caller's work, by one rule for every provider.
    maxAttempts: 1,
  });
  signals.follow(client);
  const store: Store = { sdk, client, signals };
  const shared = settings.get('aws_secret_name');
  const fetch: SecretProvider['fetch'] = (address, signal) => fetchSecret(store, address, signal);
  return {
    name: 'aws',
    describe: () => `AWS Secrets Manager in ${region ?? 'the region of the profile'}`,
    locate: (path) =>
      shared === undefined ? [{ document: path }] : [{ document: shared, key: path }, { document: path }],
    fetch,
    many: { size: MOST_AT_ONCE, fetch: (names, signal) => fetchMany(store, names, signal) },
    writer: writer(store, shared, fetch),
    close: () => client.destroy(),
  };
};

/** What `BatchGetSecretValue` takes. */
const MOST_AT_ONCE = 20;

/** What the SDK would read from the process' environment is taken from the one that was handed in. */
function clientOptions(environment: Environment): object {
  const endpoint = environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] || environment['AWS_ENDPOINT_URL'];
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_PROFILE: profile,
  } = environment;
  return {
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    // A named profile outranks keys in the environment, as it does in the SDK's own chain.
    ...(accessKeyId && secretAccessKey && !profile
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
  };
}

async function fetchSecret(
  { sdk, client, signals }: Store,
  { document, version }: DocumentAddress,
  signal: AbortSignal,
): Promise<SecretDocument> {
  const name = `secret ${document}`;
  let answer;
  try {
    const command = new sdk.GetSecretValueCommand({ SecretId: document, ...versionOf(version) });
    answer = await client.send(signals.attach(command, signal));
  } catch (error) {
    throw faultOfAws(error, { what: name }, version);
  }
  const found = contentOf(name, answer);
  if (found) return found;
  // An answer without either is a secret that was created and never given a value.
  if (answer.ARN !== undefined) {
    throw new SecretFault('secrets/empty', `${name} has no value yet`, { forgivable: false, vacant: true });
  }
  throw faultOfNonsense(SERVICE);
}

function contentOf(
  name: string,
  { SecretString: text, SecretBinary: bytes }: { SecretString?: unknown; SecretBinary?: unknown },
): SecretDocument | undefined {
  if (typeof text === 'string') return SecretDocument.fromText(name, text);
  return bytes instanceof Uint8Array ? SecretDocument.fromBytes(name, bytes) : undefined;
}

/** Those of many secrets that the service gives out at once; why it gives out no others is asked for each. */
async function fetchMany(
  { sdk, client, signals }: Store,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SecretDocument>> {
  let answer;
  try {
    const command = new sdk.BatchGetSecretValueCommand({ SecretIdList: [...names] });
    answer = await client.send(signals.attach(command, signal));
  } catch (error) {
    throw faultOfAws(error, { what: 'many secrets at once' });
  }
  const found = new Map<string, SecretDocument>();
  for (const value of answer.SecretValues ?? []) {
    const name = names.find((n) => n === value.Name || n === value.ARN);
    // Bytes that are no text are a fault of their own, with its own words.
    if (name === undefined || typeof value.SecretString !== 'string') continue;
    found.set(name, SecretDocument.fromText(`secret ${name}`, value.SecretString));
  }
  return found;
}

/** Ids are UUIDs or client tokens of 32 characters and more; everything else is a staging label. */
function versionOf(version: string | undefined): { VersionId?: string; VersionStage?: string } {
  if (version === undefined) return {};
  return /^[0-9A-Za-z-]{32,64}$/.test(version) ? { VersionId: version } : { VersionStage: version };
}
