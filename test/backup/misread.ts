import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Database, DatabaseSession } from '../../src/database/contract.js';
import { textOf } from '../../src/database/portable.js';
import type { ColumnFacts, PortableRow, PortableValue, ValueKind } from '../../src/database/schema-facts.js';
import { failure } from '../support/errors.js';
import { backup, folder } from './library.js';

const plain = (value: PortableValue): string => textOf(value) ?? '';

/** UTF-8 that was taken for another encoding; a plain text loses its end. */
function spoiled(text: string): string {
  const latin = Buffer.from(text, 'utf8').toString('latin1');
  return latin === text ? text.slice(0, -1) : latin;
}

/** The value that a broken decoder of the kind would give. */
const faults: Readonly<Record<ValueKind, (value: Exclude<PortableValue, null>) => PortableValue>> = {
  integer: (value) => (typeof value === 'number' ? value + 1 : `${BigInt(plain(value)) + 1n}`),
  decimal: (value) => plain(value).replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  float: () => 0.25,
  boolean: (value) => value !== true,
  text: (value) => spoiled(plain(value)),
  binary: (value) => Buffer.from(`${plain(value)}x`, 'utf8').toString('base64'),
  timestamp: (value) => plain(value).replace('2026', '2025').replace('.123456', '.123'),
  date: (value) => plain(value).replace(/29$/, '28'),
  time: (value) => plain(value).replace(/59/, '58'),
  uuid: (value) => plain(value).replace(/^1/, '2'),
  json: (value) => Buffer.from(plain(value), 'utf8').toString('latin1').replace('1', '2'),
  array: (value) => (Array.isArray(value) ? [...(value as PortableValue[]), 'more'] : value),
};

/** A session whose decoder for one column is broken: in its first row alone. */
export function broken(
  session: DatabaseSession,
  column: ColumnFacts,
  fault = faults[column.kind],
): DatabaseSession {
  const { transfer } = session;
  /** Spoils the first value of the column that comes by. */
  const spoiler = (columns: readonly ColumnFacts[]): ((row: PortableRow) => PortableRow) => {
    const at = columns.findIndex(({ name }) => name === column.name);
    let isDone = false;
    return (row) => {
      const value = row[at] ?? null;
      if (isDone || value === null || (typeof value === 'object' && !Array.isArray(value))) return row;
      isDone = true;
      return row.map((each, index) => (index === at ? fault(value as Exclude<PortableValue, null>) : each));
    };
  };
  return {
    ...session,
    transfer: {
      ...transfer,
      async *readRows(table, columns = table.columns) {
        const spoil = spoiler(columns);
        for await (const rows of transfer.readRows(table, columns)) yield rows.map(spoil);
      },
      async *readBlocks(table, columns = table.columns, ...others) {
        const spoil = spoiler(columns);
        for await (const block of transfer.readBlocks(table, columns, ...others)) {
          const texts = block.lines.toString().trimEnd().split('\n');
          const rows = texts.map((line) => spoil(JSON.parse(line) as PortableRow));
          const lines = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
          yield { ...block, lines, ...(block.rows && { rows }) };
        }
      },
    },
  };
}

/**
 * The tests of one engine.
 * @param world a database with the one table `everything`, which has columns of every kind and values at their edges
 * @param unchecked names of columns that the engine has no second way for
 */
export function misreadTests(world: () => Promise<Database>, unchecked: readonly string[] = []): void {
  it('holds every column against what the engine says of it', async () => {
    const database = await world();
    const { tables } = await database.transfer.inspect();
    const result = await backup(database, join(folder(), 'b'));
    expect(result.tables.map(({ name }) => name.toLowerCase())).toEqual(['everything']);
    expect(result.unconfirmed.map((name) => name.toLowerCase())).toEqual(
      unchecked.map((name) => `everything.${name}`),
    );
    expect(tables[0]?.columns.length).toBeGreaterThan(10);
  });

  it('notices a fault in the way that values of a column are read, and names it', async () => {
    const database = await world();
    const columns = (await database.transfer.inspect()).tables[0]?.columns ?? [];
    const file = join(folder(), 'b');
    for (const column of columns.filter(({ name }) => !unchecked.includes(name.toLowerCase()))) {
      const error = await database.snapshot((session) =>
        failure(backup(database, file, { session: broken(session, column) })).catch((error: unknown) => {
          throw new Error(`column ${column.name}`, { cause: error });
        }),
      );
      expect([column.name, error.code, error.message.includes(column.name)]).toEqual([
        column.name,
        'backup/misread',
        true,
      ]);
    }
  });
}
