import { setImmediate } from 'node:timers/promises';

/** The warnings of the process, such as that of too many listeners, that come up during some work. */
export async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const note = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
  process.on('warning', note);
  try {
    await work();
    await setImmediate(); // Node reports a warning after the work that caused it.
  } finally {
    process.off('warning', note);
  }
  return warnings;
}
