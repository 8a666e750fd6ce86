import { SecretFault } from '../../fault.js';
import { faultOfNetwork, faultOfNonsense, faultOfStatus } from '../../service-fault.js';

export const SERVICE = 'GCP Secret Manager';

/** Puts an error of the SDK on the ladder. Its message is the service's answer: looked at, and never shown. */
export function faultOfGcp(error: unknown, document: string, version: string | undefined): SecretFault {
  const { status, response } = error as { status?: unknown; response?: { headers?: unknown } };
  if (typeof status !== 'number') return faultOfNetwork(SERVICE, error) ?? faultOfNonsense(SERVICE);
  const what = `secret ${document}`;
  const answer = answerOf(error);
  const wanted = version === undefined ? 'no version' : `no version ${version}`;
  if (status === 404 && /secret version/i.test(answer.message)) {
    return new SecretFault('secrets/no-such-version', `${what} has ${wanted}`);
  }
  if (answer.status === 'FAILED_PRECONDITION') {
    const which = version === undefined ? 'the latest version' : `version ${version}`;
    return new SecretFault('secrets/no-such-version', `${which} of ${what} is disabled or destroyed`);
  }
  if (status === 400) {
    return version === undefined
      ? new SecretFault('secrets/no-such-secret', `${SERVICE} takes no such name as that of ${what}`)
      : new SecretFault('secrets/no-such-version', `${what} has ${wanted}`);
  }
  const headers = response?.headers;
  return faultOfStatus(
    SERVICE,
    what,
    status,
    headers instanceof Headers ? headers.get('retry-after') : undefined,
  );
}

/** In REST mode the message of an error is the body of the answer. */
function answerOf(error: unknown): { status: string; message: string } {
  try {
    const body = JSON.parse((error as Error).message) as { error?: { status?: unknown; message?: unknown } };
    const { status, message } = body.error ?? {};
    return {
      status: typeof status === 'string' ? status : '',
      message: typeof message === 'string' ? message : '',
    };
  } catch {
    return { status: '', message: '' };
  }
}
