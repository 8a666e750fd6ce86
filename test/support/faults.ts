import { SecretFault, type SecretFaultCode } from '../../src/secrets/fault.js';

/** All that a person or the caller can see of a fault. */
export interface ShownFault {
  readonly code: SecretFaultCode;
  readonly reason: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly absent: boolean;
  readonly vacant: boolean;
  readonly denied: boolean;
  readonly throttled: boolean;
}

/**
 * A fault as a plain object, or the one that a test expects: what is not named is as it is for most faults. Tests
 * compare whole faults, so that none gains or loses a hint, an attempt or forgiveness unseen.
 */
export function shown(fault: SecretFault): ShownFault;
export function shown(code: SecretFaultCode, reason: string, rest?: Partial<ShownFault>): ShownFault;
export function shown(
  from: SecretFault | SecretFaultCode,
  reason = '',
  rest: Partial<ShownFault> = {},
): ShownFault {
  const usual = {
    hint: undefined,
    retryable: false,
    retryAfterMs: undefined,
    absent: false,
    vacant: false,
    denied: false,
    throttled: false,
  };
  if (!(from instanceof SecretFault)) return { ...usual, code: from, reason, ...rest };
  const { code, hint, retryable, retryAfterMs, absent, vacant, denied, throttled } = from;
  return { code, reason: from.reason, hint, retryable, retryAfterMs, absent, vacant, denied, throttled };
}

/** The hint of answers that come from something between, or from another address. */
export const checkAddress = 'Check the address, and proxies between.';

/** The expected fault of a store that answers with what is no answer of it. */
export const nonsenseOf = (service: string): ShownFault =>
  shown('secrets/unreachable', `${service} answers with something that is not an answer of this service`, {
    hint: checkAddress,
    retryable: true,
  });

/** The expected fault of a store whose status is one of HTTP, and whose words are somebody else's. */
export const foreignOf = (service: string, status: number): ShownFault =>
  shown(
    'secrets/unreachable',
    `${service} answers with status ${status}, and not in the words of this service`,
    { hint: checkAddress, retryable: true },
  );
