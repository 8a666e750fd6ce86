import { reportOn } from '../configuration.js';
import { isDefaultJwtSecret } from '../jwt.js';
import { always, type Rule } from '../rule.js';

export const jwtSecretDefault: Rule = {
  id: 'jwt-secret-default',
  tier: 'rules',
  severity: always('error'),
  summary: 'The JWT secret is the one of the examples',
  why: 'Everybody knows it, so everybody can sign tokens for any user. The server refuses to start with it.',
  fix: 'Generate one: `openssl rand -base64 48`.',
  *check(configuration) {
    const value = configuration.value('auth.jwt.secret');
    const text = configuration.secretText(value);
    if (!value || text === undefined || !isDefaultJwtSecret(text)) return;
    yield reportOn(value, {
      message: 'auth.jwt.secret is the one that stands in the examples',
      expected: 'a secret of your own',
      hint: 'Generate one: openssl rand -base64 48',
    });
  },
};
