import { describe, expect, it } from 'vitest';
import { readLeaves } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { replaceValues } from '../../src/secrets/index.js';
import { SecretValue } from '../../src/values/index.js';
import { thrown } from '../support/errors.js';

function replace(yaml: string, name: string, value: string): string {
  const document = parseYaml(Buffer.from(yaml), 'tmi.yml');
  const leaf = readLeaves(document.root).find((candidate) => candidate.name === name);
  if (!leaf) throw new Error(`no leaf ${name}`);
  return Buffer.from(replaceValues(document, [{ leaf, text: new SecretValue(value) }])).toString();
}

describe('replacing a value', () => {
  it.each([
    ['a: old # why\nb: 1\n', 'a', 'a: vault://x # why\nb: 1\n'],
    ["a: 'o''ld'\r\nb: 1\r\n", 'a', 'a: vault://x\r\nb: 1\r\n'],
    ['a: "o\\nld"', 'a', 'a: vault://x'],
    ['a: |\n  one\n  two\n# next\nb: 1\n', 'a', 'a: vault://x\n# next\nb: 1\n'],
    ['m: { a: old, b: 1 }\n', 'm.a', 'm: { a: vault://x, b: 1 }\n'],
    ['a: &name old\nb: 1\n', 'a', 'a: &name vault://x\nb: 1\n'],
    ['\ufeffa: !!str 12\n', 'a', '\ufeffa: !!str vault://x\n'],
  ])('leaves every other character of %j', (yaml, name, expected) => {
    expect(replace(yaml, name, 'vault://x')).toBe(expected);
  });

  it('writes any text, several lines included', () => {
    const key = '-----BEGIN KEY-----\nabc\n"\\ #\u2028\n';
    const document = parseYaml(Buffer.from(replace('a: old # why\n', 'a', key)), 'tmi.yml');
    expect(readLeaves(document.root)[0]?.node).toMatchObject({ text: key });
  });

  it.each([
    ['a: &name old\nb: *name\n', 'a'],
    ['a: &name old\nb: *name\n', 'b'],
    ['base: &base\n  a: old\nm:\n  <<: *base\n', 'm.a'],
  ])('refuses %j, where another key has the same text', (yaml, name) => {
    const error = thrown(() => replace(yaml, name, 'vault://x'));
    expect(error.code).toBe('secrets/cannot-rewrite');
    expect(error.diagnostics[0]?.position?.line).toBeGreaterThan(0);
  });
});
