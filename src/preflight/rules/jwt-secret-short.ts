import { reportOn } from '../configuration.js';
import { isDefaultJwtSecret } from '../jwt.js';
import { isPlaceholder } from '../placeholders.js';
import { stricterInProduction, type Rule } from '../rule.js';

const LEAST_BYTES = 32;

export const jwtSecretShort: Rule = {
  id: 'jwt-secret-short',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'The JWT secret is shorter than 32 bytes',
  why: 'HS256 is as strong as its key. RFC 7518 asks for a key of at least 256 bits; a shorter one can be found by trying.',
  fix: 'Generate one: `openssl rand -base64 48`.',
  *check(configuration) {
    const value = configuration.value('auth.jwt.secret');
    const text = configuration.secretText(value);
    if (!value || !text || isDefaultJwtSecret(text) || isPlaceholder(text)) return;
    const bytes = Buffer.byteLength(text, 'utf8');
    if (configuration.text('auth.jwt.signing_method') !== 'HS256' || bytes >= LEAST_BYTES) return;
    yield reportOn(value, {
      message: `auth.jwt.secret is too short for HS256`,
      found: `${bytes} bytes`,
      expected: `at least ${LEAST_BYTES} bytes`,
      hint: 'Generate one: openssl rand -base64 48',
    });
  },
};
