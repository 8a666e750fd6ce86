import { describe, expect, it } from 'vitest';
import { parseRow, parseStructure } from '../../src/backup/format.js';
import { ToolError } from '../../src/errors/index.js';

const where = (): string => 'line 7';

/** What a reading says of a line, or undefined where it takes it. */
function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'backup/damaged') throw error;
    return error.message.replace('The backup does not verify: line 7 ', '');
  }
}

/** One line of each type, as docs/backup-format.md has it. */
const good = {
  header: {
    type: 'header',
    format: 'tmi-dbtool-backup',
    version: 2,
    tool: 'tmi-dbtool 1.0.0',
    createdAt: '2026-11-29T10:00:00.000Z',
    source: { engine: 'sqlite', engineVersion: '3.40.1', database: '/srv/tmi.db', schema: null },
    scope: 'all',
    tables: ['users', 'Ünïcödé', ''],
    sequences: [{ name: 'numbers', next: '-7' }],
    left: ['a view'],
  },
  table: {
    type: 'table',
    name: 'users',
    columns: [
      { name: 'id', kind: 'integer', type: 'INTEGER', nullable: false },
      { name: 'team', kind: 'text', type: '', nullable: true },
    ],
    primaryKey: ['id'],
    foreignKeys: [{ name: '', columns: ['team'], references: 'teams', referencedColumns: ['id'] }],
    counters: [{ column: 'id', next: '8' }],
    broken: [
      { name: 'users_team', kind: 'foreign key' },
      { name: 'positive', kind: 'check' },
    ],
  },
  end: { type: 'end', name: 'users', rows: 3, sum: 'ab' },
  trailer: { type: 'trailer', tables: 1, rows: 3, sha256: 'cd' },
} as const;

type Kind = keyof typeof good;

/** The line with one member put in another one's place; undefined takes it out. */
function withMember(line: unknown, [member, ...rest]: readonly string[], value: unknown): unknown {
  if (member === undefined) return value;
  const copy: unknown = Array.isArray(line) ? [...(line as unknown[])] : { ...(line as object) };
  const members = copy as Record<string, unknown>;
  members[member] = withMember(members[member], rest, value);
  return copy;
}

const texts = [undefined, null, 5, ['x'], {}];
const lists = [undefined, null, 'x', 5, {}, [5], [null]];
const numerals = [undefined, null, 8, '', 'x', '8x', 'x8', '1.5', '+8', ' 8'];
const objects = [undefined, null, 'x', 5, []];
const counts = [undefined, null, '3', 1.5, []];

const wrong: Readonly<Record<Kind, Readonly<Record<string, readonly unknown[]>>>> = {
  header: {
    tool: texts,
    createdAt: [...texts, 'yesterday', ''],
    source: objects,
    'source.engine': texts,
    'source.engineVersion': texts,
    'source.database': texts,
    'source.schema': [undefined, 5, ['x'], {}],
    scope: [...texts, 'some', 'ALL'],
    tables: [...lists, ['a', 'a'], ['a\0'], ['\ud800']],
    sequences: [...lists, ['x'], [{}]],
    'sequences.0.name': [...texts, 'a\0', '\udc00'],
    'sequences.0.next': numerals,
    left: lists,
  },
  table: {
    name: [...texts, 'a\0', '\ud800x'],
    columns: [...lists, ['x'], [{}]],
    'columns.0.name': [...texts, 'a\0', 'team'],
    'columns.0.kind': [...texts, 'number', ''],
    'columns.0.type': texts,
    'columns.0.nullable': [undefined, null, 0, 'true'],
    primaryKey: lists,
    foreignKeys: [...lists, ['x'], [{}]],
    'foreignKeys.0.name': texts,
    'foreignKeys.0.columns': lists,
    'foreignKeys.0.references': [null, 5, ['x'], {}],
    'foreignKeys.0.referencedColumns': lists,
    counters: [...lists, ['x'], [{}]],
    'counters.0.column': [...texts, 'a\0'],
    'counters.0.next': numerals,
    broken: [null, 'x', 5, {}, [5], ['x'], [{}]],
    'broken.0.name': texts,
    'broken.0.kind': [undefined, null, 5, 'key', ''],
  },
  end: {
    rows: counts,
    sum: [undefined, null, 5, ['x'], {}],
    digest: [null, 5, ['x'], {}],
  },
  trailer: { tables: counts, rows: counts, sha256: texts },
};

const kinds = Object.keys(good) as Kind[];

