import { SecretFault } from '../../fault.js';
import {
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
} from '../../service-fault.js';

export const SERVICE = 'AWS Secrets Manager';

/** What is looked at in an error of the SDK. Its message can quote the answer and is never shown. */
interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/**
 * The fault for an error of the SDK.
 * @param version as the reference names it
 */
export function faultOfAws(error: unknown, asked: Omit<Asked, 'service'>, version?: string): SecretFault {
  const ours = wrappedFault(error);
  if (ours) return ours;
  const aws = read(error);
  const { what } = asked;
  const common: Asked = { ...asked, service: SERVICE };
  switch (aws.name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return new SecretFault('secrets/no-credentials', 'no AWS credentials were found', {
        hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run under a role.',
      });
    case 'ResourceNotFoundException':
      // "can't find the specified secret value for staging label": the secret itself is there.
      return /secret value/i.test(aws.message)
        ? noSuchVersion(what, version, undefined, true)
        : noSuchSecret(common);
    case 'InvalidParameterException':
    case 'ValidationException':
      return version === undefined ? impossibleName(common) : noSuchVersion(what, version);
    case 'InvalidRequestException':
      return new SecretFault(
        'secrets/no-such-secret',
        `${what} is marked for deletion, or may not be used this way`,
        { forgivable: false, hint: 'To have it back: aws secretsmanager restore-secret.' },
      );
    case 'ResourceExistsException':
      return changedMeanwhile(what);
    case 'AccessDeniedException':
      // Without the right to its key the secret is there all the same.
      return /\bKMS\b/.test(aws.message) ? keyFault(what) : refusedFault(common);
    case 'DecryptionFailure':
    case 'EncryptionFailure':
      return keyFault(what);
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
    case 'IncompleteSignature':
    case 'MissingAuthenticationToken':
    case 'ExpiredTokenException':
      return faultOfStatus(401, common);
    case 'ThrottlingException':
    case 'Throttling':
    case 'TooManyRequestsException':
    case 'RequestLimitExceeded':
      return faultOfStatus(429, common);
    case 'InternalServiceError':
      return faultOfStatus(500, common);
    default:
      return otherFault(error, aws, common);
  }
}

export function changedMeanwhile(what: string): SecretFault {
  return new SecretFault('secrets/refused', `${what} was changed by somebody else meanwhile`, {
    hint: 'Run the command again.',
  });
}

function keyFault(what: string): SecretFault {
  return new SecretFault('secrets/refused', `the KMS key of ${what} may not be used with these credentials`, {
    hint: 'Grant the identity kms:Decrypt on it, and to write kms:GenerateDataKey.',
  });
}

function otherFault(error: unknown, aws: AwsError, asked: Asked): SecretFault {
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
  if (aws.status === undefined || aws.status < 400) return faultOfNonsense(SERVICE);
  // 404 without a name that is known is another server, or another service of the same one.
  return aws.status === 401 || aws.status === 403
    ? faultOfStatus(401, asked)
    : faultOfForeign(aws.status, asked);
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
