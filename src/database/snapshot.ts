import { ToolError } from '../errors/index.js';

/** How often a snapshot is begun again when tables appear or change while it is begun. */
const ATTEMPTS = 5;

/** @param tables names, as far as they are known */
export function changedMeanwhile(tables: readonly string[]): ToolError {
  const which = tables.length > 0 ? `: ${tables.join(', ')}` : '';
  return new ToolError('backup/changed', `Tables were changed in their shape while they were read${which}`, {
    hint: 'Run the command again when nobody truncates, alters or replaces tables.',
  });
}

/**
 * Begins a snapshot, again when tables were made, dropped or replaced between the look at which there are and the
 * locks on them.
 * @param begin answers undefined when that was so, with everything taken back
 * @throws ToolError `backup/changed` when it does not end
 */
export async function begunSnapshot<T>(begin: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const begun = await begin();
    if (begun !== undefined) return begun;
  }
  throw changedMeanwhile([]);
}
