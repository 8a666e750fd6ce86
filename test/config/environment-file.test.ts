import { describe, expect, it } from 'vitest';
import { readEnvironmentFile, type EnvironmentFileForm } from '../../src/config/environment-file/index.js';

const read = (text: string, form?: EnvironmentFileForm) =>
  Object.fromEntries(readEnvironmentFile(text, form).variables);

/**
 * What each reader makes of a line, as its own program does; undefined: it has no such variable. Recorded from the client
 * of Docker 28.2.2 (what it sends for `docker create --env-file`; a line that makes it refuse the whole file is undefined),
 * the parser of systemd 252 (by its generator for environment.d, which shares it) and dotenv 17.4.2.
 */
type Text = string | undefined;
const lines: readonly (readonly [text: string, docker: Text, systemd: Text, dotenv: Text])[] = [
  ['A=b', 'b', 'b', 'b'],
  ['A=b c', 'b c', 'b c', 'b c'],
  ['A=', '', '', ''],
  ['A="b c"', '"b c"', 'b c', 'b c'],
  ["A='b c'", "'b c'", 'b c', 'b c'],
  ['A=b # c', 'b # c', 'b # c', 'b'],
  ['A=b#c', 'b#c', 'b#c', 'b'],
  ['A="b # c"', '"b # c"', 'b # c', 'b # c'],
  ['export A=b', undefined, undefined, 'b'],
  ['  A=b  ', 'b  ', 'b', 'b'],
  ['A = b', undefined, 'b', 'b'],
  ['A="b\\nc"', '"b\\nc"', 'b\\nc', 'b\nc'],
  ['A="b\\"c"', '"b\\"c"', 'b"c', 'b\\"c'],
  ['A=b\\c', 'b\\c', 'bc', 'b\\c'],
  ['A="b\nc"', '"b', 'b\nc', 'b\nc'],
  ['A="b"c', '"b"c', 'bc', '"b"c'],
  ['# A=b', undefined, undefined, undefined],
  ['; A=b', undefined, undefined, undefined],
  ['A', undefined, undefined, undefined],
  ['A=b\r', 'b', 'b', 'b'],
  ['\ufeffA=b', 'b', 'b', 'b'],
  ["A='it'\\''s'", "'it'\\''s'", "it''s'", "it'\\''s"],
  ['A="b"  # c', '"b"  # c', 'b# c', 'b'],
  ['A=b"c d"e', 'b"c d"e', 'b"c d"e', 'b"c d"e'],
  ["A=b'c", "b'c", "b'c", "b'c"],
  ['A="b \\\n c"', '"b \\', 'b  c', 'b \\\n c'],
  ['A=b\\ c', 'b\\ c', 'b c', 'b\\ c'],
  ['A=`b c`', '`b c`', '`b c`', 'b c'],
  ['A: b', undefined, undefined, 'b'],
  ['A=b\u00a0', 'b\u00a0', 'b\u00a0', 'b'],
  ['A="b\\tc"', '"b\\tc"', 'b\\tc', 'b\\tc'],
];

describe('readEnvironmentFile', () => {
  it.each(lines)('reads %j as each of them does', (text, docker, systemd, dotenv) => {
    const of = (form: EnvironmentFileForm) => read(`${text}\nEND=1\n`, form);
    expect({ docker: of('docker')['A'], systemd: of('systemd')['A'], dotenv: of('dotenv')['A'] }).toEqual({
      docker,
      systemd,
      dotenv,
    });
    for (const form of ['docker', 'systemd', 'dotenv'] as const) expect(of(form)['END']).toBe('1');
  });

  it('takes what two of them read alike, else what dotenv reads, and names every difference without a value', () => {
    const text = '# note\nSAME=a\nQUOTED="CANARY b"\nBEHIND=b # c\nexport EXPORTED=d\nEACH="a\\nb"\n';
    const { variables, differences } = readEnvironmentFile(text);
    expect(Object.fromEntries(variables)).toEqual({
      SAME: 'a',
      QUOTED: 'CANARY b',
      BEHIND: 'b # c',
      EXPORTED: 'd',
      EACH: 'a\nb',
    });
    expect(differences).toEqual([
      { name: 'QUOTED', line: 3, taken: ['systemd', 'dotenv'], others: ['docker'] },
      { name: 'BEHIND', line: 4, taken: ['docker', 'systemd'], others: ['dotenv'] },
      { name: 'EXPORTED', line: 5, taken: ['dotenv'], others: ['docker', 'systemd'] },
      { name: 'EACH', line: 6, taken: ['dotenv'], others: ['docker', 'systemd'] },
    ]);
    expect(JSON.stringify(differences)).not.toContain('CANARY');
  });

  it('takes names with dots and dashes for none, as systemd does', () => {
    expect(read('A.B=b\nA-B=b\n1A=b\nA=b\n', 'systemd')).toEqual({ A: 'b' });
  });

  it('ends a value of systemd at its line, whatever quote stands inside of it', () => {
    expect(read("A=it's\nB=c\n", 'systemd')).toEqual({ A: "it's", B: 'c' });
  });

  it('lets a later line win', () => {
    expect(read('A=1\nA=2\n')).toEqual({ A: '2' });
  });

  it('joins lines as systemd does', () => {
    expect(read('A=b \\\n  c\nB=d\n', 'systemd')).toEqual({ A: 'b   c', B: 'd' });
  });
});
