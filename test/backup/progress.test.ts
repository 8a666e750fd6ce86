import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  backupBytes,
  performReset,
  verifyBackup,
  writeBackupFile,
  type Progress,
} from '../../src/backup/index.js';
import { connect, freshUrl } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { withDatabase } from '../support/rows.js';
import { folder, noSignal, restore } from './library.js';

const ROWS = 3000;

const shares = (reports: readonly Progress[]): (number | undefined)[] => reports.map(({ share }) => share);

describeEngines((engine) => {
  it('reading back, verifying and emptying say how far they are', async () => {
    const url = await freshUrl(engine);
    await withDatabase(engine, url, async (statement) => {
      for (const table of ['one', 'two'])
        await statement(`create table ${table} (id integer primary key, v varchar(40))`);
    });
    const database = await connect(url);
    for (let start = 0; start < ROWS; start += 500) {
      const rows = Array.from({ length: 500 }, (_, index) => ({
        id: start + index,
        v: Math.random().toString(36),
      }));
      for (const table of ['one', 'two']) await database.knex(table).insert(rows);
    }
    const file = join(folder(), 'backup');
    let reports: Progress[] = [];
    const onProgress = (progress: Progress): void => void reports.push(progress);
    await writeBackupFile(
      { database, selection: { scope: 'all' }, tool: 'test', now: new Date(), signal: noSignal, onProgress },
      file,
      { name: file, overwrite: false, inUse: [] },
    );
    const back = reports.filter(({ table }) => table === 'reading back');
    expect(back.length).toBeGreaterThan(0);
    expect(shares(back).at(-1)).toBe(1);
    expect(back.at(-1)?.bytes).toBeGreaterThan(2 * ROWS * 8);

    reports = [];
    await verifyBackup(backupBytes(file), undefined, noSignal, onProgress, { size: statSync(file).size });
    expect(shares(reports).at(-1)).toBe(1);
    expect(shares(reports)).toEqual(shares(reports).toSorted());
    expect(reports.at(-1)?.rows).toBe(2 * ROWS);

    const emptied = (): string[] =>
      reports.flatMap(({ table }) => /^emptying (.*)/.exec(table)?.[1]?.toLowerCase() ?? []);
    // PostgreSQL empties all tables at once, whatever they hold.
    const oneByOne = engine === 'postgres' ? [] : ['one', 'two'];
    reports = [];
    await restore(database, file, { replace: true, onProgress });
    expect(emptied().toSorted()).toEqual(oneByOne);
    const last = reports.filter(({ table }) => table.startsWith('emptying')).at(-1);
    expect(last === undefined ? undefined : [last.rows, last.totalRows]).toEqual(
      engine === 'postgres' ? undefined : [ROWS, 2 * ROWS],
    );
    reports = [];
    await performReset(database, 'data', noSignal, { onProgress });
    expect(emptied().toSorted()).toEqual(oneByOne);
  });
});
