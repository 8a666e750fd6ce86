import { SecretFault } from '../../fault.js';
import { faultOfNetwork, faultOfNonsense, faultOfStatus } from '../../service-fault.js';

export const SERVICE = 'AWS Secrets Manager';

/** What is looked at in an error of the SDK. Its message can quote the answer and is never shown. */
interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** Puts an error of the SDK on the ladder. `what` is how messages call the secret. */
export function faultOfAws(error: unknown, what: string, version?: string): SecretFault {
  const aws = read(error);
  switch (aws.name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return new SecretFault('secrets/no-credentials', 'no AWS credentials were found', {
        hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run under a role.',
      });
    case 'ResourceNotFoundException':
      if (/secret value/i.test(aws.message)) return noVersion(what, version);
      return faultOfStatus(SERVICE, what, 404);
    case 'InvalidParameterException':
    case 'ValidationException':
      return version === undefined
        ? new SecretFault('secrets/no-such-secret', `${SERVICE} takes no such name as that of ${what}`)
        : noVersion(what, version);
    case 'InvalidRequestException':
      return new SecretFault(
        'secrets/no-such-secret',
        `${what} is marked for deletion, or may not be used this way`,
        {
          forgivable: false,
        },
      );
    case 'AccessDeniedException':
    case 'DecryptionFailure':
      return faultOfStatus(SERVICE, what, 403);
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
    case 'IncompleteSignature':
    case 'MissingAuthenticationToken':
    case 'ExpiredTokenException':
      return faultOfStatus(SERVICE, what, 401);
    case 'ThrottlingException':
    case 'Throttling':
    case 'TooManyRequestsException':
    case 'RequestLimitExceeded':
      return faultOfStatus(SERVICE, what, 429);
    case 'InternalServiceError':
      return faultOfStatus(SERVICE, what, 500);
    default:
      return otherFault(error, aws, what);
  }
}

function otherFault(error: unknown, aws: AwsError, what: string): SecretFault {
  if (/^Region is missing/.test(aws.message)) {
    return new SecretFault('secrets/provider-not-configured', 'no AWS region is set', {
      hint: 'Set secrets.aws_region, TMI_AWS_REGION or AWS_REGION.',
    });
  }
  const network = faultOfNetwork(SERVICE, error);
  if (network) return network;
  if (aws.name === 'TimeoutError') {
    return new SecretFault('secrets/unreachable', `${SERVICE} cannot be reached in time`, {
      retryable: true,
    });
  }
  return aws.status === undefined || aws.status < 400
    ? faultOfNonsense(SERVICE)
    : faultOfStatus(SERVICE, what, aws.status);
}

function noVersion(what: string, version: string | undefined): SecretFault {
  const wanted = version === undefined ? 'no current version' : `no version ${version}`;
  return new SecretFault('secrets/no-such-version', `${what} has ${wanted}`);
}

function read(error: unknown): AwsError {
  const { name, message, $metadata } = error as {
    name?: unknown;
    message?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return {
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' ? message : '',
    status: $metadata?.httpStatusCode,
  };
}
