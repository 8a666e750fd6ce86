import { untidiness } from '../../config/untidy.js';
import { always, type Rule } from '../rule.js';

/** Variables that a server or the tool reads, settings or not. */
const ours = /^(?:TMI_|OAUTH_PROVIDERS_|SAML_PROVIDERS_)/;

export const strayCharacters: Rule = {
  id: 'stray-characters',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A value with quotes, blanks or invisible characters around it or in it',
  why: 'The server takes a carriage return, surrounding quotes, blanks, no-break spaces and characters of no width for parts of the value. A password or an address is then another one, and nobody sees why.',
  fix: 'Take them away where the value is set. Files with Windows line endings and values that were copied from a page are the usual sources.',
  *check(configuration) {
    const told = new Set<string>();
    for (const value of configuration.allWritten) {
      const found = untidiness(value.text);
      if (!found) continue;
      const message = `${value.key.path} ${found.what}`;
      // Without the value, which would show nothing.
      const report = { ...value.place, key: value.key.path, message, hint: found.fix };
      if (report.variable !== undefined) told.add(report.variable);
      yield report;
    }
    for (const [name, text = ''] of Object.entries(configuration.environment)) {
      const found = ours.test(name) && !told.has(name) ? untidiness(text) : undefined;
      if (found) yield { message: `${name} ${found.what}`, variable: name, hint: found.fix };
    }
  },
};
