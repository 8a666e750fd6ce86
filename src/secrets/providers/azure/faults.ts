import { SecretFault } from '../../fault.js';
import { faultOfNetwork, faultOfNonsense, faultOfStatus } from '../../service-fault.js';

export const SERVICE = 'Azure Key Vault';

interface AzureError {
  readonly name: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
  /** The failures of each kind of credential, when all were tried. */
  readonly parts: readonly unknown[];
}

/** Puts an error of the SDK on the ladder. Its message can quote requests and answers and is never shown. */
export function faultOfAzure(error: unknown, what: string, version: string | undefined): SecretFault {
  const azure = read(error);
  if (isLoginFailure(azure)) return loginFault(error, azure);
  if (azure.status === undefined) return faultOfNetwork(SERVICE, error) ?? faultOfNonsense(SERVICE);
  if (azure.status < 400) return faultOfNonsense(SERVICE);
  if (azure.status === 400) {
    return version === undefined
      ? new SecretFault('secrets/no-such-secret', `${SERVICE} takes no such name as that of ${what}`)
      : new SecretFault('secrets/no-such-version', `${what} has no version ${version}`);
  }
  return faultOfStatus(SERVICE, what, azure.status, azure.retryAfter);
}

function isLoginFailure({ name }: AzureError): boolean {
  return /^(CredentialUnavailable|Authentication|AggregateAuthentication|AuthenticationRequired)(Error)?$/.test(
    name,
  );
}

/** A credential that was found and refused says more than those that were not found. */
function loginFault(error: unknown, azure: AzureError): SecretFault {
  const refused = [error, ...azure.parts].some((part) => {
    const { name, status } = read(part);
    return name === 'AuthenticationError' && status !== undefined && status >= 400 && status < 500;
  });
  if (refused)
    return new SecretFault('secrets/refused', 'Microsoft Entra ID does not accept the credentials');
  return new SecretFault('secrets/no-credentials', 'no Azure credentials were found', {
    hint: 'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, run under a managed identity, or run az login.',
  });
}

function read(error: unknown): AzureError {
  const fields = error as {
    name?: unknown;
    statusCode?: unknown;
    code?: unknown;
    errors?: unknown;
    response?: { headers?: { get?: (name: string) => string | undefined } };
  };
  return {
    name: typeof fields.name === 'string' ? fields.name : '',
    status: typeof fields.statusCode === 'number' ? fields.statusCode : undefined,
    code: typeof fields.code === 'string' ? fields.code : undefined,
    retryAfter: fields.response?.headers?.get?.('retry-after'),
    parts: Array.isArray(fields.errors) ? (fields.errors as unknown[]) : [],
  };
}
