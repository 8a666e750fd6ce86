import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is yes. What never comes is caught by the limit of the test itself. */
export async function until(question: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await question())) await pause(5);
}
