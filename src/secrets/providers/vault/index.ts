import { SecretFault } from '../../fault.js';
import { decodeUtf8 } from '../../document.js';
import { formatVaultReference } from '../../reference.js';
import { parseUrl } from '../../service-url.js';
import type { CreateProvider, ProviderInput, SecretProvider } from '../contract.js';
import { connect, SERVICE, type VaultConnection } from './client.js';
import { readKv, writeKv, type KvSecret } from './kv.js';
import { findCredentials } from './login.js';
import { MountFinder } from './mounts.js';

/**
 * HashiCorp Vault, KV version 1 and 2. With `vault_path`, a path is a field of that secret first; a path with a
 * slash is then a secret of its own. Without it only paths with a slash can be asked for, and the keys of the settings
 * table, whose names have none, cannot.
 */
export const create: CreateProvider = async (input) => {
  const connection = await connectionOf(input);
  const request = await connect(connection);
  const tokens = await findCredentials(input, request);
  const mounts = new MountFinder(request);
  const shared = input.settings.get('vault_path')?.replace(/^\/+|\/+$/g, '');

  const open = async (document: string, signal: AbortSignal) => {
    if (!document.includes('/')) {
      // Not "no such secret": Vault was not asked, so nobody knows that there is none.
      throw new SecretFault(
        'secrets/provider-not-configured',
        `it is not known where in Vault ${document} lies: secrets.vault_path is not set`,
        {
          hint: 'Set secrets.vault_path in the file, or TMI_VAULT_PATH. A reference can also say it: vault://MOUNT/PATH#FIELD.',
        },
      );
    }
    const token = await tokens(signal);
    return { kv: await mounts.find(document, token, signal), asking: { request, token, signal } };
  };

  const provider: SecretProvider = {
    name: 'vault',
    describe: () =>
      `${SERVICE} at ${connection.address}${connection.namespace ? ` (${connection.namespace})` : ''}`,
    locate: (path) => {
      if (shared === undefined) return [{ document: path }];
      return path.includes('/')
        ? [{ document: shared, key: path }, { document: path }]
        : [{ document: shared, key: path }];
    },
    fetch: async ({ document, version }, signal) => {
      const { kv, asking } = await open(document, signal);
      return (await readKv(kv, version, asking)).document;
    },
    write: async (path, value, signal) => {
      const { kv, asking } = await open(shared ?? path, signal);
      const field = shared === undefined ? 'value' : path;
      const current = await readKv(kv, undefined, asking).catch((error: unknown): KvSecret | undefined => {
        if (error instanceof SecretFault && error.code === 'secrets/no-such-secret') return undefined;
        throw error;
      });
      const fields = current?.document.fieldsWith(field, value) ?? { [field]: value.reveal() };
      await writeKv(kv, fields, current, asking);
      return formatVaultReference(shared === undefined ? { path, field } : { path });
    },
  };
  return provider;
};

async function connectionOf({ settings, environment, readFile }: ProviderInput): Promise<VaultConnection> {
  const address =
    settings.get('vault_address') ?? (environment['VAULT_ADDR'] || settings.require('vault_address'));
  const url = parseUrl(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new SecretFault(
      'secrets/provider-not-configured',
      'secrets.vault_address is no address of a server',
      {
        hint: 'Write it like https://vault.example.org:8200, without a user and a query.',
      },
    );
  }
  const caFile = environment['VAULT_CACERT'];
  return {
    address: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    namespace: environment['VAULT_NAMESPACE'] || undefined,
    ca: caFile ? await readCertificates(caFile, readFile) : undefined,
    skipVerify: /^(1|t|true)$/i.test(environment['VAULT_SKIP_VERIFY'] ?? ''),
  };
}

async function readCertificates(file: string, readFile: ProviderInput['readFile']): Promise<string> {
  try {
    return decodeUtf8(file, await readFile(file));
  } catch {
    throw new SecretFault(
      'secrets/provider-not-configured',
      `the certificates ${file} of VAULT_CACERT cannot be read`,
    );
  }
}
