import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupBytes, readBackupFile } from '../../src/backup/index.js';
import { readBackup } from '../../src/backup/read.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { testEngines, type TestEngine } from '../support/database.js';
import { whyMissing } from '../support/servers/index.js';
import { noSignal, restore } from './library.js';
import { createSchema, tables } from './schema.js';

// Files that the tool wrote when version 1 was the only one. They are never made anew.
const fixture = (name: string): string =>
  join(import.meta.dirname, '../../fixtures/backup/v1', `${name}.jsonl.gz`);
const key = Buffer.alloc(32, 7);

const files = [
  { file: fixture('sqlite'), engine: 'sqlite', rows: 58, withKey: undefined },
  { file: `${fixture('sqlite')}.enc`, engine: 'sqlite', rows: 58, withKey: key },
  { file: fixture('postgres'), engine: 'postgres', rows: 57, withKey: undefined },
  { file: fixture('mysql'), engine: 'mysql', rows: 57, withKey: undefined },
] as const;

const present = (engine: TestEngine): boolean => engine === 'sqlite' || whyMissing(engine) === undefined;

describe.each(files)('$file', ({ file, engine, rows, withKey }) => {
  it('verifies, digests included', async () => {
    const backup = await readBackupFile(file, withKey, noSignal);
    expect(backup.header.version).toBe(1);
    expect(backup).toMatchObject({ rows, encrypted: withKey !== undefined, source: { engine } });
    expect(backup.tables).toHaveLength(tables.length);
    for (const table of backup.tables) expect(table.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  // What SQLite keeps against a column's type goes into no other engine.
  const targets = engine === 'sqlite' ? ([engine] as const) : testEngines;
  it.for(targets.filter(present))('goes back into %s', async (to) => {
    const url = await freshUrl(to);
    await createSchema(to, url);
    const database = await connect(url);
    const plan = await restore(database, file, { key: withKey });
    expect(plan.backup.rows).toBe(rows);
    const [row] = await queryRows(database, `select a_text as text from every_type where id = 'd'`);
    expect(row?.['text']).toBe('two\nlines\r\n\tand "quotes" \\ \' ? :x $1');
  });
});

it('keeps what SQLite held against the types of its columns', async () => {
  const { events } = await readBackup(backupBytes(fixture('sqlite')), undefined, noSignal);
  const odd: unknown[] = [];
  for await (const event of events) {
    if (event.type === 'rows') odd.push(...event.rows.filter(([id]) => id === 'odd'));
  }
  expect(odd).toEqual([
    [
      'odd',
      { text: 'seven' },
      null,
      { binary: 'AP8=' },
      null,
      { integer: '7' },
      null,
      null,
      { text: 'text in a blob' },
      { text: '2026-01-02T10:00:00Z' },
      null,
      null,
      null,
    ],
  ]);
});
