import { untidiness } from '../../config/untidy.js';
import { reportOn } from '../configuration.js';
import { parseOrFault, unencodedCharacters } from '../database-address.js';
import { isPlaceholder } from '../placeholders.js';
import { always, type Rule } from '../rule.js';

export const databaseUrlInvalid: Rule = {
  id: 'database-url-invalid',
  tier: 'rules',
  severity: always('error'),
  summary: 'The database URL cannot be understood',
  why: 'The server connects to nothing and ends.',
  fix: 'Write `postgres://user:password@host:5432/database`, `mysql://…`, `sqlserver://…`, `oracle://…` or `sqlite:///path/to/file`.',
  *check(configuration) {
    const value = configuration.value('database.url');
    const text = configuration.secretText(value);
    if (!value || !text || isPlaceholder(text) || unencodedCharacters(text) !== '') return;
    // What a reference leads to is written nowhere that the rule for stray characters looks at.
    const stray = text === value.text ? undefined : untidiness(text);
    if (stray) {
      yield reportOn(value, { message: `The database URL ${stray.what}`, hint: stray.fix });
      return;
    }
    const fault = parseOrFault(text);
    if (!(fault instanceof Error)) return;
    yield reportOn(value, {
      message: fault.message,
      expected: 'a connection URL, such as postgres://user:password@host:5432/database',
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    });
  },
};
