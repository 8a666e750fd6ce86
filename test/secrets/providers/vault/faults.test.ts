import { describe, expect, it } from 'vitest';
import type { VaultAnswer } from '../../../../src/secrets/providers/vault/client.js';
import {
  errorsOf,
  faultOfAnswer,
  isAbsence,
  isUnknownToken,
  unknownTokenFault,
  type VaultAsked,
} from '../../../../src/secrets/providers/vault/faults.js';
import { checkAddress, foreignOf, shown, type ShownFault } from '../../../support/faults.js';

const answer = (status: number, body: unknown, rest: Partial<VaultAnswer> = {}): VaultAnswer => ({
  status,
  body,
  isJson: true,
  retryAfter: undefined,
  ...rest,
});
const errors = (...words: string[]) => ({ errors: words });

const what = 'secret tmi/jwt';
const of = (given: VaultAnswer, rest: Partial<VaultAsked> = {}): ShownFault =>
  shown(faultOfAnswer(given, { what, ...rest }));

const service = 'HashiCorp Vault';
const busy = (how: string, rest: Partial<ShownFault> = {}) =>
  shown('secrets/unreachable', `${service} ${how}`, { retryable: true, ...rest });
const foreign = (status: number) => foreignOf(service, status);
const nothingThere = shown(
  'secrets/unreachable',
  `${service} has nothing mounted where ${what} is asked for`,
  {
    hint: 'Check the mount, which is the beginning of the path, and the address, which ends before /v1.',
  },
);
const standby = busy('is a standby node that cannot answer now');
const unknownToken = shown(
  'secrets/refused',
  `${service} does not know the token: it has run out, was revoked or used up, or is mistyped`,
  { hint: 'Log in anew, and give the new token. What a token may do: vault token lookup.' },
);
const refused = shown('secrets/refused', `${service} refuses to read ${what} with these credentials`, {
  hint: 'Grant the identity the right to read this secret.',
});
const misunderstood = (action: string) =>
  shown('secrets/refused', `${service} does not take the request to ${action} ${what}`, {
    hint: 'Its audit log and its release notes say why; the tool knows KV version 1 and 2.',
  });

describe('what Vault means by an answer', () => {
  it.each<[VaultAnswer, ShownFault]>([
    [answer(412, errors()), standby],
    [answer(472, undefined, { isJson: false }), standby],
    [answer(473, {}), standby],
    [answer(500, errors('CANARY')), busy('answers with status 500')],
    [answer(503, '<html>', { isJson: false }), busy('answers with status 503')],
    // What no Vault sends is not believed, whatever its status says.
    [answer(404, {}), foreign(404)],
    [answer(404, errors(), { isJson: false }), foreign(404)],
    [answer(403, { errors: 'permission denied' }), foreign(403)],
    [answer(403, undefined), foreign(403)],
    [
      answer(400, errors('Upgrading from non-versioned to versioned data.')),
      busy(`is just making the KV engine of ${what} a versioned one`),
    ],
    [answer(400, errors('CANARY: Upgrading from non-versioned')), misunderstood('read')],
    [answer(400, errors()), misunderstood('read')],
    [answer(404, errors('no handler for route')), nothingThere],
    [answer(404, errors()), nothingThere],
    [answer(403, errors('permission denied')), unknownToken],
    [answer(403, errors('1 error occurred:\n\t* permission denied\n\n')), refused],
    [answer(403, errors()), refused],
    [answer(401, errors('CANARY')), shown('secrets/refused', `${service} does not accept the credentials`)],
    [
      answer(405, errors('CANARY')),
      shown('secrets/unreachable', `${service} answers with status 405`, { hint: checkAddress }),
    ],
    [
      answer(429, errors(), { retryAfter: '7' }),
      busy('is throttling requests', { throttled: true, retryAfterMs: 7000 }),
    ],
    [answer(472, errors(), { retryAfter: '7' }), { ...standby, retryAfterMs: 7000 }],
  ])('%j', (given, expected) => {
    expect(of(given)).toEqual(expected);
  });

  it('is why the server is not there, where its health was asked for', () => {
    expect(of(answer(503, errors()), { health: 'is sealed' })).toEqual(busy('is sealed'));
  });

  it('is about writing, where writing was asked for', () => {
    expect(of(answer(400, errors()), { action: 'write' })).toEqual(misunderstood('write'));
    expect(of(answer(403, errors()), { action: 'write' })).toEqual(
      shown('secrets/refused', `${service} refuses to write ${what} with these credentials`, {
        hint: 'Grant the identity the right to write this secret.',
      }),
    );
  });

  it.each([
    ['ops', `${service} has no namespace ops`],
    [undefined, `${service} has no namespace`],
  ])('names the namespace that is not there: %s', (namespace, reason) => {
    expect(of(answer(404, errors('CANARY', 'namespace not found')), { namespace })).toEqual(
      shown('secrets/provider-not-configured', reason, { hint: 'Check VAULT_NAMESPACE.' }),
    );
  });
});

describe('the words of an answer', () => {
  it.each([
    [errors('a', 'b'), ['a', 'b']],
    [{ errors: [7] }, ['7']],
    [errors(), []],
    [{ errors: null }, undefined],
    [{ errors: 'a' }, undefined],
    [{}, undefined],
    [undefined, undefined],
    [null, undefined],
    ['errors', undefined],
    [[], undefined],
  ])('%j are %j', (body, expected) => {
    expect(errorsOf(answer(400, body))).toEqual(expected);
  });

  it.each([
    [404, errors(), true],
    [404, { errors: [], warnings: null }, true],
    [404, { errors: [], warnings: ['Invalid path for a versioned K/V secrets engine.'] }, false],
    [404, errors('no handler for route'), false],
    [404, {}, false],
    [404, undefined, false],
    [403, errors(), false],
  ])('are absence only when there are none: %i %j %s', (status, body, expected) => {
    expect(isAbsence(answer(status, body))).toBe(expected);
  });

  it.each([
    [403, errors('permission denied'), true],
    [403, errors(' permission denied '), true],
    [403, errors('1 error occurred:', 'permission denied'), true],
    [403, errors('2 errors occurred: permission denied, invalid token'), true],
    [403, errors('1 error occurred: * permission denied'), false],
    [403, errors('invalid tokens'), false],
    [403, errors(), false],
    [403, {}, false],
    [400, errors('permission denied'), false],
  ])('tell a token that is not known: %i %j %s', (status, body, expected) => {
    expect(isUnknownToken(answer(status, body))).toBe(expected);
  });

  it('say which token it is', () => {
    expect(unknownTokenFault('the token in VAULT_TOKEN').reason).toContain(
      'does not know the token in VAULT_TOKEN:',
    );
  });
});
