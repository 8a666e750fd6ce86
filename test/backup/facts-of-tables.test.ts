import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TablePair } from '../../src/backup/fit.js';
import type { BackupTable } from '../../src/backup/format.js';
import { matchNames } from '../../src/backup/names.js';
import { orderTables } from '../../src/backup/order.js';
import {
  assertPointsSomewhere,
  primaryKeyOf,
  scratchForeignKeys,
} from '../../src/backup/scratch-foreign-keys.js';
import { scratchNames } from '../../src/backup/scratch-names.js';
import { spool } from '../../src/backup/spool.js';
import { assertPassable, brokenIn, toleratedIn } from '../../src/backup/tolerated.js';
import { assertUnfiltered } from '../../src/backup/unfiltered.js';
import type { Transfer } from '../../src/database/index.js';
import { ToolError } from '../../src/errors/index.js';
import { connectFresh } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { noSignal } from './library.js';

type Key = BackupTable['foreignKeys'][number];

const foreignKey = (
  name: string,
  columns: string[],
  references: string,
  referencedColumns: string[],
): Key => ({
  name,
  columns,
  references,
  referencedColumns,
  deferrable: false,
});

function table(name: string, columns: string[], more: Partial<BackupTable> = {}): BackupTable {
  return {
    type: 'table',
    name,
    columns: columns.map((each) => ({ name: each, kind: 'text', type: 'text', nullable: true })),
    primaryKey: [columns[0] as string],
    foreignKeys: [],
    counters: [],
    ...more,
  };
}

describe('names that stand for one', () => {
  it.each([
    ['letter for letter', ['a', 'B'], ['B', 'a', 'c'], { a: 'a', B: 'B' }, {}],
    ['in another case', ['users', 'NOTES'], ['USERS', 'notes'], { users: 'USERS', NOTES: 'notes' }, {}],
    [
      'of several, the one that is written so',
      ['users', 'USERS'],
      ['users', 'USERS'],
      { users: 'users', USERS: 'USERS' },
      {},
    ],
    ['wanted twice', ['a', 'a'], ['A'], { a: 'A' }, {}],
    ['there twice', ['a'], ['A', 'A'], { a: 'A' }, {}],
    ['or for several', ['users'], ['Users', 'USERS'], {}, { users: ['Users', 'USERS'] }],
    [
      'or of which several stand for one',
      ['users', 'Users'],
      ['USERS'],
      {},
      { users: ['USERS'], Users: ['USERS'] },
    ],
    [
      'or for one that another is, too',
      ['users', 'USERS'],
      ['USERS'],
      { USERS: 'USERS' },
      { users: ['USERS'] },
    ],
    ['or for none', ['a'], ['b'], {}, {}],
  ] as const)('%s', (_, wanted, present, found, unclear) => {
    const match = matchNames(wanted, present);
    expect([Object.fromEntries(match.found), Object.fromEntries(match.unclear)]).toEqual([found, unclear]);
  });
});

describe('names in a scratch file', () => {
  const names = scratchNames([
    table('Users', ['id', 'ID', 'Id', 'id~2']),
    table('users', ['a']),
    table('USERS', []),
    table('users~2', ['A']),
  ]);

  it('differ by more than their case, and by a number where they would not', () => {
    expect(['Users', 'users', 'USERS', 'users~2'].map((name) => names.table(name))).toEqual([
      'Users',
      'users~3',
      'USERS~4',
      'users~2',
    ]);
    expect(['id', 'ID', 'Id', 'id~2'].map((name) => names.column('Users', name))).toEqual([
      'id',
      'ID~3',
      'Id~4',
      'id~2',
    ]);
    expect(names.column('users', 'a')).toBe('a');
  });

  it('are what they are where nothing is known of them', () => {
    expect([names.table('other'), names.column('other', 'id'), names.column('users', 'b')]).toEqual([
      'other',
      'id',
      'b',
    ]);
  });
});

