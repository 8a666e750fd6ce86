import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { maskByForm, maskSource, namesSecret } from '../../src/redact/forms.js';
import { maskedText } from '../../src/redact/document.js';
import { SECRET_MASK } from '../../src/values/index.js';

const masked = (text: string): string => maskedText(parseYaml(Buffer.from(text), 'c.yml'));

/** Put together here, so that no scanner of repositories takes them for real ones. */
const tokens = [
  ['ghp', '_0123456789abcdefABCDEF0123456789abcd'],
  ['github', '_pat_11ABCDEFG0123456789_abcdefghijklmnop'],
  ['glpat', '-0123456789abcdefABCD'],
  ['xoxb', '-123456789012-abcdefABCDEF'],
  ['AKIA', 'IOSFODNN7EXAMPLE'],
  ['AIza', 'SyA0123456789abcdefghijklmnopqrstuv'],
  ['sk_', 'live_0123456789abcdef'],
].map((parts) => parts.join(''));

describe('tokens that are known by how they begin', () => {
  it.each(tokens)('%s', (token) => {
    for (const mask of [maskByForm, maskSource]) {
      expect(mask(`use ${token}, please`)).toBe(`use ${SECRET_MASK}, please`);
    }
    expect(masked(`unknown: ${token}\n# was ${token}\nlist: [${token}]\n`)).not.toContain(token);
  });

  const shortest: [begin: string, rest: number][] = [
    ['ghp_', 16],
    ['github_pat_', 16],
    ['glpat-', 12],
    ['xoxb-', 8],
    ['AKIA', 12],
    ['AIza', 20],
    ['rk_live_', 8],
    ['SG.aaaaaaaa.', 8],
    ['npm_', 20],
    ['hvs.', 12],
    ['sk-', 20],
    ['AGE-SECRET-KEY-1', 20],
  ];
  it.each(shortest)(
    'also %s with the fewest characters that it has, and nothing beside it',
    (begin, rest) => {
      expect(maskByForm(begin + 'A'.repeat(rest))).toBe(SECRET_MASK);
    },
  );

  it.each(['ghp_short', 'akia', 'a-ghp_0123456789abcdefABCDEF', 'skip_live_0123456789', 'AIza'])(
    'and %s is none',
    (text) => {
      expect(maskByForm(text)).toBe(text);
    },
  );
});

describe('private keys', () => {
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nMIIdef\n-----END RSA PRIVATE KEY-----';

  it('are masked as a whole, also without their end', () => {
    expect(maskByForm(`a ${pem} b`)).toBe(`a ${SECRET_MASK} b`);
    expect(maskByForm(pem.slice(0, 45))).toBe(SECRET_MASK);
    expect(masked(`unknown: |\n  ${pem.replaceAll('\n', '\n  ')}\nlast: 1\n`)).not.toContain('MII');
  });

  it.each([
    [
      'over comment lines',
      '# the old one\n# -----BEGIN RSA PRIVATE KEY-----\n# MIIabc\n#\n#   MIIdef==\n# -----END RSA PRIVATE KEY-----\n# words\na: b\n',
      '# the old one\n# ********\n# ********\n#\n#   ********\n# ********\n# words\na: b\n',
    ],
    [
      'begun beside a value',
      'a: b # -----BEGIN PRIVATE KEY-----\n# MIIabc\n# -----END PRIVATE KEY-----\n# words\n',
      'a: b # ********\n# ********\n# ********\n# words\n',
    ],
    [
      'below a commented name, at its depth',
      '# sp_private_key: |\n# -----BEGIN EC PRIVATE KEY-----\n# MIIabc==\n# -----END EC PRIVATE KEY-----\n# other: shown\na: b\n',
      '# sp_private_key: ********\n# ********\n# ********\n# ********\n# other: shown\na: b\n',
    ],
    [
      'without an end, as far as the comment goes',
      '# -----BEGIN PRIVATE KEY-----\n# MIIabc\na: b\n# words\n',
      '# ********\n# ********\na: b\n# words\n',
    ],
    [
      'on one line of a comment',
      '# -----BEGIN PRIVATE KEY-----MII-----END PRIVATE KEY-----\n# words\na: b\n',
      '# ********\n# words\na: b\n',
    ],
  ])('%s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('and certificates are none', () => {
    const certificate = pem.replaceAll('RSA PRIVATE KEY', 'CERTIFICATE');
    expect(maskByForm(certificate)).toBe(certificate);
  });
});

it.each([
  'signing_key',
  'signingKey',
  'access_key',
  'session-key',
  'hmac',
  'hmacKey',
  'hmac_sha256',
  'cookie',
  'cookies',
  'my_session_cookie',
  'client-key-data',
  'clientKeyData',
])('%s is the name of a secret, also where it was commented out', (name) => {
  expect(namesSecret(name)).toBe(true);
  expect(masked(`x:\n  ${name}: Q1w2e3\n# ${name}: Q1w2e3\n`)).toBe(
    `x:\n  ${name}: "${SECRET_MASK}"\n# ${name}: ${SECRET_MASK}\n`,
  );
});

it('a commented block of cookie settings hides none of them', () => {
  const text = '# cookie:\n#   domain: example.com\na: b\n';
  expect(masked(text)).toBe(text);
});

it.each(['true', '3600', 'none'])('%s under a secret name is no secret elsewhere', (value) => {
  expect(masked(`x:\n  token_rotation: ${value}\n  other: ${value}\n  ${value}: y # ${value}\n`)).toBe(
    `x:\n  token_rotation: "${SECRET_MASK}"\n  other: ${value}\n  ${value}: y # ${value}\n`,
  );
});

it.each(['cookie_domain', 'hmac_algorithm', 'keyboard', 'accessible'])('%s is not', (name) => {
  expect(namesSecret(name)).toBe(false);
});

it('masks the password of an older database block, and no other part of it or of anything else', () => {
  const text = `database:
  postgres:
    host: localhost # local host of postgres
    port: "5432"
    user: postgres
    password: Q1w2e3
    database: tmi
auth:
  oauth:
    callback_url: "http://localhost:8080/oauth2/callback"
`;
  expect(masked(text)).toBe(text.replace('Q1w2e3', `"${SECRET_MASK}"`));
});
