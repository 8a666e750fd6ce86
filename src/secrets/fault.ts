import type { ErrorCode } from '../errors/index.js';
import type { MalformedReference } from '../config/reference.js';

/** The faults of a reference, from the first thing that can go wrong with it to the last. */
export const faultOrder = [
  'secrets/malformed-reference',
  'secrets/provider-not-configured',
  'secrets/provider-not-installed',
  'secrets/no-credentials',
  'secrets/unreachable',
  'secrets/refused',
  'secrets/no-such-secret',
  'secrets/no-such-version',
  'secrets/unreadable',
  'secrets/no-such-field',
  'secrets/empty',
] as const satisfies readonly ErrorCode[];

export type SecretFaultCode = (typeof faultOrder)[number];

/** Faults that mean "there is nothing there", which `optional=true` and `default=` forgive. */
const absences: readonly SecretFaultCode[] = [
  'secrets/no-such-secret',
  'secrets/no-such-version',
  'secrets/no-such-field',
  'secrets/empty',
];

export interface SecretFaultOptions {
  readonly hint?: string;
  /** Trying again can help: throttling, a fault of the service, a cut connection. */
  readonly retryable?: boolean;
  /** Least wait before the next attempt, as the service asked for it. */
  readonly retryAfterMs?: number;
  /** False when nothing being there is a fault of the configuration, which no option forgives. */
  readonly forgivable?: boolean;
  /** The place is named and holds nothing now, so a value can be written there, though no option forgives it. */
  readonly vacant?: boolean;
  /** The credentials are good, and this one secret may not be read with them. */
  readonly denied?: boolean;
  /** The service asks for fewer requests. */
  readonly throttled?: boolean;
}

/**
 * Why one reference has no value. It has no `cause` on purpose: errors of vendor clients carry headers, tokens
 * and answers, so what a person needs from them is put into words where they are caught.
 */
export class SecretFault extends Error {
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** True when the store itself said that the secret is not there. */
  readonly absent: boolean;
  /** True when nothing is there that a written value would replace. */
  readonly vacant: boolean;
  readonly denied: boolean;
  readonly throttled: boolean;

  constructor(
    readonly code: SecretFaultCode,
    /** The end of a sentence that begins with the reference. Never holds a value. */
    readonly reason: string,
    options: SecretFaultOptions = {},
  ) {
    super(reason);
    this.name = 'SecretFault';
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.absent = (options.forgivable ?? true) && absences.includes(code);
    this.vacant = options.vacant ?? this.absent;
    this.denied = options.denied ?? false;
    this.throttled = options.throttled ?? false;
  }
}

/** One fault for several places that were searched in turn: the one that went wrong last, with every reason. */
export function combineFaults(faults: readonly [SecretFault, ...SecretFault[]]): SecretFault {
  const [first, ...rest] = faults;
  if (rest.length === 0) return first;
  const furthest = faults.reduce((a, b) => (faultOrder.indexOf(b.code) > faultOrder.indexOf(a.code) ? b : a));
  return new SecretFault(furthest.code, faults.map((f) => f.reason).join('; '), {
    ...(furthest.hint === undefined ? {} : { hint: furthest.hint }),
    forgivable: faults.every((f) => f.absent),
    vacant: faults.every((f) => f.vacant),
  });
}

export function malformedFault(reference: MalformedReference): SecretFault {
  const place = `at character ${reference.offset + 1}`;
  return new SecretFault('secrets/malformed-reference', `${reference.reason} (${place})`);
}
