import { parseReference } from '../../config/reference.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const referenceMalformed: Rule = {
  id: 'reference-malformed',
  tier: 'rules',
  severity: always('error'),
  summary: 'A reference to a secret breaks the grammar',
  why: 'A text that begins with `vault://`, `env://` or `file://` is always taken for a reference. One that cannot be read has no value, and the server ends.',
  fix: 'The forms are `vault://PATH`, `vault://PATH#FIELD`, `env://NAME` and `file://PATH`. Special characters of a path are percent-encoded.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      const reference = parseReference(value.text);
      if (reference?.kind !== 'malformed') continue;
      yield reportOn(value, {
        message: `The reference in ${value.key.path} cannot be read: ${reference.reason} (at character ${reference.offset + 1})`,
        expected: 'vault://PATH#FIELD, env://NAME or file://PATH',
      });
    }
  },
};
