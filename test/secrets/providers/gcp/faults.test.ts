import { describe, expect, it } from 'vitest';
import { SecretFault } from '../../../../src/secrets/fault.js';
import { faultOfGcp } from '../../../../src/secrets/providers/gcp/faults.js';
import { checkAddress, foreignOf, nonsenseOf, shown, type ShownFault } from '../../../support/faults.js';

/** An error as the SDK throws it in REST mode: the message is the body of the answer. */
const restError = (status: unknown, name: unknown, headers?: unknown) =>
  Object.assign(new Error(JSON.stringify({ error: { status: name, message: 'CANARY' } })), {
    status,
    ...(headers === undefined ? {} : { response: { headers } }),
  });

const of = (error: unknown, version?: string): ShownFault => shown(faultOfGcp(error, 'tmi-jwt', version));

const service = 'GCP Secret Manager';
const what = 'secret tmi-jwt';
const nonsense = nonsenseOf(service);
const foreign = (status: number) => foreignOf(service, status);
const noVersion = (version: string) =>
  shown('secrets/no-such-version', `${what} has no version ${version}`, { absent: true, vacant: true });

describe('what GCP means by an answer', () => {
  it.each<[number, string | undefined, string | undefined, ShownFault]>([
    [
      404,
      'NOT_FOUND',
      undefined,
      shown('secrets/no-such-secret', `${service} has no ${what}`, { absent: true, vacant: true }),
    ],
    // The name and the status belong together.
    [
      410,
      'NOT_FOUND',
      undefined,
      shown('secrets/unreachable', `${service} answers with status 410`, { hint: checkAddress }),
    ],
    [404, undefined, undefined, foreign(404)],
    [
      400,
      'FAILED_PRECONDITION',
      undefined,
      shown('secrets/no-such-version', `the current version of ${what} is disabled or destroyed`),
    ],
    [
      400,
      'FAILED_PRECONDITION',
      '3',
      shown('secrets/no-such-version', `version 3 of ${what} is disabled or destroyed`, {
        absent: true,
        vacant: true,
      }),
    ],
    [
      400,
      'INVALID_ARGUMENT',
      undefined,
      shown('secrets/no-such-secret', `${service} takes no such name as that of ${what}`),
    ],
    [400, 'INVALID_ARGUMENT', 'x', noVersion('x')],
    [
      401,
      'UNAUTHENTICATED',
      undefined,
      shown('secrets/refused', `${service} does not accept the credentials`),
    ],
    [
      403,
      'PERMISSION_DENIED',
      undefined,
      shown('secrets/refused', `${service} refuses to read ${what} with these credentials`, {
        hint: 'Grant the identity the right to read this secret.',
        denied: true,
      }),
    ],
    [401, undefined, undefined, foreign(401)],
    [
      500,
      undefined,
      undefined,
      shown('secrets/unreachable', `${service} answers with status 500`, { retryable: true }),
    ],
  ])('%i %s, version %s', (status, name, version, expected) => {
    expect(of(restError(status, name), version)).toEqual(expected);
  });

  it('holds the wait that it asks for', () => {
    const headers = new Headers({ 'Retry-After': '7' });
    expect(of(restError(429, 'RESOURCE_EXHAUSTED', headers))).toEqual(
      shown('secrets/unreachable', `${service} is throttling requests`, {
        retryable: true,
        retryAfterMs: 7000,
        throttled: true,
      }),
    );
    expect(of(restError(429, 'RESOURCE_EXHAUSTED', { 'retry-after': '7' })).retryAfterMs).toBeUndefined();
  });

  it.each([
    ['no JSON', Object.assign(new Error('<html>'), { status: 403 })],
    ['JSON of another kind', Object.assign(new Error('{"fault":1}'), { status: 403 })],
    ['JSON that is nothing', Object.assign(new Error('null'), { status: 403 })],
    ['a name that is a number', restError(403, 7)],
  ])('is of somebody else when it is %s', (_, error) => {
    expect(of(error)).toEqual(foreign(403));
  });
});

describe('an error without an answer', () => {
  it.each<[string, unknown, ShownFault]>([
    [
      'of the network',
      { code: 'ECONNREFUSED', message: 'CANARY' },
      shown('secrets/unreachable', `${service} cannot be reached (ECONNREFUSED)`, { retryable: true }),
    ],
    ['of nobody', new Error('CANARY'), nonsense],
    ['with a status that is a text', restError('404', 'NOT_FOUND'), nonsense],
  ])('%s', (_, error, expected) => {
    expect(of(error)).toEqual(expected);
  });

  it('is our own fault where it wraps one', () => {
    const ours = new SecretFault('secrets/unreachable', 'because');
    expect(faultOfGcp(new Error('outer', { cause: ours }), 'tmi-jwt', undefined)).toBe(ours);
  });
});
