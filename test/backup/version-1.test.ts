import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupBytes, readBackupFile, type BackupKeys } from '../../src/backup/index.js';
import { readBackup } from '../../src/backup/read.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { testEngines, type TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
import { folder, noSignal, restore } from './library.js';
import { createSchema, tables } from './schema.js';

// Files that the tool wrote when version 1 was the only one. They are never made anew.
const fixture = (name: string): string =>
  join(import.meta.dirname, '../../fixtures/backup/v1', `${name}.jsonl.gz`);
const key = Buffer.alloc(32, 7);

const files = [
  { file: fixture('sqlite'), engine: 'sqlite', rows: 58, withKeys: undefined },
  { file: `${fixture('sqlite')}.enc`, engine: 'sqlite', rows: 58, withKeys: { key } },
  { file: fixture('postgres'), engine: 'postgres', rows: 57, withKeys: undefined },
  { file: fixture('mysql'), engine: 'mysql', rows: 57, withKeys: undefined },
] as const;

const present = (engine: TestEngine): boolean => engine === 'sqlite' || whyMissing(engine) === undefined;

describe.each(files)('$file', ({ file, engine, rows, withKeys }) => {
  it('verifies, digests included', async () => {
    const backup = await readBackupFile(file, withKeys, noSignal);
    expect(backup.header.version).toBe(1);
    expect(backup).toMatchObject({ rows, encrypted: withKeys !== undefined, source: { engine } });
    expect(backup.tables).toHaveLength(tables.length);
    for (const table of backup.tables) expect(table.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  // What SQLite keeps against a column's type goes into no other engine.
  const targets = engine === 'sqlite' ? ([engine] as const) : testEngines;
  it.for(targets.filter(present))('goes back into %s', async (to) => {
    const url = await freshUrl(to);
    await createSchema(to, url);
    const database = await connect(url);
    const plan = await restore(database, file, { keys: withKeys });
    expect(plan.backup.rows).toBe(rows);
    const [row] = await queryRows(database, `select a_text as text from every_type where id = 'd'`);
    expect(row?.['text']).toBe('two\nlines\r\n\tand "quotes" \\ \' ? :x $1');
  });
});

describe('an encrypted file', () => {
  const bytes = readFileSync(`${fixture('sqlite')}.enc`);
  const verify = async (changed: Buffer, keys?: BackupKeys): Promise<string> => {
    const file = join(folder(), 'backup');
    writeFileSync(file, changed);
    return (await failure(readBackupFile(file, keys, noSignal))).code;
  };

  it('needs its key', async () => {
    expect(await verify(bytes)).toBe('backup/key');
    expect(await verify(bytes, { key: Buffer.alloc(32, 8) })).toBe('backup/key');
  });

  it('cannot be cut off or changed unseen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (at) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ 1;
        expect(['backup/damaged', 'backup/key']).toContain(await verify(changed, { key }));
        expect(['backup/damaged', 'backup/key']).toContain(await verify(bytes.subarray(0, at), { key }));
      }),
      { numRuns: 30 },
    );
  });
});

it('finds a row of version 1 that is another, by the digest alone', async () => {
  const text = gunzipSync(readFileSync(fixture('sqlite'))).toString('utf8');
  const changed = text.replace('"note 44"', '"note 45"');
  const cut = changed.lastIndexOf('\n', changed.length - 2) + 1;
  const trailer = JSON.parse(changed.slice(cut)) as Record<string, unknown>;
  trailer['sha256'] = createHash('sha256').update(changed.slice(0, cut)).digest('hex');
  const file = join(folder(), 'backup');
  writeFileSync(file, gzipSync(`${changed.slice(0, cut)}${JSON.stringify(trailer)}\n`));
  const error = await failure(readBackupFile(file, undefined, noSignal));
  expect(error.message).toContain('the rows of the table entity_44 have another digest');
});

it('keeps what SQLite held against the types of its columns', async () => {
  const { events } = await readBackup(backupBytes(fixture('sqlite')), undefined, noSignal, {
    values: true,
  });
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
