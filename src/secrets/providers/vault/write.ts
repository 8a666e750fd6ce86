import { formatVaultReference } from '../../../config/reference.js';
import type { SecretWriter, WriteNote } from '../contract.js';
import { changedMeanwhile, nameOf, stateOf, writeKv, type VaultCall, type KvState } from './kv.js';
import type { KvPath } from './mounts.js';

/** Finds the mount of a document. @throws SecretFault */
type Open = (document: string, signal: AbortSignal) => Promise<{ kv: KvPath; call: VaultCall }>;

/** Writes a field of the shared secret when there is one, and else the field `value` of a secret of the path's own. */
export function writer(open: Open, shared: string | undefined): SecretWriter {
  const place = (path: string) =>
    shared === undefined
      ? { document: path, field: 'value', reference: formatVaultReference({ path, field: 'value' }) }
      : { document: shared, field: path, reference: formatVaultReference({ path }) };
  return {
    target: async (path, signal) => {
      const { document, reference } = place(path);
      const { kv, call } = await open(document, signal);
      return { reference, notes: notesOn(kv, await stateOf(kv, undefined, call), shared !== undefined) };
    },
    write: async ({ path, value, replace }, signal) => {
      const { document, field, reference } = place(path);
      const { kv, call } = await open(document, signal);
      const over = await stateOf(kv, undefined, call);
      const stored = over.state === 'present' && !replace ? over.document.valueIfAny(field) : undefined;
      if (stored?.reveal() === value.reveal()) return reference;
      if (stored?.isEmpty === false) throw changedMeanwhile(`${field} of ${nameOf(kv)}`);
      const fields =
        over.state === 'present' ? over.document.fieldsWith(field, value) : { [field]: value.reveal() };
      await writeKv(kv, fields, over, call);
      return reference;
    },
  };
}

function notesOn(kv: KvPath, { state }: KvState, isShared: boolean): WriteNote[] {
  const notes: WriteNote[] = [];
  if (state === 'absent' && isShared) notes.push('new-document');
  if (state === 'deleted' || state === 'destroyed') notes.push('over-deleted');
  if (kv.version === 1) notes.push('no-check-and-set');
  return notes;
}
