import { describe, expect, it } from 'vitest';
import { SecretFault } from '../../src/secrets/fault.js';
import {
  busyFault,
  faultOfForeign,
  faultOfNetwork,
  faultOfNonsense,
  faultOfStatus,
  impossibleName,
  noSuchSecret,
  noSuchVersion,
  refusedFault,
  wrappedFault,
  type Asked,
} from '../../src/secrets/service-fault.js';
import { shown } from '../support/faults.js';

const asked: Asked = { service: 'The store', what: 'secret a/b' };
const address = 'Check the address, and proxies between.';

describe('the fault for a status', () => {
  it.each([
    [401, shown('secrets/refused', 'The store does not accept the credentials')],
    [
      403,
      shown('secrets/refused', 'The store refuses to read secret a/b with these credentials', {
        hint: 'Grant the identity the right to read this secret.',
        denied: true,
      }),
    ],
    [408, shown('secrets/unreachable', 'The store did not get the request in time', { retryable: true })],
    [
      429,
      shown('secrets/unreachable', 'The store is throttling requests', { retryable: true, throttled: true }),
    ],
    [500, shown('secrets/unreachable', 'The store answers with status 500', { retryable: true })],
    [502, shown('secrets/unreachable', 'The store answers with status 502', { retryable: true })],
    [501, shown('secrets/unreachable', 'The store answers with status 501', { hint: address })],
    [404, shown('secrets/unreachable', 'The store answers with status 404', { hint: address })],
    [499, shown('secrets/unreachable', 'The store answers with status 499', { hint: address })],
  ])('%i, in the words of the service', (status, expected) => {
    expect(shown(faultOfStatus(status, asked))).toEqual(expected);
  });

  const foreign = (status: number) =>
    shown(
      'secrets/unreachable',
      `The store answers with status ${status}, and not in the words of this service`,
      { hint: address, retryable: true },
    );
  it.each([
    [200, shown(faultOfNonsense('The store'))],
    [399, shown(faultOfNonsense('The store'))],
    [400, foreign(400)],
    [401, foreign(401)],
    [403, foreign(403)],
    [404, foreign(404)],
    [408, shown('secrets/unreachable', 'The store did not get the request in time', { retryable: true })],
    [
      429,
      shown('secrets/unreachable', 'The store is throttling requests', { retryable: true, throttled: true }),
    ],
    [500, shown('secrets/unreachable', 'The store answers with status 500', { retryable: true })],
  ])('%i, in the words of somebody else, is never about credentials or absence', (status, expected) => {
    expect(shown(faultOfForeign(status, asked))).toEqual(expected);
  });

  it('is about writing when writing was asked for', () => {
    expect(shown(faultOfStatus(403, { ...asked, action: 'write' }))).toEqual(
      shown('secrets/refused', 'The store refuses to write secret a/b with these credentials', {
        hint: 'Grant the identity the right to write this secret.',
        denied: true,
      }),
    );
    expect(refusedFault(asked, false).denied).toBe(false);
  });
});

