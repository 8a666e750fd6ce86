import { describe, expect, it } from 'vitest';
import { SecretFault } from '../../../../src/secrets/fault.js';
import { changedMeanwhile, faultOfAws } from '../../../../src/secrets/providers/aws/faults.js';
import { foreignOf, nonsenseOf, shown, type ShownFault } from '../../../support/faults.js';

/** An error as the SDK throws it. Its message may quote what was asked and answered. */
const sdkError = (name: string, message = 'CANARY', status = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

const what = 'secret tmi/jwt';
const of = (error: unknown, version?: string, action: 'read' | 'write' = 'read'): ShownFault =>
  shown(faultOfAws(error, { what, action }, version));

const service = 'AWS Secrets Manager';
const badCredentials = shown('secrets/refused', `${service} does not accept the credentials`);
const throttled = shown('secrets/unreachable', `${service} is throttling requests`, {
  retryable: true,
  throttled: true,
});
const noCredentials = shown('secrets/no-credentials', 'no AWS credentials were found', {
  hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run under a role.',
});
const noKey = shown('secrets/refused', `the KMS key of ${what} may not be used with these credentials`, {
  hint: 'Grant the identity kms:Decrypt on it, and to write kms:GenerateDataKey.',
});
const noSuchVersionNow = shown('secrets/no-such-version', `${what} has no current version`, { vacant: true });
const impossible = shown('secrets/no-such-secret', `${service} takes no such name as that of ${what}`);
const nonsense = nonsenseOf(service);
const foreign = (status: number) => foreignOf(service, status);

describe('what AWS means by the names of its errors', () => {
  it.each<[string, ShownFault]>([
    ['CredentialsProviderError', noCredentials],
    ['TokenProviderError', noCredentials],
    [
      'ResourceNotFoundException',
      shown('secrets/no-such-secret', `${service} has no ${what}`, { absent: true, vacant: true }),
    ],
    ['InvalidParameterException', impossible],
    ['ValidationException', impossible],
    [
      'InvalidRequestException',
      shown('secrets/no-such-secret', `${what} is marked for deletion, or may not be used this way`, {
        hint: 'To have it back: aws secretsmanager restore-secret.',
      }),
    ],
    [
      'ResourceExistsException',
      shown('secrets/refused', `${what} was changed by somebody else meanwhile`, {
        hint: 'Run the command again.',
      }),
    ],
    [
      'AccessDeniedException',
      shown('secrets/refused', `${service} refuses to read ${what} with these credentials`, {
        hint: 'Grant the identity the right to read this secret.',
        denied: true,
      }),
    ],
    ['DecryptionFailure', noKey],
    ['EncryptionFailure', noKey],
    ['UnrecognizedClientException', badCredentials],
    ['InvalidClientTokenId', badCredentials],
    ['InvalidSignatureException', badCredentials],
    ['IncompleteSignature', badCredentials],
    ['MissingAuthenticationToken', badCredentials],
    ['ExpiredTokenException', badCredentials],
    ['ThrottlingException', throttled],
    ['Throttling', throttled],
    ['TooManyRequestsException', throttled],
    ['RequestLimitExceeded', throttled],
    [
      'InternalServiceError',
      shown('secrets/unreachable', `${service} answers with status 500`, { retryable: true }),
    ],
    // A name that the tool does not know is somebody else's.
    ['UnknownException', foreign(400)],
  ])('%s', (name, expected) => {
    expect(of(sdkError(name))).toEqual(expected);
  });

  it('is a version of a secret that is there, when the service speaks of the value', () => {
    const words = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
    expect(of(sdkError('ResourceNotFoundException', words))).toEqual(noSuchVersionNow);
    expect(of(sdkError('ResourceNotFoundException', words), 'OLD')).toEqual(
      shown('secrets/no-such-version', `${what} has no version OLD`, { absent: true, vacant: true }),
    );
  });

  it.each(['InvalidParameterException', 'ValidationException'])(
    'is a version that cannot be, when one was named: %s',
    (name) => {
      expect(of(sdkError(name), '!')).toEqual(
        shown('secrets/no-such-version', `${what} has no version !`, { absent: true, vacant: true }),
      );
    },
  );

  it('is about the key, and about writing, where these are meant', () => {
    expect(of(sdkError('AccessDeniedException', 'Access to KMS is not allowed'))).toEqual(noKey);
    expect(of(sdkError('AccessDeniedException', 'AKMSX')).denied).toBe(true);
    expect(of(sdkError('AccessDeniedException'), undefined, 'write')).toEqual(
      shown('secrets/refused', `${service} refuses to write ${what} with these credentials`, {
        hint: 'Grant the identity the right to write this secret.',
        denied: true,
      }),
    );
  });
});

describe('an error of the SDK whose name says nothing', () => {
  it('is a region that is missing, when it begins with that', () => {
    expect(of(new Error('Region is missing'))).toEqual(
      shown('secrets/provider-not-configured', 'no AWS region is set', {
        hint: 'Set secrets.aws_region, TMI_AWS_REGION or AWS_REGION.',
      }),
    );
    expect(of(new Error('The answer says: Region is missing'))).toEqual(nonsense);
  });

  it('is an error of the network, when it carries a code of one', () => {
    expect(of(Object.assign(new Error('CANARY'), { name: 'TimeoutError', code: 'ECONNREFUSED' }))).toEqual(
      shown('secrets/unreachable', `${service} cannot be reached (ECONNREFUSED)`, { retryable: true }),
    );
  });

  it('is one of time, when it is called so', () => {
    expect(of(sdkError('TimeoutError', 'CANARY', 500))).toEqual(
      shown('secrets/unreachable', `${service} cannot be reached in time`, { retryable: true }),
    );
  });

  it.each<[unknown, ShownFault]>([
    [200, nonsense],
    [399, nonsense],
    [400, foreign(400)],
    [401, badCredentials],
    [403, badCredentials],
    [404, foreign(404)],
    [429, throttled],
    [503, shown('secrets/unreachable', `${service} answers with status 503`, { retryable: true })],
  ])('is told by its status: %s', (status, expected) => {
    expect(of(sdkError('Error', 'CANARY', status as number))).toEqual(expected);
  });

  it.each([
    ['without anything', {}],
    ['with a name and a message that are no texts', { name: 7, message: ['Region is missing'] }],
    ['without a status', { name: 'Error', message: '', $metadata: {} }],
  ])('is an answer of nobody, %s', (_, error) => {
    expect(of(error)).toEqual(nonsense);
  });

  it('is our own fault where it wraps one', () => {
    const ours = new SecretFault('secrets/unreachable', 'because');
    expect(faultOfAws(Object.assign(new Error('outer', { cause: ours })), { what })).toBe(ours);
  });
});

it('two that write the same secret are told so', () => {
  expect(shown(changedMeanwhile('secret a'))).toEqual(
    shown('secrets/refused', 'secret a was changed by somebody else meanwhile', {
      hint: 'Run the command again.',
    }),
  );
});
