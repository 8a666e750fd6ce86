import { reportOn } from '../configuration.js';
import { isDefaultJwtSecret } from '../jwt.js';
import { isPlaceholder } from '../placeholders.js';
import { stricterInProduction, type Rule } from '../rule.js';
import { entropyBits, isRepetition, isSequence, LEAST_BITS } from '../secret-quality.js';

function weakness(text: string): string | undefined {
  if (isRepetition(text)) return 'repeats itself';
  if (isSequence(text)) return 'is a sequence of neighbouring characters';
  return entropyBits(text) < LEAST_BITS ? 'uses few different characters' : undefined;
}

export const jwtSecretGuessable: Rule = {
  id: 'jwt-secret-guessable',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'The JWT secret can be guessed',
  why: 'A long secret made of repetitions, of keys beside each other or of few different characters is tried early by whoever has one signed token.',
  fix: 'Generate one: `openssl rand -base64 48`.',
  *check(configuration) {
    const value = configuration.value('auth.jwt.secret');
    const text = configuration.secretText(value);
    // A short one is weak anyway, and jwt-secret-short says so.
    if (!value || !text || Buffer.byteLength(text) < 32 || isDefaultJwtSecret(text) || isPlaceholder(text))
      return;
    const why = weakness(text);
    if (why === undefined) return;
    yield reportOn(value, {
      message: `auth.jwt.secret ${why}, so it can be guessed`,
      expected: 'random characters',
      hint: 'Generate one: openssl rand -base64 48',
    });
  },
};
