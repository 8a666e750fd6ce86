import type { SettingKey } from '../config/setting-key.js';
import { isReference } from '../config/reference.js';

/** Marked secret in the registry, but a path of a file, or a text that the public may see. */
const harmless = /^server\.tls_key_file$|\.(sp_certificate|idp_metadata_b64xml)$/;
const urls: readonly string[] = ['database.url', 'database.redis.url'];

/** True for an address that holds a password, or may: without user and options it gives nothing away. */
function mayHoldPassword(url: string): boolean {
  return (
    /[?&;]\w*(password|pwd|pass)=/i.test(url) ||
    // What stands before its @ is more than a user name.
    (url.includes('@') && !/^[a-z0-9+]+:\/\/[^:@/?#\s]*@[^@\s]*$/i.test(url))
  );
}

/**
 * True when the text of a setting is a secret that stands there itself, where a reference ought to stand.
 * @param key the setting
 * @param text its value as written
 */
export function isInlineSecret(key: Pick<SettingKey, 'path' | 'secret'>, text: string): boolean {
  if (!key.secret || text === '' || isReference(text) || harmless.test(key.path)) return false;
  return !urls.includes(key.path) || mayHoldPassword(text);
}

/** True for a part of the `secrets` block that leads to another provider than the chosen one, which does not read it. */
export function isOfOtherProvider(path: string, provider: string): boolean {
  const [block, name = ''] = path.split('.');
  return block === 'secrets' && provider !== '' && name.split('_')[0] !== provider;
}
