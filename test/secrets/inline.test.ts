import { describe, expect, it } from 'vitest';
import { keyOfLookup, type SettingKey } from '../../src/config/setting-key.js';
import { lookupPath } from '../../src/registry/index.js';
import { isInlineSecret } from '../../src/secrets/inline.js';

function key(path: string): SettingKey {
  const found = keyOfLookup(lookupPath(path.split('.')));
  if (!found) throw new Error(`No setting ${path}.`);
  return found;
}

describe('an inline secret', () => {
  it.each([
    ['auth.jwt.secret', 'CANARY-text', true],
    ['auth.jwt.secret', '', false],
    ['auth.jwt.secret', 'vault://jwt', false],
    ['auth.jwt.secret', 'env://JWT', false],
    ['auth.jwt.secret', 'postgres://not-a-reference', true],
    ['server.port', '8080', false],
    ['server.tls_key_file', '/etc/tls/key.pem', false],
    ['database.redis.password', 'CANARY-text', true],
  ])('%s: %s → %s', (path, text, expected) => {
    expect(isInlineSecret(key(path), text)).toBe(expected);
  });

  it.each([
    ['postgres://tmi:CANARY@db/tmi', true],
    ['postgres://tmi@db/tmi', false],
    ['postgres://db:5432/tmi', false],
    ['postgres://tmi@db/tmi?password=CANARY', true],
    ['postgres://tmi@db/tmi?sslmode=require&sslpassword=CANARY', true],
    ['sqlserver://db:1433?user id=tmi;password=CANARY', true],
    ['mysql://tmi:CANARY/with/slash@db/tmi', true],
    ['oracle://tmi/CANARY@db:1521/tmi', true],
    ['oracle://tmi@tns_alias', false],
    ['sqlite://./tmi.db', false],
    ['no address, but tmi:CANARY@db', true],
  ])('an address gives something away when it may hold a password: %s → %s', (url, expected) => {
    expect(isInlineSecret(key('database.url'), url)).toBe(expected);
    expect(isInlineSecret(key('database.redis.url'), url)).toBe(expected);
  });
});
