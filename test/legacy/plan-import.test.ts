import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors/index.js';
import { blockerError } from '../../src/legacy/plan-import.js';

/** The gravest first, with what the run then says; each takes precedence over all that follow. */
const gravest: readonly (readonly [ErrorCode, string])[] = [
  ['config/cannot-cut', 'Keys cannot be cut out of the file safely; nothing was written'],
  ['legacy/provider-not-whole', 'Providers cannot leave the file whole; nothing was written'],
  ['settings/value-too-long', 'Values are too long for the server; nothing was written'],
  ['legacy/plaintext-secret', 'Secrets would be stored in plain text; nothing was written'],
  ['legacy/conflict', 'The database holds other values that somebody set; nothing was written'],
  ['legacy/shadowed', "Variables override the file's values; nothing was written"],
  ['legacy/never-read', 'Switches that no server has read need a choice; nothing was written'],
  ['legacy/proof-failed', 'The server would behave differently afterwards; nothing was written'],
];

const blocker = (code: ErrorCode): { code: ErrorCode; severity: 'error'; message: string } => ({
  code,
  severity: 'error',
  message: `about ${code}`,
});

describe('the error of a plan that cannot be carried out', () => {
  it('is none without blockers', () => expect(blockerError({ blockers: [] })).toBeUndefined());

  it.each(gravest)('of %s says "%s"', (code, message) => {
    const rank = gravest.findIndex(([other]) => other === code);
    const blockers = [...gravest.slice(rank)].reverse().map(([other]) => blocker(other));
    const error = blockerError({ blockers });
    expect(error).toMatchObject({ code, message });
    expect(error?.diagnostics).toHaveLength(blockers.length);
    expect(error?.diagnostics).toEqual(expect.arrayContaining(blockers));
  });

  it('is that of a blocker without a rank when there is no other', () => {
    const blockers = [blocker('config/invalid-value'), blocker('config/doubtful-value')];
    expect(blockerError({ blockers })).toMatchObject({
      code: 'config/invalid-value',
      message: expect.stringMatching(/.; nothing was written$/) as string,
    });
    const ranked = [...blockers, blocker('legacy/proof-failed')];
    expect(blockerError({ blockers: ranked })?.code).toBe('legacy/proof-failed');
  });
});
