import { inspect } from 'node:util';
import { expect } from 'vitest';
import { ToolError, type ErrorCode } from '../../src/errors/index.js';

/** The ToolError that `work` fails with. Anything else fails the test. */
export async function failure(work: Promise<unknown>): Promise<ToolError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof ToolError) return outcome;
  throw new Error(`Expected a ToolError, got ${inspect(outcome)}`);
}

/** The ToolError that a function throws. Anything else fails the test. */
export function thrown(work: () => unknown): ToolError {
  try {
    work();
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('Expected a ToolError, got none.');
}

/** The code of the ToolError that a function throws. */
export function codeOf(work: () => unknown): ErrorCode {
  return thrown(work).code;
}

/** No way to print the error shows the secret. */
export function expectHidden(error: ToolError, secret: string): void {
  const shown = [
    String(error),
    error.stack ?? '',
    JSON.stringify(error),
    inspect(error, { depth: 10, showHidden: true }),
  ];
  for (const text of shown) expect(text).not.toContain(secret);
}
