import { redisFault } from '../../settings/redis-faults.js';
import { answersUnverified, askRedis, describeRedis, type RedisTarget } from '../../settings/redis.js';
import { SecretValue } from '../../values/index.js';
import { isReference } from '../../config/reference.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import type { Report } from '../finding.js';

const TIMEOUT_MS = 3_000;

/** Where Redis is, with the setting that says so; undefined when a reference is not resolved or nothing is written. */
function targetOf(configuration: Configuration): { target: RedisTarget; value: Value } | undefined {
  const url = configuration.written('database.redis.url');
  const host = configuration.value('database.redis.host');
  const value = url && url.text !== '' ? url : host;
  const password = configuration.value('database.redis.password');
  const secrets = [url, password].map((secret) => ({ secret, text: configuration.secretText(secret) }));
  if (
    !value ||
    secrets.some(({ secret, text }) => secret && isReference(secret.text) && text === undefined)
  ) {
    return undefined;
  }
  const [urlText, passwordText] = secrets.map(({ text }) => text);
  return {
    value,
    target: {
      ...(urlText ? { url: new SecretValue(urlText) } : {}),
      host: host?.text ?? '',
      port: Number(configuration.text('database.redis.port')),
      ...(passwordText ? { password: new SecretValue(passwordText) } : {}),
      db: Number(configuration.text('database.redis.db')),
    },
  };
}

type RedisRule = 'redis-unreachable' | 'redis-certificate-unverified';

/**
 * Connects to Redis, logs in and asks for an answer. Where the certificate cannot be verified, it is asked without the
 * login: a server may have another way to trust it, and the password is not for whoever answers there.
 */
export async function checkRedis(
  configuration: Configuration,
): Promise<Partial<Record<RedisRule, Report[]>>> {
  const found = targetOf(configuration);
  if (!found) return {};
  const { target, value } = found;
  try {
    await askRedis(target, TIMEOUT_MS, (client) => client.ping());
    return {};
  } catch (error) {
    const { reason, hint, unverified } = redisFault(error);
    if (unverified && target.url && (await answersUnverified(target.url, TIMEOUT_MS))) {
      const message = `Redis at ${describeRedis(target)} answers, and ${reason}; the login was not tried`;
      return { 'redis-certificate-unverified': [reportOn(value, { message, ...(hint ? { hint } : {}) })] };
    }
    return {
      'redis-unreachable': [
        reportOn(value, {
          message: `Redis at ${describeRedis(target)} cannot be used: ${reason}`,
          hint: hint ?? 'Check the settings below database.redis.',
        }),
      ],
    };
  }
}
