import type { Knex } from 'knex';
import type { Client } from 'pg';
import { quoteStandard } from '../../insert.js';
import { rowTooLarge } from '../../row-size.js';
import type { ColumnFacts, TableFacts } from '../../schema-facts.js';
import { OversizedRow } from './copy.js';

/** The server's own limit for the text of a row, about 1 GB: `program_limit_exceeded`, or an allocation of its own that it refuses. */
const beyondServer: ReadonlySet<unknown> = new Set(['54000', 'XX000']);

/** Bytes on disk below which no table holds a row of 1 GB: LZ4 packs no more than 255 bytes into one. */
const MAY_HOLD_GIGABYTE = 2_000_000;

/** What the work does with a transaction that a refused row would end. */
const SAVEPOINT = 'tmi_dbtool_rows';

/** Bytes of a value as text, without reading it where the server knows the length. */
function lengthOf({ name, kind }: ColumnFacts): string {
  const column = quoteStandard(name);
  if (kind === 'binary') return `octet_length(${column}) * 2::bigint`;
  return kind === 'text' ? `octet_length(${column}::text)::bigint` : `pg_column_size(${column})::bigint`;
}

/** The largest row of a table, by what the server knows of its lengths. */
async function largestRow(
  knex: Knex,
  source: string,
  columns: readonly ColumnFacts[],
): Promise<OversizedRow['values']> {
  const lengths = columns.map((column) => `coalesce(${lengthOf(column)}, 0)`);
  const heads = columns.map(({ name, kind }) =>
    kind === 'binary' || kind === 'json' ? 'null' : `left(${quoteStandard(name)}::text, 100)`,
  );
  const { rows } = await knex.raw<{ rows: { lengths: string[]; heads: (string | null)[] }[] }>(
    `select array[${lengths.join(', ')}] as lengths, array[${heads.join(', ')}]::text[] as heads
     from ${source} order by ${lengths.join(' + ')} desc limit 1`,
  );
  const [row] = rows;
  return columns.map((_, index) => ({
    bytes: Number(row?.lengths[index] ?? 0),
    text: row?.heads[index] ?? undefined,
  }));
}

async function isInTransaction(knex: Knex): Promise<boolean> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Client;
  const status = connection.getTransactionStatus();
  await client.releaseConnection(connection);
  return status === 'T';
}

/**
 * Says which row is the one that was too large, for us or for the server.
 * @param source what stands behind FROM
 * @param most bytes of a row
 * @returns what turns an error of a reading into ours; the transaction goes on
 */
export async function largeRowOf(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  source: string,
  most: number,
): Promise<(error: unknown) => Promise<unknown>> {
  const { bytes, partitioned } = table;
  const mayBe = partitioned === true || bytes === undefined || bytes > MAY_HOLD_GIGABYTE;
  const saved = mayBe && (await isInTransaction(knex));
  if (saved) await knex.raw(`savepoint ${SAVEPOINT}`);
  return async (error) => {
    if (error instanceof OversizedRow) return rowTooLarge(table, columns, error.values, most);
    if (!saved || !(error instanceof Error && 'code' in error && beyondServer.has(error.code))) return error;
    await knex.raw(`rollback to savepoint ${SAVEPOINT}`);
    const row = await largestRow(knex, source, columns);
    const isLarge = row.reduce((sum, value) => sum + value.bytes, 0) > most;
    return isLarge ? rowTooLarge(table, columns, row, most) : error;
  };
}
