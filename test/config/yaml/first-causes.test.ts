import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/errors/index.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { thrown } from '../../support/errors.js';

const clean = readFileSync('fixtures/preflight/clean.yml', 'utf8');

/** Numbers of the lines that are reported, each as often as it is. */
function reported(text: string): (number | undefined)[] {
  try {
    parseYaml(Buffer.from(text), 'config.yml');
    return [];
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return error.diagnostics.map(({ position }) => position?.line);
  }
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

/** What is written in a clean file, and what stands there in its place; the fault is found on that line. */
const onTheLine = [
  ['trusted_proxies: [10.0.0.0/8]', 'trusted_proxies: [10.0.0.0/8]]'],
  ['level: info', 'level: info}}'.replace('info', '[info]')],
  ['  max_age_days: 7', '\tmax_age_days: 7'],
  ['  max_backups: 10', ' max_backups: 10'],
  ['  vault_path: secret/data/tmi', '  vault_path secret/data/tmi'],
  ['  aws_region: eu-central-1', '  aws_region: "\\q"'],
] as const;

describe('one fault', () => {
  it.each(onTheLine)('%j written as %j is reported once, where it stands', (right, wrong) => {
    expect(reported(clean.replace(right, wrong))).toEqual([lineOf(clean, right)]);
  });

  it.each([
    ['  interface: 0.0.0.0', '  interface: {0.0.0.0'],
    ['  read_timeout: 5s', '   read_timeout: 5s'],
    ['server:\n', 'server: x\n'],
    ['  read_timeout: 5s', '  - read_timeout: 5s'],
  ])('%j written as %j is reported on one line', (right, wrong) => {
    expect(new Set(reported(clean.replace(right, wrong))).size).toBe(1);
  });
});

describe('a bracket or quote without end', () => {
  it.each([
    ['a: [', '1:4: This [ has no ]'],
    ['a: [\n', '1:4: This [ has no ]'],
    ['a: {b: 1\nc: 2\n', '1:4: This { has no }'],
    ['a: [1,\nb: 2\nc: 3\n', '1:4: This [ has no ]'],
    ['a:\n  - [x\n  - y\n', '2:5: This [ has no ]'],
    ['a: ["x\n', '2:1: A closing quote, bracket, comma, colon or space is missing'],
    ['b: [1]\na: {c: [1, [2], 3\n', '2:4: This { has no };2:8: This [ has no ]'],
  ])('%j is said to be one', (text, expected) => {
    const { diagnostics } = thrown(() => parseYaml(Buffer.from(text), 'config.yml'));
    const said = diagnostics.map(
      ({ position, message }) => `${position?.line ?? 0}:${position?.column ?? 0}: ${message}`,
    );
    expect(said.sort().join(';')).toBe(expected);
  });
});

describe('faults that have nothing to do with each other', () => {
  const pairs = onTheLine.flatMap((one, i) => onTheLine.slice(i + 1).map((other) => [one, other] as const));

  it.each(pairs)('%j and %j are both reported', (one, other) => {
    const text = clean.replace(one[0], one[1]).replace(other[0], other[1]);
    const lines = [lineOf(text, one[1]), lineOf(text, other[1])];
    expect([...new Set(reported(text))].sort()).toEqual(lines.sort());
  });

  it('are reported when they stand in one block at one indentation, with a right line between them', () => {
    const text = 'a:\n\tb: 1\n  c: 2\n\td: 3\n  e: 4\nf: 5]\ng: 6\n';
    expect(reported(text)).toEqual(expect.arrayContaining([2, 4]));
  });
});