describe('the order of tables', () => {
  it('says which keys point at a later table or at their own', () => {
    const own = foreignKey('own', ['up'], 'a', ['id']);
    const later = foreignKey('later', ['b'], 'b', ['id']);
    const back = foreignKey('back', ['a'], 'a', ['id']);
    const elsewhere = { ...foreignKey('elsewhere', ['x'], '', ['id']), references: undefined };
    const { tables, circular } = orderTables([
      table('b', ['id'], { foreignKeys: [back] }),
      table('a', ['id'], { foreignKeys: [own, later, elsewhere] }),
      table('c', ['id'], { foreignKeys: [back] }),
    ]);
    expect(tables.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(circular).toEqual([
      { table: 'a', key: own },
      { table: 'a', key: later },
    ]);
  });
});

describe('foreign keys of a scratch file', () => {
  const parent = table('parents', ['id', 'part', 'code'], { primaryKey: ['id', 'part'] });

  it('are declared where they point at a primary key, in whatever order, asked about elsewhere, and else left out', () => {
    const primary = foreignKey('primary', ['b', 'a'], 'parents', ['part', 'id']);
    const code = foreignKey('code', ['a'], 'parents', ['code']);
    const half = foreignKey('half', ['a'], 'parents', ['id']);
    const child = table('children', ['a', 'b'], {
      foreignKeys: [
        primary,
        code,
        half,
        foreignKey('uneven', ['a', 'b'], 'parents', ['code']),
        foreignKey('no column', ['x'], 'parents', ['code']),
        foreignKey('no column there', ['a'], 'parents', ['x']),
        foreignKey('one column of two', ['a', 'x'], 'parents', ['id', 'part']),
        foreignKey('no table', ['a'], 'others', ['id']),
      ],
    });
    expect(scratchForeignKeys(child, [parent, child])).toEqual({ declared: [primary], asked: [code, half] });
  });

  it('know a primary key whose columns are all in the backup, and no other', () => {
    expect(primaryKeyOf(parent)).toEqual(['id', 'part']);
    expect(primaryKeyOf({ ...parent, primaryKey: ['id', 'hidden'] })).toEqual([]);
  });

  /** Two tables whose key points at no primary key, with these rows. */
  async function pointing(
    parents: readonly string[],
    children: readonly (string | null)[],
    more: Partial<BackupTable> = {},
  ): Promise<unknown> {
    const database = await connectFresh('sqlite');
    await database.knex.raw('create table "People" (id int, code text)');
    await database.knex.raw('create table notes (id int, "of" text)');
    for (const code of parents) await database.knex('People').insert({ id: 1, code });
    for (const code of children) await database.knex('notes').insert({ id: 1, of: code });
    const tables = [
      table('People', ['id', 'code']),
      table('notes', ['id', 'of'], {
        foreignKeys: [foreignKey('of_code', ['of'], 'People', ['code'])],
        ...more,
      }),
    ];
    return assertPointsSomewhere(database, tables, scratchNames(tables)).then(
      () => 'fine',
      (error: unknown) => error,
    );
  }

  it('that are asked about point somewhere, at nothing, or at what a collation takes for the same', async () => {
    expect(await pointing(['a', 'b'], ['a', null, 'b', 'a'])).toBe('fine');
    expect(await pointing([], [null])).toBe('fine');
    expect(await pointing(['Äpfel'], ['apfel  '])).toBe('fine');
    expect(await pointing(['a'], ['a', 'c'])).toMatchObject({
      code: 'backup/broken-foreign-key',
      message: 'Rows would point at rows that are not there: notes -> People (of_code)',
      hint: 'Take another backup, of all tables.',
    });
  });

  it('may point at nothing where the backup says so, of this key', async () => {
    const broken = (name: string, kind: 'foreign key' | 'check'): Promise<unknown> =>
      pointing(['a'], ['c'], { broken: [{ name, kind }] });
    expect(await broken('of_code', 'foreign key')).toBe('fine');
    expect(await broken('other', 'foreign key')).toBeInstanceOf(ToolError);
    expect(await broken('of_code', 'check')).toBeInstanceOf(ToolError);
    const several = ['other', 'of_code'].map((name) => ({ name, kind: 'foreign key' }) as const);
    expect(await pointing(['a'], ['c'], { broken: several })).toBe('fine');
  });
});

describe('what rows do not satisfy', () => {
  const key = foreignKey('in_the_backup', ['team', 'kind'], 'teams', ['id', 'kind']);
  const backup = table('users', ['id', 'team', 'kind', 'boss'], {
    foreignKeys: [key, foreignKey('boss', ['boss'], 'users', ['id'])],
    broken: [
      { name: 'in_the_backup', kind: 'foreign key' },
      { name: 'positive', kind: 'check' },
      { name: 'gone', kind: 'foreign key' },
    ],
  });

  it('is named by the table, and by where a key points', () => {
    expect(brokenIn(backup)).toEqual([
      { table: 'users', name: 'in_the_backup', kind: 'foreign key', references: 'teams' },
      { table: 'users', name: 'positive', kind: 'check' },
      { table: 'users', name: 'gone', kind: 'foreign key' },
    ]);
    expect(brokenIn(table('users', ['id']))).toEqual([]);
  });

  it('is tolerated under the names of the database, whose keys are known by their columns', () => {
    const ofTarget = [
      foreignKey('by_name', ['TEAM', 'KIND'], 'TEAMS', ['ID', 'KIND']),
      foreignKey('other_order', ['KIND', 'TEAM'], 'TEAMS', ['ID', 'KIND']),
      foreignKey('other', ['BOSS'], 'USERS', ['ID']),
    ];
    const pair = {
      backup,
      target: { name: 'USERS', foreignKeys: ofTarget },
      columns: backup.columns.map((column) => ({
        backup: column,
        target: { name: column.name.toUpperCase() },
      })),
    } as unknown as TablePair;
    const untouched = { ...pair, backup: table('notes', ['id']) };
    expect(toleratedIn([pair, untouched])).toEqual([
      { table: 'USERS', name: 'by_name', kind: 'foreign key', references: 'TEAMS' },
      { table: 'USERS', name: 'positive', kind: 'check' },
    ]);
  });

  it('is told with what the owner types where the engine asks it of every row', () => {
    expect(() => assertPassable([])).not.toThrow();
    const stiff = (name: string) =>
      ({ table: 'users', name, kind: 'check', switchOff: `off ${name}`, putBack: `on ${name}` }) as const;
    expect(() => assertPassable([stiff('a'), stiff('b')])).toThrow(
      expect.objectContaining({
        code: 'backup/stiff-constraint',
        message:
          'Rows of the backup do not satisfy users (check a), users (check b), which the engine asks of every row that is written; nothing was changed',
        hint: 'As the owner of the tables: off a; off b. Run the command again, then on a; on b.',
      }),
    );
  });
});

describe('rows that a database hides', () => {
  const asked = (filters: readonly object[]): Promise<void> =>
    assertUnfiltered({ filters: () => Promise.resolve(filters) } as unknown as Transfer, ['users', 'teams']);

  it('are no matter where there are none', async () => {
    await expect(asked([])).resolves.toBeUndefined();
  });

  it('are told, each table and each way out once', async () => {
    const error = await failure(
      asked([
        { table: 'users', by: 'the policy tenants', wayOut: 'Grant BYPASSRLS.' },
        { table: 'users', by: 'the mask of email', wayOut: 'Grant UNMASK.' },
        { table: 'teams', by: 'the policy tenants', wayOut: 'Grant BYPASSRLS.' },
      ]),
    );
    expect(error).toMatchObject({
      code: 'database/permission',
      message: 'The database shows this user not all of what is in users, teams',
      hint: 'Some of the rows, or other values, would not do. Grant BYPASSRLS. Grant UNMASK.',
    });
    // In the order of their words, where they have no place.
    expect(error.diagnostics.map(({ message, severity }) => `${severity} ${message}`)).toEqual([
      'error teams: the policy tenants',
      'error users: the mask of email',
      'error users: the policy tenants',
    ]);
  });
});

describe('a stream that is kept', () => {
  const keep = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-spool-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  async function* chunks(...parts: readonly (Buffer | Error)[]): AsyncGenerator<Buffer> {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      yield await Promise.resolve(part);
    }
  }
  const large = Buffer.alloc(700_000, 'abcdefghijk');

  it('is read as often as one likes, and leaves no name in its folder', async () => {
    const folder = keep();
    const kept = await spool(chunks(Buffer.from('begin'), large, Buffer.from('end')), folder, noSignal);
    expect(kept.size).toBe(700_008);
    expect(readdirSync(folder)).toEqual([]);
    for (const round of [1, 2]) {
      const parts: Buffer[] = [];
      for await (const part of kept.open()) parts.push(Buffer.from(part));
      expect([
        round,
        Buffer.concat(parts).equals(Buffer.concat([Buffer.from('begin'), large, Buffer.from('end')])),
      ]).toEqual([round, true]);
    }
    await kept.close();
  });

  it('says what is to be done where it cannot be kept', async () => {
    const folder = join(keep(), 'none');
    expect(await failure(spool(chunks(large), folder, noSignal))).toMatchObject({
      code: 'backup/cannot-write',
      message: `The backup cannot be kept in ${folder} while it is read (ENOENT)`,
      hint: 'It is read twice. Free some space, or name another folder in TMPDIR. Nothing was changed.',
    });
  });

  it.each([
    ['a fault of the tool', new ToolError('backup/damaged', 'not good')],
    ['a fault of the stream', new Error('cut off')],
    ['a fault of reading', Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' })],
  ])('hands on %s as it is, and leaves nothing', async (_, fault) => {
    const folder = keep();
    await expect(spool(chunks(large, fault), folder, noSignal)).rejects.toBe(fault);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends where somebody stops it', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(spool(chunks(large), keep(), stop.signal)).rejects.toThrow('stopped');
  });
});