describe('a line that is no row', () => {
  it.each(kinds)('is taken as it should be: %s', (kind) => {
    expect(parseStructure(JSON.stringify(good[kind]), where)).toEqual(good[kind]);
  });

  it.each([
    ['header', 'source.schema', 'public'],
    ['header', 'scope', 'tables'],
    ['header', 'scope', 'settings'],
    ['header', 'tables', []],
    ['header', 'sequences', []],
    ['header', 'left', []],
    ['header', 'later', 'members that are new'],
    ['table', 'name', ''],
    ['table', 'broken', undefined],
    ['table', 'broken', []],
    ['table', 'foreignKeys.0.references', undefined],
    ['table', 'counters.0.next', '-9223372036854775808'],
    ['end', 'digest', 'ef'],
    ['end', 'rows', 0],
  ] as const)('is taken where it may be so: %s with %s %j', (kind, member, value) => {
    const line = withMember(good[kind], member.split('.'), value);
    expect(faultOf(() => parseStructure(JSON.stringify(line), where))).toBeUndefined();
  });

  it('is taken with a digest in the place of a sum, as version 1 has it', () => {
    const line = { type: 'end', name: 'users', rows: 3, digest: 'ef' };
    expect(parseStructure(JSON.stringify(line), where)).toEqual(line);
  });

  it.each(
    kinds.flatMap((kind) =>
      Object.entries(wrong[kind]).map(([member, values]) => [kind, member, values] as const),
    ),
  )('is refused with anything else: %s with another %s', (kind, member, values) => {
    for (const value of values) {
      const line = JSON.stringify(withMember(good[kind], member.split('.'), value));
      expect([line, faultOf(() => parseStructure(line, where))]).toEqual([
        line,
        `is no ${kind} that can be read`,
      ]);
    }
  });

  it('is refused where it has a good digest and no good sum', () => {
    const line = JSON.stringify({ ...good.end, digest: 'ef', sum: 5 });
    expect(faultOf(() => parseStructure(line, where))).toBe('is no end that can be read');
  });

  it.each([
    ['{', 'is no JSON'],
    ['5', 'is of no known type'],
    ['null', 'is of no known type'],
    ['[]', 'is of no known type'],
    ['{}', 'is of no known type'],
    ['{"type":5}', 'is of no known type'],
    ['{"type":"new"}', 'is of no known type'],
    ['{"type":"new","optional":"true"}', 'is of no known type'],
    ['{"type":"toString"}', 'is of no known type'],
    ['{"type":"new","optional":true}', undefined],
  ])('is told what is wrong with it: %s', (line, said) => {
    expect(faultOf(() => parseStructure(line, where))).toBe(said);
  });
});

describe('a row', () => {
  it.each([
    ['[]'],
    ['[1,"x",null,true,1.5]'],
    ['[["a",null,["b",1,true]]]'],
    ['[{"text":"x"},{"integer":"5"},{"float":1.5},{"float":"NaN"},{"binary":"AAH/"}]'],
    ['[{"utf8":"/w=="},{"utf16le":"2AA="},{"utf16be":"2AA="}]'],
  ])('is taken: %s', (line) => {
    expect(parseRow(line, where)).toEqual(JSON.parse(line));
  });

  it.each([
    ['[', 'is no JSON'],
    ['{}', 'is no row'],
    ['5', 'is no row'],
    ['"x"', 'is no row'],
    ['null', 'is no row'],
    ['[1,{}]', 'has a value without one tag'],
    ['[{"text":"x","integer":"5"}]', 'has a value without one tag'],
    ['[{"word":"x"}]', 'has a value with a tag that this tool does not know'],
    ['[{"toString":"x"}]', 'has a value with a tag that this tool does not know'],
    ['[{"text":5}]', 'has a value that is no text though it is tagged so'],
    ['[{"integer":5}]', 'has a value that is no integer though it is tagged so'],
    ['[{"float":true}]', 'has a value that is no float though it is tagged so'],
    ['[{"float":null}]', 'has a value that is no float though it is tagged so'],
    ['[{"binary":["x"]}]', 'has a value that is no binary though it is tagged so'],
    ['[{"utf8":null}]', 'has a value that is no utf8 though it is tagged so'],
    ['[{"utf16le":1}]', 'has a value that is no utf16le though it is tagged so'],
    ['[{"utf16be":{}}]', 'has a value that is no utf16be though it is tagged so'],
    ['[["a",{"text":"x"}]]', 'has an array with an object in it'],
    ['[["a",["b",{}]]]', 'has an array with an object in it'],
    ['[["a"],[{}]]', 'has an array with an object in it'],
  ])('is told what is wrong with it: %s', (line, said) => {
    expect(faultOf(() => parseRow(line, where))).toBe(said);
  });
});
