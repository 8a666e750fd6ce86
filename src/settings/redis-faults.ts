import { networkFault } from '../database/network-faults.js';
import { UntidyRedisUrl } from './redis.js';

/** Why Redis failed, in words of our own: the client's may hold addresses with passwords. */
export interface RedisFault {
  /** Follows "Redis cannot be used: ". */
  readonly reason: string;
  readonly hint?: string;
  /** True when it spoke TLS and could not prove who it is. */
  readonly unverified?: true;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'it closed the connection',
};

const authority =
  'Where the authority is one of your own, start with NODE_EXTRA_CA_CERTS=/path/ca.pem, its certificate in a file.';
const selfSigned: Omit<RedisFault, 'unverified'> = {
  reason: 'its certificate is self-signed',
  hint: 'Where you trust that certificate, start with NODE_EXTRA_CA_CERTS=/path/redis.pem, the certificate in a file.',
};
const unknownAuthority = {
  reason: 'its certificate is signed by an authority that is not known here',
  hint: authority,
};
const otherName = {
  reason: 'its certificate is for another name',
  hint: 'Write the host in database.redis.url as the certificate names it.',
};

const certificates: Readonly<Record<string, Omit<RedisFault, 'unverified'>>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired', hint: 'Renew the certificate of Redis.' },
  CERT_NOT_YET_VALID: {
    reason: 'its certificate is not valid yet',
    hint: 'Check the clocks of this machine and of the one that issued the certificate.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: otherName,
  HOSTNAME_MISMATCH: otherName,
};

/** Why Redis failed. Tells from a client's error nothing but its kind. */
export function redisFault(error: unknown): RedisFault {
  if (error instanceof UntidyRedisUrl) {
    return { reason: `database.redis.url ${error.found.what}`, hint: error.found.fix };
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined && Object.hasOwn(reasons, code)) return { reason: reasons[code] ?? code };
  const fault = networkFault(code);
  if (code !== undefined && fault === 'tls-untrusted') {
    const known = Object.hasOwn(certificates, code) ? certificates[code] : undefined;
    return {
      ...(known ?? { reason: 'its certificate cannot be verified', hint: authority }),
      unverified: true,
    };
  }
  if (fault === 'tls-failed') {
    return {
      reason: 'the TLS handshake failed',
      hint: 'Check that the port is the one that takes TLS; redis:// is the same without it.',
    };
  }
  const text = error instanceof Error ? error.message : '';
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/.test(text)) return { reason: 'it refused the password' };
  if (/invalid url|protocol/i.test(text)) return { reason: 'database.redis.url is not a URL of Redis' };
  if (/timeout|timed out/i.test(text)) return { reason: 'it did not answer in time' };
  if (/closed unexpectedly/i.test(text)) {
    return {
      reason: 'it closed the connection',
      hint: 'A port that takes TLS wants rediss:// in database.redis.url.',
    };
  }
  return { reason: 'it could not be used' };
}
