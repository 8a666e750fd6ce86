import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../../src/config/yaml/lines.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { secondOpinion } from '../../../src/config/yaml/second-opinion.js';

const rootOf = (text: string) => parseYaml(Buffer.from(text), 'c.yml').root;

/** What the second reader says of a text when the first one understood another. */
const opinion = (text: string, understood: string) =>
  secondOpinion(new LineIndex(text), rootOf(understood))?.offset;

describe('the second reader', () => {
  it.each([
    'a: 1\n',
    'a:\nb: ~\nc: null\nd: ""\n',
    'a: |\n  x\nb: >\n  x\n  y\n',
    'a: |\n  x',
    'a: >\n  x',
    'a: [1, [2, {b: 3}], []]\nc: {}\n',
    'x: &x {a: 1}\ny:\n  <<: *x\n  b: 2\nz: *x\n',
    'a: !!binary aGk=\nb: !!str 1\nc: !!int 1\nd: !!float 1\ne: !!bool yes\nf: !!null ~\n',
    'a: !!map {b: 1}\nc: !!seq [1]\n',
    '__proto__: 1\n',
  ])('agrees with the first one about %j', (text) => {
    expect(opinion(text, text)).toBeUndefined();
  });

  it.each<[what: string, text: string, understood: string, at: number]>([
    ['another text', 'a: 1\n', 'a: 2\n', 3],
    ['a text that is quoted', 'a: "~"\n', 'a:\n', 2],
    ['a null that is written', 'a:\n', 'a: ~\n', 3],
    ['an empty text', 'a:\n', 'a: ""\n', 3],
    ['another line ending inside', 'a: "x\\n"\n', 'a: "x"\n', 3],
    ['another line ending', 'a: "x\\n\\n"\n', 'a: |-\n  x\n', 3],
    ['a list for a text', 'a: [1]\n', 'a: 1\n', 3],
    ['a map for a text', 'a: {b: 1}\n', 'a: 1\n', 3],
    ['a text for a list', 'a: b\n', 'a: [b]\n', 3],
    ['a text for a map', 'a: b\n', 'a: {b: 1}\n', 3],
    ['nothing for a map', 'a:\n', 'a: {b: 1}\n', 3],
    ['a list for a map', 'a: [b]\n', 'a: {"0": b}\n', 3],
    ['a map for a list', 'a: {"0": b}\n', 'a: [b]\n', 3],
    ['a longer list', 'a: [b, c]\n', 'a: [b]\n', 3],
    ['a shorter list', 'a: [b]\n', 'a: [b, c]\n', 3],
    ['another item', 'a: [b, d]\n', 'a: [b, c]\n', 7],
    ['one pair more', 'a: 1\nb: 2\n', 'a: 1\n', 0],
    ['one pair less', 'a: 1\n', 'a: 1\nb: 2\n', 0],
    ['another key', 'a: 1\nc: 2\n', 'a: 1\nb: 2\n', 8],
    ['the first of two differences', 'a: 1\nb: 2\n', 'a: 3\nb: 4\n', 3],
    ['a difference deep inside', 'a: {b: [{c: 1}]}\n', 'a: {b: [{c: 2}]}\n', 12],
    ['other base64', 'a: !!binary aGk=\n', 'a: ho\n', 3],
  ])('tells %s', (_, text, understood, at) => {
    expect(opinion(text, understood)).toBe(at);
  });

  it.each([
    ['a: [\n', 5],
    ['a: "x\n  y', 9],
    ['a: 1\nb: @x\n', 8],
  ])('doubts %j where it cannot read it', (text, at) => {
    expect(opinion(text, 'a: 1\n')).toBe(at);
  });

  it.each([
    ['', undefined],
    ['# nothing\n', undefined],
    ['~\n', 0],
    ['a: 1\n', 0],
  ])('takes a document without a value as it is: %j', (text, at) => {
    expect(secondOpinion(new LineIndex(text), undefined)?.offset).toBe(at);
  });
});
