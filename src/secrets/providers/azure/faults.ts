import { SecretFault } from '../../fault.js';
import {
  faultOfForeign,
  faultOfNetwork,
  faultOfNonsense,
  faultOfStatus,
  impossibleName,
  noSuchSecret,
  noSuchVersion,
  wrappedFault,
  type Asked,
} from '../../service-fault.js';

export const SERVICE = 'Azure Key Vault';

interface AzureError {
  readonly name: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** Of a secret that the service keeps back: `disabled`, `expired`, `not valid yet`. */
  readonly stateOfSecret: string | undefined;
  readonly retryAfter: string | undefined;
  /** The failures of each kind of credential, when all were tried. */
  readonly parts: readonly unknown[];
}

/** The fault for an error of the SDK. Its message can quote requests and answers and is never shown. */
export function faultOfAzure(error: unknown, what: string, version: string | undefined): SecretFault {
  const ours = wrappedFault(error);
  if (ours) return ours;
  const azure = read(error);
  if (isLoginFailure(azure)) return loginFault(error, azure);
  if (azure.status === undefined) return faultOfNetwork(SERVICE, error) ?? faultOfNonsense(SERVICE);
  if (azure.status < 400) return faultOfNonsense(SERVICE);
  const asked: Asked = { service: SERVICE, what, retryAfter: azure.retryAfter };
  if (azure.code === undefined) return faultOfForeign(azure.status, asked);
  if (azure.status === 404 && azure.code === 'SecretNotFound') return noSuchSecret(asked);
  if (azure.status === 403 && azure.stateOfSecret !== undefined) {
    return unusable(what, azure.stateOfSecret);
  }
  if (azure.status === 400) {
    return version === undefined ? impossibleName(asked) : noSuchVersion(what, version);
  }
  return faultOfStatus(azure.status, asked);
}

/** A secret that is there and may not be used now, whatever rights one has. */
export function unusable(what: string, state: string): SecretFault {
  return new SecretFault('secrets/refused', `${what} is ${state} in ${SERVICE}`, {
    hint: 'Enable it, correct its dates, or store a new version.',
  });
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
    message?: unknown;
    details?: { error?: { innerError?: { code?: unknown } } };
    errors?: unknown;
    response?: { headers?: { get?: (name: string) => string | undefined } };
  };
  return {
    name: typeof fields.name === 'string' ? fields.name : '',
    status: typeof fields.statusCode === 'number' ? fields.statusCode : undefined,
    code: typeof fields.code === 'string' ? fields.code : undefined,
    stateOfSecret: stateIn(`${String(fields.details?.error?.innerError?.code)} ${String(fields.message)}`),
    retryAfter: fields.response?.headers?.get?.('retry-after'),
    parts: Array.isArray(fields.errors) ? (fields.errors as unknown[]) : [],
  };
}

/** The reason stands in an inner code or, in some releases of the service, in the message only. */
function stateIn(text: string): string | undefined {
  if (/SecretDisabled|disabled secret|secret is disabled/i.test(text)) return 'disabled';
  if (/ForbiddenByExpiry|SecretExpired|expired secret|secret (has|is) expired/i.test(text)) return 'expired';
  if (/SecretNotYetValid|not yet valid|before its? (nbf|activation)/i.test(text)) return 'not valid yet';
  return undefined;
}
