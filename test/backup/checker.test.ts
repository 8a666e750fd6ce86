import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Checker, type Checks } from '../../src/backup/checker.js';
import type { BackupLine } from '../../src/backup/format.js';

/** What a reader of a backup does with its lines, one after the other. A row is an array, any other line an object. */
function read(lines: readonly object[], checks: Checks): { checker: Checker; read: unknown[] } {
  const checker = new Checker(checks);
  const answers = lines.map((line) => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    if (Array.isArray(line)) {
      checker.hash(bytes);
      checker.row(
        checks.sums ? bytes.subarray(0, -1) : undefined,
        checker.digests ? (line as unknown[] as never) : undefined,
      );
      return undefined;
    }
    const own = line as BackupLine;
    // The trailer has the hash of all before it.
    if (own.type !== 'trailer') checker.hash(bytes);
    return checker.line(own);
  });
  return { checker, read: answers };
}

const rows = [
  [1, 'a'],
  [2, 'ü'],
  [2, null],
];

/** The sum of the SHA-256 of each row's line, as docs/backup-format.md has it, by large integers. */
const sumOf = (some: readonly unknown[]): string =>
  some
    .map((row) => BigInt(`0x${createHash('sha256').update(JSON.stringify(row)).digest('hex')}`))
    .reduce((sum, one) => (sum + one) % 2n ** 256n, 0n)
    .toString(16)
    .padStart(64, '0');

const columns = [
  { name: 'id', kind: 'integer', type: 'INTEGER', nullable: false },
  { name: 'body', kind: 'text', type: 'TEXT', nullable: true },
];
const facts = { type: 'table', columns, primaryKey: ['id'], foreignKeys: [], counters: [] };

const header = {
  type: 'header',
  format: 'tmi-dbtool-backup',
  version: 2,
  tool: 'tmi-dbtool 1.0.0',
  createdAt: '2026-11-29T10:00:00.000Z',
  source: { engine: 'postgres', engineVersion: '18', database: 'tmi', schema: 'public' },
  scope: 'all',
  tables: ['notes', 'empty'],
  sequences: [],
  left: [],
};

