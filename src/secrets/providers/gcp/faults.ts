import type { SecretFault } from '../../fault.js';
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

export const SERVICE = 'GCP Secret Manager';

/** The fault for an error of the SDK. Its message is the service's answer: looked at, and never shown. */
export function faultOfGcp(error: unknown, document: string, version: string | undefined): SecretFault {
  const ours = wrappedFault(error);
  if (ours) return ours;
  const { status, response } = error as { status?: unknown; response?: { headers?: unknown } };
  if (typeof status !== 'number') return faultOfNetwork(SERVICE, error) ?? faultOfNonsense(SERVICE);
  const what = `secret ${document}`;
  const headers = response?.headers;
  const retryAfter = headers instanceof Headers ? headers.get('retry-after') : undefined;
  const asked: Asked = { service: SERVICE, what, retryAfter };
  switch (answerOf(error)) {
    case undefined:
      return faultOfForeign(status, asked);
    case 'NOT_FOUND':
      return status === 404 ? noSuchSecret(asked) : faultOfStatus(status, asked);
    case 'FAILED_PRECONDITION':
      return noSuchVersion(what, version, 'disabled or destroyed');
    case 'INVALID_ARGUMENT':
      return version === undefined ? impossibleName(asked) : noSuchVersion(what, version);
    default:
      return faultOfStatus(status, asked);
  }
}

/** The service's own name for what went wrong. In REST mode the message of an error is the body of the answer. */
function answerOf(error: unknown): string | undefined {
  try {
    const body = JSON.parse((error as Error).message) as { error?: { status?: unknown } };
    return typeof body.error?.status === 'string' ? body.error.status : undefined;
  } catch {
    return undefined;
  }
}
