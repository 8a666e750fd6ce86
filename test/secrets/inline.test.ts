import { describe, expect, it } from 'vitest';
import { keyOfLookup, type SettingKey } from '../../src/config/setting-key.js';
import { lookupPath } from '../../src/registry/index.js';
import { isInlineSecret, isOfOtherProvider } from '../../src/secrets/inline.js';

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
    ['auth.saml.providers.x.sp_certificate', 'CANARY', false],
    ['auth.saml.providers.x.idp_metadata_b64xml', 'CANARY', false],
    ['auth.saml.providers.x.sp_private_key', 'CANARY', true],
    ['auth.oauth.providers.x.client_secret', 'CANARY', true],
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
    ['postgres://tmi@db/tmi?pwd=CANARY', true],
    ['postgres://tmi@db/tmi?pass=CANARY', true],
    ['postgres://tmi@db/tmi?a=b&PASSWORD=CANARY', true],
    ['postgres://tmi@db/tmi?passage=1', false],
    ['postgres://db/tmi?user=tmi&x=p:w@rd', true],
    ['postgres://db/a:b@c', true],
    ['redis://:CANARY@cache', true],
    ['redis://@cache', false],
    ['redis://cache:6379/0', false],
    ['rediss://tmi@cache:6379', false],
    ['redis+sentinel://tmi@cache', false],
    ['x redis://tmi@cache', true],
    ['redis://tmi@cache and more', true],
  ])('an address gives something away when it may hold a password: %s → %s', (url, expected) => {
    expect(isInlineSecret(key('database.url'), url)).toBe(expected);
    expect(isInlineSecret(key('database.redis.url'), url)).toBe(expected);
  });
});

describe('a part of the secrets block', () => {
  it.each([
    ['secrets.vault_token', 'aws', true],
    ['secrets.aws_secret_name', 'vault', true],
    ['secrets.vault_token', 'vault', false],
    ['secrets.vault_address', 'vault', false],
    // Which provider is chosen is not known.
    ['secrets.vault_token', '', false],
    ['auth.jwt.secret', 'vault', false],
    ['vault_token', 'aws', false],
  ])('%s leads elsewhere when %j is chosen: %s', (path, provider, expected) => {
    expect(isOfOtherProvider(path, provider)).toBe(expected);
  });
});