/** Lines with a trailer that fits them. */
function withTrailer(lines: readonly object[], changes: object = {}): object[] {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${JSON.stringify(line)}\n`);
  const all = lines.filter((line) => Array.isArray(line)).length;
  const trailer = { type: 'trailer', tables: 2, rows: all, sha256: hash.digest('hex'), ...changes };
  return [...lines, trailer];
}

const notes = { ...facts, name: 'notes' };
const end = { type: 'end', name: 'notes', rows: 3, sum: sumOf(rows) };
const empty = { ...facts, name: 'empty' };
const emptyEnd = { type: 'end', name: 'empty', rows: 0, sum: '0'.repeat(64) };
const good: readonly object[] = [header, notes, ...rows, end, empty, emptyEnd];

const sums: Checks = { sums: true, digests: 'none' };
const counts: Checks = { sums: false, digests: 'none' };
const all: Checks = { sums: true, digests: 'all' };

/** The lines with others in the place of some. */
const instead = (at: number, count: number, ...others: object[]): object[] =>
  good.toSpliced(at, count, ...others);

const why = (lines: readonly object[], checks: Checks = sums): string => {
  try {
    read(lines, checks);
    return 'verifies';
  } catch (error) {
    return (error as Error).message.replace('The backup does not verify: ', '');
  }
};

describe('lines of a backup', () => {
  it.each([sums, counts, all])('verify where all is as it was: %j', (checks) => {
    const { checker } = read(withTrailer(good), checks);
    expect(checker.complete).toBe(true);
    expect(checker.table).toBeUndefined();
  });

  it('have their digest in the end of a table where digests of all are asked for, and none else', () => {
    const digestOf = (checks: Checks): unknown[] =>
      (read(withTrailer(good), checks).read as ({ digest?: string } | undefined)[])
        .map((line) => line?.digest)
        .filter((digest) => digest !== undefined);
    expect(digestOf(all)).toEqual([expect.stringMatching(/^[\da-f]{64}$/), '0'.repeat(64)]);
    expect(digestOf({ sums: true, digests: 'version-1' })).toEqual([]);
    expect(digestOf(sums)).toEqual([]);
  });

  it('name the table that is read, and say what is needed of its rows', () => {
    const { checker } = read(good.slice(0, 3), sums);
    expect([checker.table, checker.facts?.columns.length]).toEqual(['notes', 2]);
    expect([checker.sums, checker.digests]).toEqual([true, false]);
    const version1 = read([{ ...header, version: 1 }], { sums: true, digests: 'version-1' }).checker;
    expect([version1.sums, version1.digests]).toEqual([false, true]);
    expect(read([header], { sums: true, digests: 'version-1' }).checker.digests).toBe(false);
    expect(read([{ ...header, version: 1 }], counts).checker.digests).toBe(false);
  });

  it.each([
    ['no header', good.slice(1), 'its header is not its first line'],
    ['two headers', [header, ...good], 'its header is not its first line'],
    ['another format', instead(0, 1, { ...header, format: 'pg_dump' }), 'it is another kind of file'],
    ['a row before a table', instead(1, 0, [1, 'a']), 'a row stands outside of a table'],
    ['a row behind a table', instead(6, 0, [1, 'a']), 'a row stands outside of a table'],
    ['another table first', instead(1, 1, empty), 'the table empty is not where the header says'],
    ['a table in a table', instead(3, 0, empty), 'the table empty is not where the header says'],
    ['a table more', [...good, notes], 'the table notes is not where the header says'],
    ['a value more', instead(2, 1, [1, 'a', 'b']), 'a row of notes has another number of values', all],
    ['a value less', instead(2, 1, [1]), 'a row of notes has another number of values', all],
    ['a row less', instead(2, 1), 'rows of the table notes are missing'],
    ['a row more', instead(2, 0, [9, '']), 'rows of the table notes are missing'],
    ['another row', instead(2, 1, [1, 'b']), 'the rows of the table notes have another sum'],
    [
      'another sum',
      instead(5, 1, { ...end, sum: sumOf([]) }),
      'the rows of the table notes have another sum',
    ],
    ['no sum', instead(5, 1, { ...end, sum: undefined, digest: 'ab' }), 'the table notes has no sum'],
    [
      'another digest',
      instead(5, 1, { ...end, digest: 'ab' }),
      'the rows of the table notes have another digest',
      all,
    ],
    ['another end', instead(5, 1, emptyEnd), 'the end of the table empty is not where it belongs'],
    ['an end too early', instead(1, 0, end), 'the end of the table notes is not where it belongs'],
    ['no end', withTrailer(good.slice(0, -1)), 'tables are missing'],
    ['a table that does not come', withTrailer(good.slice(0, 6), { tables: 1 }), 'tables are missing'],
    ['another number of tables', withTrailer(good, { tables: 1 }), 'rows are missing'],
    ['another number of rows', withTrailer(good, { rows: 2 }), 'rows are missing'],
    ['another hash', withTrailer(good, { sha256: 'ab' }), 'its digest is another'],
    ['a line behind the last', [...withTrailer(good), end], 'something follows its last line'],
    ['a row behind the last', [...withTrailer(good), [1, 'a']], 'something follows its last line'],
  ] as const)('do not with %s', (_, lines, said, checks: Checks = sums) => {
    expect(why(lines, checks)).toBe(said);
  });

  it('verify by counts alone where sums and digests are not asked for', () => {
    expect(why(withTrailer(instead(2, 1, [1, 'b'])), counts)).toBe('verifies');
    expect(why(withTrailer(instead(5, 1, { ...end, digest: 'ab' })), sums)).toBe('verifies');
  });

  it('of version 1 have digests in the place of sums', () => {
    const digests = (read(withTrailer(good), all).read as ({ digest?: string } | undefined)[]).flatMap(
      (line) => line?.digest ?? [],
    );
    const old = good.map((line) => {
      if (line === header) return { ...header, version: 1 };
      if (line === end) return { ...end, sum: undefined, digest: digests[0] };
      return line === emptyEnd ? { ...emptyEnd, sum: undefined, digest: digests[1] } : line;
    });
    const version1: Checks = { sums: true, digests: 'version-1' };
    expect(why(withTrailer(old), version1)).toBe('verifies');
    expect(why(withTrailer(old.toSpliced(2, 1, [1, 'b'])), version1)).toBe(
      'the rows of the table notes have another digest',
    );
    expect(why(old.toSpliced(5, 1, { ...end, digest: undefined }), version1)).toBe(
      'the table notes has no sum',
    );
  });

  it('of a version that is new are told, with who wrote them', () => {
    expect(() => read([{ ...header, version: 3, tool: 'tmi-dbtool 9.1.0' }], sums)).toThrow(
      expect.objectContaining({
        code: 'backup/unknown-version',
        message: 'The backup has version 3 of the format, and this tool reads 1 and 2',
        hint: 'It was written by tmi-dbtool 9.1.0; use that version or a later one.',
      }),
    );
  });

  it('that later writers add stand between tables', () => {
    const at = (lines: readonly object[]): string => {
      const { checker } = read(lines, sums);
      try {
        checker.optionalLine();
        return 'taken';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const refused = 'The backup does not verify: a line is not where it belongs';
    expect([[], good.slice(0, 1), good.slice(0, 3), good.slice(0, 6), withTrailer(good)].map(at)).toEqual([
      refused,
      'taken',
      refused,
      'taken',
      refused,
    ]);
  });

  it('name no table that SQLite keeps for itself, where it is SQLite’s', () => {
    const own = (engine: string): string =>
      why([
        { ...header, source: { ...header.source, engine }, tables: ['SQLITE_sequence'] },
        { ...facts, name: 'SQLITE_sequence' },
      ]);
    expect(own('sqlite')).toBe('it has a table SQLITE_sequence, a name that its engine keeps for itself');
    expect(own('postgres')).toBe('verifies');
  });
});
