import { reportOn } from '../configuration.js';
import { encodingTable, unencodedCharacters } from '../database-address.js';
import { stricterInProduction, type Rule } from '../rule.js';

export const databaseUrlEncoding: Rule = {
  id: 'database-url-encoding',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'User name or password in a connection URL must be percent-encoded',
  why: 'A special character ends the password early. Part of it then becomes the host name, and may be sent to a name server.',
  fix: 'Percent-encode the characters: `@` is `%40`, `:` is `%3A`, `/` is `%2F`, `#` is `%23`, `?` is `%3F`, `%` is `%25`.',
  *check(configuration) {
    for (const path of ['database.url', 'database.redis.url']) {
      const value = configuration.value(path);
      const text = configuration.secretText(value);
      const characters = value && text ? unencodedCharacters(text) : '';
      if (!value || characters === '') continue;
      yield reportOn(value, {
        message: `User name or password in ${path} holds special characters that must be percent-encoded`,
        expected: 'percent-encoding',
        hint: `Percent-encode them: ${encodingTable}.`,
      });
    }
  },
};
