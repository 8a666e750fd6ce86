import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLeaves } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { maskedText } from '../../src/redact/document.js';
import { maskTexts } from '../../src/redact/index.js';

const masked = (text: string): string => maskedText(parseYaml(Buffer.from(text), 'config.yml'));

describe('maskedText', () => {
  it.each([
    [
      'entries of a map below a setting',
      `auth: {oauth: {providers: {g: {additional_params: {prompt: x, client_secret: LEAK, api_key: "LEAK"}}}}}\n`,
      `auth: {oauth: {providers: {g: {additional_params: {prompt: x, client_secret: "********", api_key: "********"}}}}}\n`,
    ],
    ['parameters of an address', 'a: https://h/?api_key=LEAK&b=c\n', 'a: https://h/?api_key=********&b=c\n'],
    [
      'a hidden setting',
      'alerting: {webhook_url: https://h/LEAK}\n',
      'alerting: {webhook_url: "********"}\n',
    ],
    [
      'a mistyped hidden setting',
      'alerting: {webhook_ulr: https://h/LEAK}\n',
      'alerting: {webhook_ulr: "********"}\n',
    ],
    ['JSON in a text', `a: '{"client_secret":"LEAK"}'\n`, 'a: "********"\n'],
    ['a note in a text', 'a: "the password: LEAK"\n', 'a: "********"\n'],
    ['an escaped address', 'a: "https://u\\x3aLEAK@h"\n', 'a: "********"\n'],
    ['a comment that speaks of a secret', 'client_id: x # old secret LEAK\n', 'client_id: x # ********\n'],
    ['the same, the other way round', '# LEAK is the old secret\na: b\n', '# ********\na: b\n'],
    [
      'a comment beside a secret',
      'content_token_encryption_key: LEAK #LEAK\n',
      'content_token_encryption_key: "********" #********\n',
    ],
    [
      'a comment beside a reference',
      'content_token_encryption_key: env://KEY # was LEAK\n',
      'content_token_encryption_key: env://KEY # ********\n',
    ],
    [
      'a comment beside the key of a long secret',
      'content_token_encryption_key: | # LEAK\n  LEAK\n',
      'content_token_encryption_key: "********"\n',
    ],
    [
      'a comment beside a header',
      'operator:\n  name: | # token LEAK\n    x # y\n',
      'operator:\n  name: | # ********\n    x # y\n',
    ],
    ['a commented setting', '  # jwt_secret: "LEAK" # LEAK\na: b\n', '  # jwt_secret: ********\na: b\n'],
    [
      'a commented block',
      '# sp_private_key: |\n#   -----BEGIN\n#   LEAK: x\n#   LEAK\n# other: shown\na: b\n',
      '# sp_private_key: ********\n#   ********\n#   ********\n#   ********\n# other: shown\na: b\n',
    ],
    ['the old key below', '# The old token:\n# LEAK\na: b\n', '# The old token:\n# ********\na: b\n'],
    [
      'a block below words',
      '# The old token: |\n# LEAK\na: b\n',
      '# The old token: ********\n# ********\na: b\n',
    ],
    ['words that say more', '# The LEAK token:\n# LEAK\na: b\n', '# ********\n# ********\na: b\n'],
    ['a bearer in a comment', '# send Bearer LEAK\na: b\n', '# send Bearer ********\na: b\n'],
  ])('masks %s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each([
    'a: b # a remark\n',
    'operator: {name: "x # the token of esteem"}\n',
    'operator:\n  name: |\n    # the secret of success\n',
    'auth:\n  oauth:\n    providers:\n      g:\n        token_url: https://h/token\n',
    '# nothing special: 5\nserver: {port: "8080"}\n',
    '# a\r\n\r\nserver: {port: "8080"} # b\r\n',
  ])('leaves %j', (text) => {
    expect(masked(text)).toBe(text);
  });

  const jwt = 'auth: {jwt: {secret: hunter2}}';
  it.each([
    ['a plain value', 'content_token_encryption_key: LEAK\n', 'content_token_encryption_key: "********"\n'],
    [
      'quoted values',
      `auth: {jwt: {secret: 'LEAK'}}\ncontent_token_encryption_key: "LEAK"\n`,
      'auth: {jwt: {secret: "********"}}\ncontent_token_encryption_key: "********"\n',
    ],
    [
      'block scalars',
      'auth:\n  jwt:\n    secret: |\n      LEAK\n      LEAK\nx: >-\n  a\n',
      'auth:\n  jwt:\n    secret: "********"\nx: >-\n  a\n',
    ],
    [
      'items of lists',
      'auth:\n  old_secrets:\n    - LEAK\n    - "LEAK"\n',
      'auth:\n  old_secrets:\n    - "********"\n    - "********"\n',
    ],
    ['a value with an anchor', 'client_secret: &a LEAK\nb: *a\n', 'client_secret: &a "********"\nb: *a\n'],
    ['the secret at the start of a value', `${jwt}\na: hunter2x\n`, `${jwt}\na: "********x"\n`],
    ['the secret in a value', `${jwt}\na: x hunter2\n`, `${jwt}\na: x ********\n`],
    ['the secret as a key', `${jwt}\nhunter2: x\nhunter2a: y\n`, `${jwt}\n"********": x\n"********a": y\n`],
    [
      'secrets as keys of one map',
      'a_secret: hunter2\nb_secret: hunter3\nhunter2: x\nhunter3: y\n',
      'a_secret: "********"\nb_secret: "********"\n"********": x\n"******** 2": y\n',
    ],
    [
      'a password that is the name of a block',
      'database: {redis: {password: redis}}\n',
      'database: {redis: {password: "********"}}\n',
    ],
    ['a parameter in a list', 'a: [https://h/?token=LEAK]\n', 'a: [https://h/?token=********]\n'],
    ['a parameter in quotes', "a: 'https://h/?token=LEAK'\n", 'a: "https://h/?token=********"\n'],
    [
      'a password in a flow map',
      "a: {b: 'https://u:LEAK@h', c: d}\n",
      'a: {b: "https://u:********@h", c: d}\n',
    ],
    ['a line of a block', `${jwt}\na: |\n  b\n    hunter2 x\n`, `${jwt}\na: |\n  b\n    ******** x\n`],
    [
      'a secret over lines',
      'my_secret: "LEAK\\nLEAK"\na: |\n  x\n  LEAK\n  LEAK\n',
      'my_secret: "********"\na: "********"\n',
    ],
  ])('gives YAML that can be read, with %s masked', (_, text, expected) => {
    const shown = masked(text);
    expect(shown).toBe(expected.replace('secret: hunter2', 'secret: "********"'));
    expect(shown).not.toContain('LEAK');
    parseYaml(Buffer.from(shown), 'masked.yml');
    expect(masked(shown)).toBe(shown);
  });

  it('gives YAML of as many leaves for the configurations of every release', () => {
    const folder = 'fixtures/legacy';
    const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const document = parseYaml(readFileSync(join(folder, name)), name);
      const shown = parseYaml(Buffer.from(maskedText(document)), name);
      const keysOf = ({ root }: typeof document) => readLeaves(root).map((leaf) => leaf.name);
      expect(keysOf(shown), name).toEqual(keysOf(document));
    }
  });

  it('takes time linear in the size of a file', () => {
    const provider = (n: number): string => `      p${n}:
        # the old client_secret: ${n}-OLD-LEAK
        client_id: id-${n} # token ${n}
        client_secret: ${n}-LEAK-${'x'.repeat(20)} # LEAK
        token_url: https://p${n}.example.com/token?api_key=LEAK
        scopes: [openid, profile]
`;
    const providers = Array.from({ length: 3600 }, (_, n) => provider(n)).join('');
    const document = parseYaml(Buffer.from(`auth:\n  oauth:\n    providers:\n${providers}`), 'config.yml');
    expect(document.text.length).toBeGreaterThan(900_000);
    // Quadratic, it takes minutes, more than a test has.
    const shown = maskedText(document);
    expect(shown).not.toContain('LEAK');
  });

  it('takes time linear in the length of a value', () => {
    const document = parseYaml(Buffer.from(`operator: {name: ${'a'.repeat(1_000_000)}}\n`), 'config.yml');
    expect(maskedText(document)).toBe(document.text);
  });
});

describe('maskTexts', () => {
  it('masks the longest of secrets that begin alike, overlapping ones whole, and none that is short', () => {
    expect(maskTexts('x abcdefgh y', ['abcd', 'abcdef'])).toBe('x ********gh y');
    expect(maskTexts('x abcdefgh y', ['abcde', 'defgh'])).toBe('x ******** y');
    expect(maskTexts('x abc y', ['abc'])).toBe('x abc y');
  });
});
