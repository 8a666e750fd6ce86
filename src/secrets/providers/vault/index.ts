import { SecretFault } from '../../fault.js';
import type { CreateProvider, SecretProvider } from '../contract.js';
import { connect, SERVICE } from './client.js';
import { connectionOf } from './connection.js';
import { readKv } from './kv.js';
import { findCredentials } from './login.js';
import { MountFinder } from './mounts.js';
import { healthOnce, VaultSession } from './session.js';
import { writer } from './write.js';

/**
 * HashiCorp Vault, KV version 1 and 2. With `vault_path`, a path is a field of that secret first; a path with a
 * slash is then a secret of its own. Without it only paths with a slash can be asked for, and the keys of the settings
 * table, whose names have none, cannot.
 */
export const create: CreateProvider = async (input) => {
  const shared = sharedPath(input.settings.get('vault_path'));
  const connection = await connectionOf(input);
  const client = await connect(connection, input);
  const health = healthOnce(client);
  const tokens = await findCredentials(input, client, health);
  const session = new VaultSession(client, tokens, health, connection.namespace);
  const mounts = new MountFinder(session);

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
    return { kv: await mounts.find(document, signal), call: { session, signal } };
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
      const { kv, call } = await open(document, signal);
      return readKv(kv, version, call);
    },
    writer: writer(open, shared),
    forget: () => mounts.forget(),
    close: async () => {
      await tokens.close();
      client.close();
    },
  };
  return provider;
};

/** @throws SecretFault `secrets/provider-not-configured` for a mount without a secret */
function sharedPath(text: string | undefined): string | undefined {
  const path = text?.replace(/^\/+|\/+$/g, '');
  if (path === undefined || path.includes('/')) return path;
  throw new SecretFault(
    'secrets/provider-not-configured',
    `secrets.vault_path is ${path}, which is a mount without the path of a secret in it`,
    { hint: `Write it like ${path}/tmi.` },
  );
}
