import type { SecretDocument } from '../../document.js';
import { stringifyExact } from '../../exact-json.js';
import { SecretFault } from '../../fault.js';
import { formatVaultReference } from '../../../config/reference.js';
import type { SecretProvider, SecretWriter } from '../contract.js';
import { changedMeanwhile, faultOfAws } from './faults.js';
import type { AwsSdk, Store } from './sdk.js';

/** What stands under a name. `empty`: a secret that has no value now. */
type State =
  { readonly state: 'present'; readonly document: SecretDocument } | { readonly state: 'empty' | 'absent' };

/**
 * Writes into the shared secret when there is one, and else into a secret of the path's own. The service has no
 * way to refuse a write that is based on an older version, so two writers at the same moment can lose one value.
 */
export function writer(
  { sdk, client, signals }: Store,
  shared: string | undefined,
  fetch: SecretProvider['fetch'],
): SecretWriter {
  const stateOf = async (document: string, signal: AbortSignal): Promise<State> => {
    try {
      return { state: 'present', document: await fetch({ document, version: undefined }, signal) };
    } catch (error) {
      if (!(error instanceof SecretFault) || !error.vacant) throw error;
      return { state: error.absent ? 'absent' : 'empty' };
    }
  };
  const store = async (id: string, text: string, state: State['state'], signal: AbortSignal) => {
    const command =
      state === 'absent'
        ? new sdk.CreateSecretCommand({ Name: id, SecretString: text })
        : new sdk.PutSecretValueCommand({ SecretId: id, SecretString: text });
    try {
      await client.send(signals.attach(command as InstanceType<AwsSdk['PutSecretValueCommand']>, signal));
    } catch (error) {
      throw faultOfAws(error, { what: `secret ${id}`, action: 'write' });
    }
  };
  return {
    target: async (path, signal) => {
      const { state } = await stateOf(shared ?? path, signal);
      const isMade = shared !== undefined && state === 'absent';
      return {
        reference: formatVaultReference({ path }),
        notes: [...(isMade ? ['new-document' as const] : []), 'no-check-and-set'],
      };
    },
    write: async ({ path, value, replace }, signal) => {
      const id = shared ?? path;
      const over = await stateOf(id, signal);
      const document = over.state === 'present' ? over.document : undefined;
      if (!replace) {
        const stored = shared === undefined ? document?.whole() : document?.valueIfAny(path);
        if (stored?.reveal() === value.reveal()) return formatVaultReference({ path });
        if (stored?.isEmpty === false) throw changedMeanwhile(`secret ${id}`);
      }
      const made = shared === undefined ? value.reveal() : stringifyExact({ [path]: value.reveal() });
      const text = shared === undefined ? made : (document?.withField(path, value) ?? made);
      await store(id, text, over.state, signal);
      return formatVaultReference({ path });
    },
  };
}
