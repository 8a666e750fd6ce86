import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { maskedText } from '../../src/redact/document.js';

/** What a document shows of a comment, alone on its line and behind a value. */
function shown(comment: string): string {
  const [alone, behind] = [`#${comment}\na: b\n`, `a: b #${comment}\n`].map((text) =>
    maskedText(parseYaml(Buffer.from(text), 'c.yml')),
  );
  const [, ofAlone] = /^#(.*)\na: b\n$/.exec(alone ?? '') ?? [];
  const [, ofBehind] = /^a: b #(.*)\n$/.exec(behind ?? '') ?? [];
  expect(ofBehind).toBe(ofAlone);
  return ofAlone ?? '';
}

/** Put together here, so that no scanner of repositories takes it for a real one. */
const issued = ['ghp', '_0123456789abcdefABCDEF0123456789abcd'].join('');
const pem = '-----BEGIN RSA PRIVATE KEY-----MIIabc-----END RSA PRIVATE KEY-----';
const webToken = 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl';

describe('a comment shows its words where the bytes of its secret can be told', () => {
  it.each([
    [
      ` CI uses the token ${issued} (read only), see the wiki.`,
      ' CI uses the token ******** (read only), see the wiki.',
    ],
    [` the access token is ${issued}`, ' the access token is ********'],
    [` old secret key: ${pem} until changed`, ' ********'],
    [` the old private key ${pem} still works`, ' the old private key ******** still works'],
    [` the token was ${webToken}, not used`, ' the token was ********, not used'],
    [' the old password: correct horse battery', ' the old password: ********'],
    [' now use "api_key": "correct horse", not this', ' now use "api_key": "********'],
    [' run with TOKEN=correcthorse', ' run with TOKEN=********'],
    [' use DB_PASSWORD = correct horse', ' use DB_PASSWORD = ********'],
  ])('%s', (comment, expected) => {
    expect(shown(comment)).toBe(expected);
  });

  it('also beside a private key that goes on below', () => {
    const text = `# the old private key: -----BEGIN PRIVATE KEY-----\n# MIIabc\n# -----END PRIVATE KEY----- (not used)\na: b\n`;
    expect(maskedText(parseYaml(Buffer.from(text), 'c.yml'))).toBe(
      '# the old private key: ********\n# ********\n# ******** (not used)\na: b\n',
    );
  });
});

describe('a comment is masked whole where another word of it may be the secret', () => {
  const secrets = [issued, pem, webToken, 'password: x', 'TOKEN=x', '"secret": "x"', `token ${issued}`];
  // Words of letters alone, as a password may be, and those that a phrase about a secret could put it in.
  const places: readonly ((word: string, secret: string) => string)[] = [
    (word, secret) => `${word} was the password, now ${secret}`,
    (word, secret) => `use ${word} with the token ${secret}`,
    (word, secret) => `now ${word}: token ${secret}`,
    (word, secret) => `tokens ${word} and ${secret}`,
    (word, secret) => `the secret, "${word}": ${secret}`,
    (word, secret) => `the credentials (${word}), ${secret}`,
    (word, secret) => `password of ${word}/${secret}`,
    (word, secret) => `${secret} the password is ${word}`,
  ];
  it.each(['correcthorse', 'Leak', 'LEAK', '4711', 'l-e_a.k', 'leäk', '日本語', '£$%&'])('%s', (word) => {
    for (const place of places)
      for (const secret of secrets) {
        const comment = place(word, secret);
        expect(shown(` ${comment}`), comment).not.toContain(word);
      }
  });

  it.each([` the token ${issued}, its passphrase`, ` the token ${issued} and the password`])(
    '%s',
    (comment) => {
      expect(shown(comment)).not.toContain(issued);
    },
  );

  it('and beside a secret, whatever it says', () => {
    const text = `content_token_encryption_key: LEAK # was the token ${issued} before\n`;
    expect(maskedText(parseYaml(Buffer.from(text), 'c.yml'))).toBe(
      'content_token_encryption_key: "********" # ********\n',
    );
  });
});