describe('the wait that a service asks for', () => {
  const wait = (retryAfter: string | null | undefined) =>
    busyFault({ ...asked, retryAfter }, 'is busy').retryAfterMs;

  it.each([
    ['3', 3000],
    ['0', 0],
    ['120', 120_000],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    ['soon', undefined],
    ['3 seconds', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('%j is %j milliseconds', (header, expected) => {
    expect(wait(header)).toBe(expected);
  });

  it('counts from now when it is a date', () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const ms = wait(inAnHour) ?? 0;
    expect(ms).toBeGreaterThan(3_000_000);
    expect(ms).toBeLessThanOrEqual(3_600_000);
  });
});

describe('what the service itself says of a secret', () => {
  it('that there is none', () => {
    expect(shown(noSuchSecret(asked))).toEqual(
      shown('secrets/no-such-secret', 'The store has no secret a/b', { absent: true, vacant: true }),
    );
  });

  it('that it takes no such name, which no option forgives', () => {
    expect(shown(impossibleName(asked))).toEqual(
      shown('secrets/no-such-secret', 'The store takes no such name as that of secret a/b'),
    );
  });

  it.each([
    ['7', undefined, undefined, 'secret a has no version 7', { absent: true, vacant: true }],
    ['7', 'deleted', undefined, 'version 7 of secret a is deleted', { absent: true, vacant: true }],
    ['7', 'deleted', true, 'version 7 of secret a is deleted', { absent: true, vacant: true }],
    [undefined, undefined, undefined, 'secret a has no current version', {}],
    [undefined, undefined, true, 'secret a has no current version', { vacant: true }],
    [undefined, 'disabled', undefined, 'the current version of secret a is disabled', {}],
    [undefined, 'deleted', true, 'the current version of secret a is deleted', { vacant: true }],
  ])('version %j, %j, vacant %j', (version, state, vacant, reason, rest) => {
    expect(shown(noSuchVersion('secret a', version, state, vacant))).toEqual(
      shown('secrets/no-such-version', reason, rest),
    );
  });
});

describe('the fault for an error of the network', () => {
  const authority = 'Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.';
  const otherName =
    'Its certificate is for another name. Use the name that stands in its certificate as the address.';
  const client = 'It refuses the certificate of the client, or demands one.';

  it.each([
    // What time can mend.
    ['ECONNREFUSED', true, undefined],
    ['ECONNRESET', true, undefined],
    ['ECONNPROXY', true, undefined],
    ['EAI_AGAIN', true, undefined],
    ['EPIPE', true, undefined],
    ['EHOSTUNREACH', true, undefined],
    ['ENETUNREACH', true, undefined],
    ['ETIMEDOUT', true, undefined],
    ['UND_ERR_CONNECT_TIMEOUT', true, undefined],
    ['HPE_INVALID_CONSTANT', true, undefined],
    ['ERR_STREAM_PREMATURE_CLOSE', true, undefined],
    ['ERR_SOCKET_CLOSED', true, undefined],
    // What it cannot.
    ['ENOTFOUND', false, undefined],
    ['CERT_HAS_EXPIRED', false, 'Its certificate has run out.'],
    ['EPROTO', false, 'It does not speak TLS there, or not a version of today.'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, otherName],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, authority],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, authority],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, authority],
    ['CERT_UNTRUSTED', false, authority],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, undefined],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, client],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', false, client],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, client],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', false, client],
  ])('%s: worth another try %s', (code, retryable, hint) => {
    const error = Object.assign(new Error('CANARY'), { code });
    expect(shown(faultOfNetwork('The store', error) ?? fail())).toEqual(
      shown('secrets/unreachable', `The store cannot be reached (${code})`, { retryable, hint }),
    );
  });

  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Its certificate is for another name. the name'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'the authority'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', `${client} the client`],
    ['CERT_HAS_EXPIRED', 'Its certificate has run out.'],
  ])('%s has the hints of the service', (code, hint) => {
    const hints = { authority: 'the authority', name: 'the name', client: 'the client' };
    expect(faultOfNetwork('The store', { code }, hints)?.hint).toBe(hint);
  });

  it.each([
    ['a text', 'ECONNREFUSED'],
    ['nothing', undefined],
    ['null', null],
    ['an error without a code', new Error('ECONNREFUSED')],
    ['a code that is a number', { code: 7 }],
    ['a code of somebody else', { code: 'ENOENT' }],
    ['a code with something around it', { code: 'xECONNREFUSED' }],
    ['a code with something after it', { code: 'ECONNREFUSED at 10.0.0.1' }],
  ])('is none for %s', (_, error) => {
    expect(faultOfNetwork('The store', error)).toBeUndefined();
  });

  const within = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
    depth === 0 ? { code: 'ECONNREFUSED' } : wrap(within(depth - 1, wrap));
  it.each([
    ['the cause', (inner: unknown) => ({ cause: inner })],
    ['the error inside', (inner: unknown) => ({ error: inner })],
    ['one of its parts', (inner: unknown) => ({ errors: [undefined, { code: 'ENOENT' }, inner] })],
  ])('is found in %s, four levels down and no further', (_, wrap) => {
    expect(faultOfNetwork('The store', within(4, wrap))?.reason).toContain('ECONNREFUSED');
    expect(faultOfNetwork('The store', within(5, wrap))).toBeUndefined();
  });

  it('ends where errors are each other’s cause', () => {
    const circle: { cause?: unknown } = {};
    circle.cause = circle;
    expect(faultOfNetwork('The store', circle)).toBeUndefined();
  });
});

describe('our own fault, wrapped by a client', () => {
  const ours = new SecretFault('secrets/refused', 'because');

  it.each([
    ['as it is', ours],
    ['as a cause', new Error('outer', { cause: ours })],
    ['as a part', new AggregateError([new Error('other'), ours])],
  ])('is found %s', (_, error) => {
    expect(wrappedFault(error)).toBe(ours);
  });

  it('is none where there is none', () => {
    expect(wrappedFault(new Error('outer', { cause: new Error('inner') }))).toBeUndefined();
    expect(wrappedFault(undefined)).toBeUndefined();
  });
});

function fail(): never {
  throw new Error('there was no fault');
}
