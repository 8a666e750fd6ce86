import type { FaultName } from './faults.js';

/** Codes of node's own network and TLS errors, which every driver passes through. */
const networkFaults: Readonly<Record<string, FaultName>> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'refused', // a socket that is not there
  ENOTFOUND: 'host-unknown',
  EAI_AGAIN: 'host-unknown',
  EAI_FAIL: 'host-unknown',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ECONNRESET: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  EPIPE: 'connection-lost',
  ERR_STREAM_DESTROYED: 'connection-lost',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-untrusted',
  CERT_HAS_EXPIRED: 'tls-untrusted',
  CERT_NOT_YET_VALID: 'tls-untrusted',
  CERT_UNTRUSTED: 'tls-untrusted',
  CERT_REVOKED: 'tls-untrusted',
  CERT_REJECTED: 'tls-untrusted',
  CERT_SIGNATURE_FAILURE: 'tls-untrusted',
  CERT_CHAIN_TOO_LONG: 'tls-untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-untrusted',
  INVALID_CA: 'tls-untrusted',
  HOSTNAME_MISMATCH: 'tls-untrusted',
};

/** The fault behind a code of node, or undefined for a code that is not node's. */
export function networkFault(code: string | undefined): FaultName | undefined {
  if (code === undefined) return undefined;
  if (Object.hasOwn(networkFaults, code)) return networkFaults[code];
  return /^ERR_(SSL|TLS|OSSL)_|^EPROTO$/.test(code) ? 'tls-failed' : undefined;
}

/** A text property of an error of unknown shape. */
export function textOf(
  error: unknown,
  property: 'code' | 'message' | 'sqlMessage' | 'sqlState' | 'routine',
): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Record<string, unknown>)[property];
  return typeof value === 'string' ? value : undefined;
}
