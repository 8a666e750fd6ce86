import { describe, expect, it } from 'vitest';
import { combineFaults, faultOrder, SecretFault, type SecretFaultCode } from '../../src/secrets/fault.js';

const faultOf = (code: SecretFaultCode, options = {}) => new SecretFault(code, `because of ${code}`, options);

describe('one fault for several places', () => {
  it('is the furthest of them, whatever their order', () => {
    for (const [nearIndex, near] of faultOrder.entries()) {
      for (const far of faultOrder.slice(nearIndex + 1)) {
        const faults = [faultOf(near, { hint: 'near' }), faultOf(far, { hint: 'far' })] as const;
        expect(combineFaults(faults)).toMatchObject({ code: far, hint: 'far' });
        expect(combineFaults([faults[1], faults[0]])).toMatchObject({ code: far, hint: 'far' });
      }
    }
  });

  it('is found in the middle too, and names every reason in the order of the search', () => {
    const combined = combineFaults([
      faultOf('secrets/no-such-secret'),
      faultOf('secrets/no-such-field'),
      faultOf('secrets/no-such-version'),
    ]);
    expect(combined.code).toBe('secrets/no-such-field');
    expect(combined.reason).toBe(
      'because of secrets/no-such-secret; because of secrets/no-such-field; because of secrets/no-such-version',
    );
  });

  it('is absence, or a place that can be written, only when all of them are', () => {
    const absent = faultOf('secrets/no-such-secret');
    const vacant = faultOf('secrets/no-such-secret', { forgivable: false, vacant: true });
    const refused = faultOf('secrets/refused');
    const of = (...faults: [SecretFault, SecretFault]) => {
      const { absent: isAbsent, vacant: isVacant } = combineFaults(faults);
      return [isAbsent, isVacant];
    };
    expect(of(absent, absent)).toEqual([true, true]);
    expect(of(vacant, absent)).toEqual([false, true]);
    expect(of(absent, refused)).toEqual([false, false]);
    expect(of(refused, vacant)).toEqual([false, false]);
  });

  it('is the one fault itself when there is one', () => {
    const only = faultOf('secrets/refused', { retryable: true });
    expect(combineFaults([only])).toBe(only);
  });
});
