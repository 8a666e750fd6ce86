import { isLiteral, webAddress } from '../addresses.js';
import { reportOn, type Value } from '../configuration.js';
import { isPlaceholder } from '../placeholders.js';
import { always, type Rule } from '../rule.js';

/** Settings and fields that hold an address of the web. Connection URLs have rules of their own. */
function holdsWebAddress({ key }: Value): boolean {
  const path = key.path;
  return (
    (path.endsWith('_url') || path === 'secrets.vault_address' || path.endsWith('.picker_origin')) &&
    !path.startsWith('database.')
  );
}

export const urlInvalid: Rule = {
  id: 'url-invalid',
  tier: 'rules',
  severity: always('warning'),
  summary: 'An address is not a URL',
  why: 'An address without `https://` or without a host cannot be called. What breaks is the first login or delivery, not the start, so it is a warning.',
  fix: 'Write the whole address: `https://host/path`.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      const { text, key } = value;
      if (!holdsWebAddress(value) || !isLiteral(text) || isPlaceholder(text) || webAddress(text)) continue;
      yield reportOn(value, {
        message: `${key.path} is not an address`,
        expected: 'a URL with scheme and host, such as https://tmi.example.com/path',
      });
    }
  },
};
