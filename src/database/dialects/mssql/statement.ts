import type { Connection } from 'tedious';
import type { Driver } from './driver.js';

/** A column of a row as the driver gives it. */
export interface Cell {
  readonly metadata: { readonly colName: string };
  readonly value: unknown;
}

/** A value whose type cannot be told from JavaScript's: NULL has one too, and a whole number may be a float. */
export class TypedValue {
  constructor(
    readonly type: 'Float' | 'VarBinary',
    readonly value: number | Buffer | null,
  ) {}
}

type TypeName = 'Bit' | 'Int' | 'BigInt' | 'Float' | 'NVarChar' | 'VarBinary';

function typeOf(value: unknown): TypeName {
  if (value instanceof TypedValue) return value.type;
  if (typeof value === 'boolean') return 'Bit';
  if (typeof value === 'bigint') return 'BigInt';
  if (value instanceof Uint8Array) return 'VarBinary';
  if (typeof value !== 'number') return 'NVarChar';
  if (!Number.isSafeInteger(value)) return 'Float';
  return Math.abs(value) < 2 ** 31 ? 'Int' : 'BigInt';
}

/** Makes a request of the driver; the caller sends it. */
export function createRequest(
  driver: Driver,
  sql: string,
  bindings: readonly unknown[],
  callback: (error: Error | null | undefined) => void,
): InstanceType<Driver['Request']> {
  const request = new driver.Request(sql, callback);
  bindings.forEach((binding, index) => {
    const value: unknown = binding instanceof TypedValue ? binding.value : binding;
    // The driver would announce a type of no length, which servers refuse.
    const isEmpty = value instanceof Uint8Array && value.length === 0;
    request.addParameter(`p${index}`, driver.TYPES[typeOf(binding)], value, isEmpty ? { length: 1 } : {});
  });
  return request;
}

/** Rows that are still on their way on a connection, which takes nothing else meanwhile. */
const streams = new WeakMap<Connection, () => Promise<void>>();

/** @param stop ends the stream; rows that were not read yet are lost */
export function beginStream(connection: Connection, stop: () => Promise<void>): void {
  streams.set(connection, stop);
}

export function endStream(connection: Connection): void {
  streams.delete(connection);
}

/**
 * Runs a statement and answers the rows of all its results. With values it is a call of `sp_executesql`; without, a
 * batch of its own, since SET and BEGIN TRANSACTION inside of a call end with it. Where a reader left its rows behind, as
 * when the disk is full, they are given up first.
 */
export async function execute(
  driver: Driver,
  connection: Connection,
  sql: string,
  bindings: readonly unknown[] = [],
): Promise<Cell[][]> {
  await streams.get(connection)?.();
  return new Promise((resolve, reject) => {
    const rows: Cell[][] = [];
    const request = createRequest(driver, sql, bindings, (error) => {
      if (error) reject(error);
      else resolve(rows);
    });
    request.on('row', (row: Cell[]) => rows.push(row));
    if (bindings.length > 0) connection.execSql(request);
    else connection.execSqlBatch(request);
  });
}
