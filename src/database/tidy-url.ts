import { untidiness } from '../config/untidy.js';
import { ToolError } from '../errors/index.js';
import type { SecretValue } from '../values/index.js';

/**
 * Refuses a URL into which something slipped that does not show: readers of URLs drop some such characters, and would
 * connect with another password or to another database than a server does.
 * @param by where it is stated, for the message
 * @throws ToolError `database/invalid-url`
 */
export function refuseUntidyUrl(url: SecretValue, by?: string): void {
  const found = untidiness(url.reveal());
  if (!found) return;
  const which = by === undefined ? 'The database URL' : `The database URL of ${by}`;
  throw new ToolError('database/invalid-url', `${which} ${found.what}`, { hint: found.fix });
}
