import type BetterSqlite3 from 'better-sqlite3';
import { quoteStandard } from '../../insert.js';
import { rowTooLarge } from '../../row-size.js';
import type { ColumnFacts, TableFacts } from '../../schema-facts.js';

/**
 * Looks for a row that is too large before any is read: the driver ends the process with a value that no text can hold.
 * SQLite knows lengths without reading the values, and nothing is asked of a file that is smaller.
 * @param where SQL for the rows that are meant
 * @throws ToolError `backup/too-large`
 */
export function refuseTooLarge(
  handle: BetterSqlite3.Database,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  most: number,
  where = 'true',
): void {
  const size = handle
    .prepare('select page_count * page_size from pragma_page_count, pragma_page_size')
    .pluck()
    .get();
  if (columns.length === 0 || Number(size) <= most) return;
  const lengths = columns.map(({ name }) => {
    const column = quoteStandard(name);
    // Bytes are written in base64.
    return `ifnull(octet_length(${column}) * iif(typeof(${column}) = 'blob', 4, 3) / 3, 0)`;
  });
  const sum = lengths.join(' + ');
  const texts = columns.map(({ name }) => `substr(cast(${quoteStandard(name)} as text), 1, 100)`);
  const row = handle
    .prepare(
      `select ${[...lengths, ...texts].join(', ')} from ${quoteStandard(table.name)} where (${where}) and ${sum} > ? limit 1`,
    )
    .raw()
    .get(most) as (number | string | null)[] | undefined;
  if (!row) return;
  const sizes = columns.map((_, index) => {
    const text = row[columns.length + index];
    return { bytes: Number(row[index]), text: text === null ? undefined : String(text) };
  });
  throw rowTooLarge(table, columns, sizes, most);
}
