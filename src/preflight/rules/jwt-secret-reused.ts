import { reportOn, type Configuration, type Value } from '../configuration.js';
import { always, type Rule } from '../rule.js';

function otherSecrets(configuration: Configuration): Value[] {
  return configuration.allWritten.filter(
    ({ key }) => key.secret && key.path !== 'auth.jwt.secret' && key.path !== 'server.tls_key_file',
  );
}

/** The password of a connection URL: Redis may have its own there. */
function passwordIn(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { password } = new URL(text);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

export const jwtSecretReused: Rule = {
  id: 'jwt-secret-reused',
  tier: 'rules',
  severity: always('error'),
  summary: 'The JWT secret is used for something else too',
  why: 'Whoever learns the other secret can sign tokens. The server refuses to start when it equals the Redis password or the client secret of a provider.',
  fix: 'Generate a secret for each purpose: `openssl rand -base64 48`.',
  *check(configuration) {
    const secret = configuration.value('auth.jwt.secret');
    if (!secret || secret.text === '') return;
    const text = configuration.secretText(secret);
    for (const other of otherSecrets(configuration)) {
      const otherText = configuration.secretText(other);
      // Two equal references lead to the same secret, known or not.
      const same =
        secret.text === other.text ||
        (text !== undefined && (text === otherText || text === passwordIn(otherText ?? '')));
      if (!same) continue;
      yield reportOn(other, {
        message: `${other.key.path} is the same secret as auth.jwt.secret`,
        expected: 'a secret for each purpose',
        hint: 'Generate one: openssl rand -base64 48',
      });
    }
  },
};
