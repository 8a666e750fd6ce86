import { describe, expect, it } from 'vitest';
import { SecretFault } from '../../../../src/secrets/fault.js';
import { faultOfAzure, unusable } from '../../../../src/secrets/providers/azure/faults.js';
import { checkAddress, foreignOf, nonsenseOf, shown, type ShownFault } from '../../../support/faults.js';

/** An error as the SDK throws it for an answer of the service. */
const restError = (statusCode: number, code: string | undefined, rest: object = {}) =>
  Object.assign(new Error('CANARY'), { name: 'RestError', statusCode, code, ...rest });

const inner = (code: string) => ({ details: { error: { innerError: { code } } } });
const what = 'secret tmi-jwt';
const of = (error: unknown, version?: string): ShownFault => shown(faultOfAzure(error, what, version));

const service = 'Azure Key Vault';
const nonsense = nonsenseOf(service);
const foreign = (status: number) => foreignOf(service, status);
const kept = (state: string) =>
  shown('secrets/refused', `${what} is ${state} in ${service}`, {
    hint: 'Enable it, correct its dates, or store a new version.',
  });
const refused = shown('secrets/refused', `${service} refuses to read ${what} with these credentials`, {
  hint: 'Grant the identity the right to read this secret.',
  denied: true,
});
const noCredentials = shown('secrets/no-credentials', 'no Azure credentials were found', {
  hint: 'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, run under a managed identity, or run az login.',
});
const badCredentials = shown('secrets/refused', 'Microsoft Entra ID does not accept the credentials');

describe('what Azure means by an answer', () => {
  it.each<[number, string | undefined, ShownFault]>([
    [
      404,
      'SecretNotFound',
      shown('secrets/no-such-secret', `${service} has no ${what}`, { absent: true, vacant: true }),
    ],
    // Only the service's own word is absence.
    [404, undefined, foreign(404)],
    [
      404,
      'VaultNotFound',
      shown('secrets/unreachable', `${service} answers with status 404`, { hint: checkAddress }),
    ],
    [
      410,
      'SecretNotFound',
      shown('secrets/unreachable', `${service} answers with status 410`, { hint: checkAddress }),
    ],
    [
      400,
      'BadParameter',
      shown('secrets/no-such-secret', `${service} takes no such name as that of ${what}`),
    ],
    [400, undefined, foreign(400)],
    [401, 'Unauthorized', shown('secrets/refused', `${service} does not accept the credentials`)],
    [401, undefined, foreign(401)],
    [403, 'Forbidden', refused],
    [200, 'Fine', nonsense],
    [399, 'Fine', nonsense],
    [503, undefined, shown('secrets/unreachable', `${service} answers with status 503`, { retryable: true })],
  ])('%i %s', (status, code, expected) => {
    expect(of(restError(status, code))).toEqual(expected);
  });

  it('is a version that cannot be, when one was named', () => {
    expect(of(restError(400, 'BadParameter'), 'x')).toEqual(
      shown('secrets/no-such-version', `${what} has no version x`, { absent: true, vacant: true }),
    );
  });

  it.each(['429', '503'])('holds the wait that it asks for: %s', (status) => {
    const headers = { get: (name: string) => (name === 'retry-after' ? '7' : undefined) };
    const error = restError(Number(status), 'Busy', { response: { headers } });
    expect(of(error)).toMatchObject({ retryable: true, retryAfterMs: 7000, throttled: status === '429' });
    const without = restError(Number(status), 'Busy', { response: { headers: {} } });
    expect(of(without)).toMatchObject({ retryable: true, retryAfterMs: undefined });
  });

  it.each([
    ['SecretDisabled', '', 'disabled'],
    ['', 'Operation get is not allowed on a disabled secret.', 'disabled'],
    ['', 'The secret is disabled', 'disabled'],
    ['ForbiddenByExpiry', '', 'expired'],
    ['SecretExpired', '', 'expired'],
    ['', 'Operation get is not allowed on an expired secret.', 'expired'],
    ['', 'the secret has expired', 'expired'],
    ['', 'the secret is expired', 'expired'],
    ['SecretNotYetValid', '', 'not valid yet'],
    ['', 'The secret is not yet valid.', 'not valid yet'],
    ['', 'It is before its nbf', 'not valid yet'],
    ['', 'It is before it activation', 'not valid yet'],
  ])('says why a secret is kept back: code %j, words %j', (code, message, state) => {
    const error = restError(403, 'Forbidden', { message, ...(code === '' ? {} : inner(code)) });
    expect(of(error)).toEqual(kept(state));
    // Of another status the words mean something else.
    expect(of({ ...error, statusCode: 401 })).toEqual(
      shown('secrets/refused', `${service} does not accept the credentials`),
    );
  });

  it('keeps a secret back by one sentence', () => {
    expect(shown(unusable(what, 'expired'))).toEqual(kept('expired'));
  });
});

describe('an error without an answer', () => {
  it.each<[string, unknown, ShownFault]>([
    [
      'of the network',
      { name: 'RestError', code: 'ECONNREFUSED' },
      shown('secrets/unreachable', `${service} cannot be reached (ECONNREFUSED)`, { retryable: true }),
    ],
    ['of nobody', new Error('CANARY'), nonsense],
    ['with a status that is a text', { statusCode: '404', code: 'SecretNotFound' }, nonsense],
    ['with a code that is a number', { statusCode: 404, code: 404 }, foreign(404)],
    ['with a name that is none', { name: ['AuthenticationError'], errors: 'none' }, nonsense],
  ])('%s', (_, error, expected) => {
    expect(of(error)).toEqual(expected);
  });

  it('is our own fault where it wraps one', () => {
    const ours = new SecretFault('secrets/unreachable', 'because');
    expect(faultOfAzure(new Error('outer', { cause: ours }), what, undefined)).toBe(ours);
  });
});

describe('a login that failed', () => {
  const failed = (name: string, statusCode?: number) => ({ name, statusCode, message: 'CANARY' });

  it.each<[unknown, ShownFault]>([
    [failed('CredentialUnavailableError'), noCredentials],
    [failed('CredentialUnavailable'), noCredentials],
    [failed('AuthenticationRequiredError'), noCredentials],
    [failed('AuthenticationError', 401), badCredentials],
    [failed('AuthenticationError', 400), badCredentials],
    [failed('AuthenticationError', 499), badCredentials],
    [failed('AuthenticationError', 399), noCredentials],
    [failed('AuthenticationError', 500), noCredentials],
    [failed('AuthenticationError'), noCredentials],
    [failed('CredentialUnavailableError', 401), noCredentials],
    [{ ...failed('AggregateAuthenticationError'), errors: [] }, noCredentials],
    [
      { ...failed('AggregateAuthenticationError'), errors: [failed('CredentialUnavailableError')] },
      noCredentials,
    ],
    // One that was found and refused says more than those that were not found.
    [
      {
        ...failed('AggregateAuthenticationError'),
        errors: [failed('CredentialUnavailableError'), failed('AuthenticationError', 401)],
      },
      badCredentials,
    ],
  ])('%j', (error, expected) => {
    expect(of(error)).toEqual(expected);
  });

  it.each(['XAuthenticationError', 'AuthenticationErrorX'])('is not %s', (name) => {
    expect(of(failed(name, 401))).toEqual(foreign(401));
  });
});
