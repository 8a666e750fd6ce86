import { describe, expect, it } from 'vitest';
import { fitBackup } from '../../src/backup/fit.js';
import type { BackupTable } from '../../src/backup/format.js';
import { assertHistoryMayGo, historyAtRisk } from '../../src/backup/history.js';
import type { ColumnFacts, SchemaFacts, TableFacts, Transfer } from '../../src/database/index.js';

const inBackup = (name: string, ...columns: string[]): BackupTable => ({
  type: 'table',
  name,
  columns: columns.map((each) => ({ name: each, kind: 'text', type: 'text', nullable: true })),
  primaryKey: [],
  foreignKeys: [],
  counters: [],
});

const column = (name: string, facts: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  kind: 'text',
  type: 'text',
  nullable: true,
  hasDefault: false,
  generated: false,
  ...facts,
});

const inDatabase = (name: string, ...columns: (string | ColumnFacts)[]): TableFacts =>
  ({
    name,
    columns: columns.map((each) => (typeof each === 'string' ? column(each) : each)),
  }) as unknown as TableFacts;

/** Pairs as `backup table -> table: column -> column`, and what is in the way. */
function fitted(backup: readonly BackupTable[], database: readonly TableFacts[]): [string[], string[]] {
  const { pairs, findings } = fitBackup(backup, { tables: database } as unknown as SchemaFacts);
  return [
    pairs.map(
      (pair) =>
        `${pair.backup.name} -> ${pair.target.name}: ${pair.columns.map(({ backup: from, target }) => `${from.name} -> ${target.name}`).join(', ')}`,
    ),
    findings.map(({ code, severity, message, hint }) =>
      [severity, code, message, hint].filter((part) => part !== undefined).join(' | '),
    ),
  ];
}

const unclear =
  'Names that differ in their case alone are taken for each other only where there is one of each.';
const found = (message: string, hint?: string): string =>
  `error | backup/not-fitting | ${message}${hint === undefined ? '' : ` | ${hint}`}`;

describe('a backup beside a database', () => {
  it('finds tables and columns by their names, in whatever order and case', () => {
    expect(
      fitted(
        [inBackup('users', 'id', 'Name'), inBackup('notes', 'id')],
        [inDatabase('NOTES', 'ID'), inDatabase('users', 'NAME', 'id', 'since'), inDatabase('others', 'id')],
      ),
    ).toEqual([['users -> users: id -> id, Name -> NAME', 'notes -> NOTES: id -> ID'], []]);
  });

  it('says what is not there', () => {
    expect(
      fitted([inBackup('users', 'id', 'name'), inBackup('gone', 'id')], [inDatabase('users', 'id')]),
    ).toEqual([
      ['users -> users: id -> id'],
      [
        found('The table users has no column name, which the backup fills'),
        found('The database has no table gone', 'Start the server once: it creates its tables.'),
      ],
    ]);
  });

  it('says where it could mean several', () => {
    expect(
      fitted(
        [inBackup('users', 'id'), inBackup('notes', 'body')],
        [inDatabase('Users', 'id'), inDatabase('USERS', 'id'), inDatabase('notes', 'Body', 'BODY')],
      ),
    ).toEqual([
      ['notes -> notes: '],
      [
        found('The database has no table users; it has Users and USERS, in another case', unclear),
        found('The table notes has no column body, which the backup fills', unclear),
      ],
    ]);
  });

  it('says which columns would be left without a value', () => {
    const table = inDatabase(
      'users',
      'id',
      column('needed', { nullable: false }),
      column('counted', { nullable: false, hasDefault: true }),
      column('computed', { nullable: false, generated: true }),
      column('free'),
      column('FILLED', { nullable: false }),
    );
    expect(fitted([inBackup('users', 'id', 'filled')], [table])).toEqual([
      ['users -> users: id -> id, filled -> FILLED'],
      [found('The table users needs a value for its column needed, and the backup has none')],
    ]);
  });

  it('knows no table of the tool itself', () => {
    expect(
      fitted([inBackup('tmi_dbtool_receipts', 'id')], [inDatabase('tmi_dbtool_receipts', 'id')]),
    ).toEqual([
      [],
      [
        found(
          'The database has no table tmi_dbtool_receipts',
          'Start the server once: it creates its tables.',
        ),
      ],
    ]);
  });

  it('has names of its own where somebody gives them', () => {
    const names = {
      table: (name: string) => `${name}~2`,
      column: (table: string, name: string) => `${table}.${name}`,
    };
    const { pairs, findings } = fitBackup(
      [inBackup('users', 'id')],
      { tables: [inDatabase('users', 'id'), inDatabase('users~2', 'users.id')] } as unknown as SchemaFacts,
      names,
    );
    expect(findings).toEqual([]);
    expect(pairs.map(({ target, columns }) => [target.name, columns[0]?.target.name])).toEqual([
      ['users~2', 'users.id'],
    ]);
  });
});

describe('rows that triggers guard', () => {
  const [audit, log] = [inDatabase('audit', 'id'), inDatabase('log', 'id')];
  const guard = (table: string, ...switchOff: string[]) => ({ table, triggers: ['keep', 'hold'], switchOff });
  const transfer = {
    guards: (tables: readonly string[]) =>
      Promise.resolve(
        ['audit', 'log', 'elsewhere']
          .filter((each) => tables.includes(each) || each === 'elsewhere')
          .map((each) => guard(each)),
      ),
    countRows: ({ name }: TableFacts) => Promise.resolve(name === 'audit' ? 5 : 0),
  } as unknown as Transfer;

  it('are history where there are any, with how many no backup holds', async () => {
    const unsaved = await historyAtRisk(transfer, [audit, log], ({ name }, rows) =>
      name === 'audit' ? rows - 2 : 9,
    );
    expect(unsaved).toEqual([{ ...guard('audit'), rows: 5, unsaved: 3 }]);
  });

  const history = [
    { ...guard('audit', 'off audit'), rows: 5, unsaved: 3 },
    { ...guard('log', 'off log', 'off log too'), rows: 1, unsaved: 0 },
  ];

  it('may not go unless somebody says so', () => {
    expect(() => assertHistoryMayGo([], false)).not.toThrow();
    expect(() => assertHistoryMayGo(history, false)).toThrow(
      expect.objectContaining({
        code: 'backup/history',
        message: 'Triggers guard the rows of audit, log against deletion; nothing was changed',
        hint: 'They are the history of the server. If they may go: --discard-history, beside the confirmation.',
        diagnostics: [
          {
            code: 'backup/history',
            severity: 'error',
            message: 'audit: 5 rows, of which the backup does not hold 3; guarded by keep, hold',
          },
          {
            code: 'backup/history',
            severity: 'error',
            message: 'log: 1 rows, of which the backup does not hold 0; guarded by keep, hold',
          },
        ],
      }),
    );
  });

  it('may go then, unless the engine needs the owner for it', () => {
    expect(() => assertHistoryMayGo([{ ...guard('audit'), rows: 5, unsaved: 3 }], true)).not.toThrow();
    expect(() => assertHistoryMayGo(history, true)).toThrow(
      expect.objectContaining({
        code: 'backup/history',
        message:
          'The engine cannot let the triggers of audit, log rest for the time of this run; nothing was changed',
        hint: 'As the owner of the tables: off audit; off log; off log too. Run the command again, and put the triggers back.',
      }),
    );
  });
});
