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
    ['a: &name old\nb: *name\n', 'b', 2, 4],
    ['base: &base\n  a: old\nm:\n  <<: *base\n', 'm.a', 4, 7],
  ])('refuses %j, where another key has the same text', (yaml, name, line, column) => {
    expect(thrown(() => replace(yaml, name, 'vault://x'))).toMatchObject({
      code: 'secrets/cannot-rewrite',
      message: 'tmi.yml cannot be rewritten without changing something else',
      diagnostics: [
        {
          code: 'secrets/cannot-rewrite',
          severity: 'error',
          message: `the value of ${name} comes through an alias or a merge key, so other keys share it`,
          file: 'tmi.yml',
          position: { line, column },
          key: name,
          hint: 'Write the value out at this key, then run again.',
        },
      ],
    });
  });

  it.each([
    ['a: &name old\nb: *name\n', 'a', 1, 1],
    ['a: &name old\nc: [{b: *name}]\n', 'a', 1, 1],
    // What base64 would have to hold is not text that can be written in its place.
    ['a: !!binary b2xk\n', 'a', 1, 1],
  ])('refuses %j, where the text would change more or say something else', (yaml, name, line, column) => {
    expect(thrown(() => replace(yaml, name, 'vault://x'))).toMatchObject({
      code: 'secrets/cannot-rewrite',
      diagnostics: [
        {
          code: 'secrets/cannot-rewrite',
          severity: 'error',
          message: `replacing the value of ${name} would change another key too`,
          file: 'tmi.yml',
          position: { line, column },
          key: name,
          hint: 'Write the reference into the file by hand.',
        },
      ],
    });
  });

  it('replaces several values, in whatever order they are named', () => {
    const document = parseYaml(Buffer.from('a: 1\nb: {c: 2}\nd: 3\n'), 'tmi.yml');
    const replacements = readLeaves(document.root)
      .filter(({ name }) => name !== 'd')
      .map((leaf) => ({ leaf, text: new SecretValue(`new-${leaf.name}`) }))
      .reverse();
    expect(Buffer.from(replaceValues(document, replacements)).toString()).toBe(
      'a: new-a\nb: {c: new-b.c}\nd: 3\n',
    );
  });
});
