import { hash } from 'node:crypto';
import type { PortableRow, Transfer } from '../database/index.js';
import type { TablePair } from './fit.js';
import type { LoadSource } from './load.js';
import { normalForm } from './normal-form.js';
import { readBackup } from './read.js';

/** Hex digits of a row's hash that are kept: few enough for a number, and enough to tell a million rows apart. */
const DIGITS = 13;

/** One number for equal rows, whatever the engine. */
function rowNumber({ columns }: TablePair, row: PortableRow): number {
  const values = columns.map(({ backup }, index) => normalForm(backup.kind, row[index] ?? null));
  return parseInt(hash('sha256', JSON.stringify(values), 'hex').slice(0, DIGITS), 16);
}

/** Counts rows of a table of the database that a backup does not hold. Memory grows by a number for each of its rows. */
export async function countUnsaved(
  transfer: Transfer,
  { open, keys, signal, mostRowBytes }: Pick<LoadSource, 'open' | 'keys' | 'signal' | 'mostRowBytes'>,
  pair: TablePair,
): Promise<number> {
  const saved = new Set<number>();
  const wants = (name: string): boolean => name === pair.backup.name;
  const reading = { values: true, sums: false, digests: 'none', wants, mostRowBytes } as const;
  const { events } = await readBackup(open(), keys, signal, reading);
  const places = pair.columns.map(({ backup }) => pair.backup.columns.indexOf(backup));
  let isOurs = false;
  for await (const event of events) {
    if (event.type === 'table') isOurs = event.name === pair.backup.name;
    else if (event.type === 'rows' && isOurs) {
      for (const row of event.rows)
        saved.add(
          rowNumber(
            pair,
            places.map((place) => row[place] ?? null),
          ),
        );
    } else if (event.type === 'end' && isOurs) break;
  }
  let unsaved = 0;
  const columns = pair.columns.map(({ target }) => target);
  for await (const rows of transfer.readRows(pair.target, columns)) {
    signal.throwIfAborted();
    for (const row of rows) if (!saved.has(rowNumber(pair, row))) unsaved += 1;
  }
  return unsaved;
}
