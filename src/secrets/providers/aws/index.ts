import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { loadPackage } from '../../load-package.js';
import type { Environment } from '../../local.js';
import { faultOfNonsense } from '../../service-fault.js';
import type { CreateProvider, DocumentAddress, SecretProvider } from '../contract.js';
import { faultOfAws, SERVICE } from './faults.js';
import { load, type AwsSdk } from './sdk.js';
import { writer } from './write.js';

/**
 * AWS Secrets Manager. With `aws_secret_name`, a path is a key of that secret's JSON object first and a secret of
 * its own second; without, always a secret of its own.
 */
export const create: CreateProvider = async ({ settings, environment }) => {
  const sdk = await loadPackage(['@aws-sdk/client-secrets-manager'], load);
  const region = settings.get('aws_region') ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  const client = new sdk.SecretsManagerClient({
    ...clientOptions(environment),
    ...(region ? { region } : {}),
    // Retries are the caller's work, by one rule for every provider.
    maxAttempts: 1,
  });
  const shared = settings.get('aws_secret_name');
  const provider: SecretProvider = {
    name: 'aws',
    describe: () => `AWS Secrets Manager in ${region ?? 'the region of the profile'}`,
    locate: (path) =>
      shared === undefined ? [{ document: path }] : [{ document: shared, key: path }, { document: path }],
    fetch: (address, signal) => fetchSecret(sdk, client, address, signal),
    close: () => client.destroy(),
  };
  return { ...provider, write: writer(sdk, client, shared, provider) };
};

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
  sdk: AwsSdk,
  client: SecretsManagerClient,
  { document, version }: DocumentAddress,
  signal: AbortSignal,
): Promise<SecretDocument> {
  const name = `secret ${document}`;
  let answer;
  try {
    const command = new sdk.GetSecretValueCommand({ SecretId: document, ...versionOf(version) });
    answer = await client.send(command, { abortSignal: signal });
  } catch (error) {
    throw faultOfAws(error, name, version);
  }
  if (typeof answer.SecretString === 'string') return SecretDocument.fromText(name, answer.SecretString);
  if (answer.SecretBinary instanceof Uint8Array) return SecretDocument.fromBytes(name, answer.SecretBinary);
  // An answer without either is a secret that was created and never given a value.
  if (answer.ARN !== undefined) throw new SecretFault('secrets/empty', `${name} has no value yet`);
  throw faultOfNonsense(SERVICE);
}

/** Ids are UUIDs or client tokens of 32 characters and more; everything else is a staging label. */
function versionOf(version: string | undefined): { VersionId?: string; VersionStage?: string } {
  if (version === undefined) return {};
  return /^[0-9A-Za-z-]{32,64}$/.test(version) ? { VersionId: version } : { VersionStage: version };
}
