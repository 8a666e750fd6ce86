import { isRecord } from '../../exact-json.js';
import { SecretFault } from '../../fault.js';
import { busyFault, faultOfForeign, faultOfStatus, refusedFault, type Asked } from '../../service-fault.js';
import { SERVICE, type VaultAnswer } from './client.js';

/** What was asked, and what is known about the server beside its answer. */
export interface VaultAsked {
  /** How messages call the secret or the request. */
  readonly what: string;
  readonly action?: 'read' | 'write';
  readonly namespace?: string | undefined;
  /** Why the server is not there for requests, as `sys/health` says. */
  readonly health?: string | undefined;
}

/** The server's own words for what went wrong; undefined for a body that no Vault sends. They are never shown. */
export function errorsOf({ body }: VaultAnswer): readonly string[] | undefined {
  const errors = isRecord(body) ? body['errors'] : undefined;
  return Array.isArray(errors) ? errors.map(String) : undefined;
}

/** The server's own "there is nothing": no words at all, and no hint that the path was meant otherwise. */
export function isAbsence(answer: VaultAnswer): boolean {
  const warnings = isRecord(answer.body) ? answer.body['warnings'] : undefined;
  return answer.status === 404 && errorsOf(answer)?.length === 0 && !warnings;
}

/**
 * The token is not known (any more). Vault says "permission denied" alone for one that is expired, revoked, used up
 * or mistyped; releases of today add "invalid token". A policy that denies has its words in a list.
 */
export function isUnknownToken(answer: VaultAnswer): boolean {
  if (answer.status !== 403) return false;
  const errors = errorsOf(answer) ?? [];
  return errors.some((e) => e.trim() === 'permission denied' || /\binvalid token\b/.test(e));
}

export function unknownTokenFault(token: string): SecretFault {
  return new SecretFault(
    'secrets/refused',
    `${SERVICE} does not know ${token}: it has run out, was revoked or used up, or is mistyped`,
    { hint: 'Log in anew, and give the new token. What a token may do: vault token lookup.' },
  );
}

/** The fault for an answer that is neither a success nor the server's word that there is nothing. */
export function faultOfAnswer(answer: VaultAnswer, asked: VaultAsked): SecretFault {
  const common: Asked = { service: SERVICE, ...asked, retryAfter: answer.retryAfter };
  const errors = errorsOf(answer);
  const { status } = answer;
  // 412: a replica that has not caught up; 472 and 473: standby nodes. All pass with time.
  if ([412, 472, 473].includes(status)) {
    return busyFault(common, 'is a standby node that cannot answer now');
  }
  if (status >= 500) return busyFault(common, asked.health ?? `answers with status ${status}`);
  if (!answer.isJson || errors === undefined) return faultOfForeign(status, common);
  if (errors.some((e) => /^Upgrading from non-versioned/i.test(e))) {
    return busyFault(common, `is just making the KV engine of ${asked.what} a versioned one`);
  }
  if (status === 404) return foundNothingFault(errors, asked);
  if (status === 400) return misunderstoodFault(asked);
  if (status === 403)
    return isUnknownToken(answer) ? unknownTokenFault('the token') : refusedFault(common, false);
  return faultOfStatus(status, common);
}

function foundNothingFault(errors: readonly string[], { what, namespace }: VaultAsked): SecretFault {
  if (errors.some((e) => /namespace not found/i.test(e))) {
    return new SecretFault(
      'secrets/provider-not-configured',
      `${SERVICE} has no namespace ${namespace ?? ''}`.trimEnd(),
      { hint: 'Check VAULT_NAMESPACE.' },
    );
  }
  return new SecretFault('secrets/unreachable', `${SERVICE} has nothing mounted where ${what} is asked for`, {
    hint: 'Check the mount, which is the beginning of the path, and the address, which ends before /v1.',
  });
}

function misunderstoodFault({ what, action = 'read' }: VaultAsked): SecretFault {
  return new SecretFault('secrets/refused', `${SERVICE} does not take the request to ${action} ${what}`, {
    hint: 'Its audit log and its release notes say why; the tool knows KV version 1 and 2.',
  });
}
