import { suspiciousScheme } from '../../config/reference.js';
import { reportOn } from '../configuration.js';
import { stricterInProduction, type Rule } from '../rule.js';

export const referenceMisspelt: Rule = {
  id: 'reference-misspelt',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'A value begins like a mistyped reference',
  why: 'Only `vault://`, `env://` and `file://` make a reference. `valut://` and `ENV://` are taken for the secret itself, so that the text of the reference becomes the password.',
  fix: 'Correct the prefix.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      const suspicion = value.key.secret ? suspiciousScheme(value.text) : undefined;
      if (!suspicion) continue;
      yield reportOn(value, {
        message: `${value.key.path} begins with ${suspicion.written}, which is no reference, so it is used as the secret itself`,
        found: `${suspicion.written}…`,
        expected: suspicion.meant,
        hint: `Write ${suspicion.meant} if a reference is meant.`,
      });
    }
  },
};
