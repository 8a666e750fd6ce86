import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretFault } from '../../fault.js';
import { formatVaultReference } from '../../reference.js';
import type { SecretProvider } from '../contract.js';
import { faultOfAws } from './faults.js';
import type { AwsSdk } from './sdk.js';

/**
 * Writes into the shared secret when there is one, and else into a secret of the path's own. The service has no
 * way to refuse a write that is based on an older version, so two writers at the same moment can lose one value.
 */
export function writer(
  sdk: AwsSdk,
  client: SecretsManagerClient,
  shared: string | undefined,
  reader: Pick<SecretProvider, 'fetch'>,
): NonNullable<SecretProvider['write']> {
  const put = async (id: string, text: string, signal: AbortSignal): Promise<void> => {
    try {
      await client.send(new sdk.PutSecretValueCommand({ SecretId: id, SecretString: text }), {
        abortSignal: signal,
      });
    } catch (error) {
      const fault = faultOfAws(error, `secret ${id}`);
      if (fault.code !== 'secrets/no-such-secret' || !fault.absent) throw fault;
      await createSecret(id, text, signal);
    }
  };
  const createSecret = async (id: string, text: string, signal: AbortSignal): Promise<void> => {
    try {
      await client.send(new sdk.CreateSecretCommand({ Name: id, SecretString: text }), {
        abortSignal: signal,
      });
    } catch (error) {
      throw faultOfAws(error, `secret ${id}`);
    }
  };
  return async (path, value, signal) => {
    if (shared === undefined) {
      await put(path, value.reveal(), signal);
      return formatVaultReference({ path });
    }
    const text = await reader.fetch({ document: shared, version: undefined }, signal).then(
      (document) => document.withField(path, value),
      (error: unknown) => {
        if (error instanceof SecretFault && error.absent) return JSON.stringify({ [path]: value.reveal() });
        throw error;
      },
    );
    await put(shared, text, signal);
    return formatVaultReference({ path });
  };
}
