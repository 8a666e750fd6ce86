import type { Knex } from 'knex';
import { readCounters } from './catalog.js';
import { quote } from './quote.js';

/** Statements of this kind end a transaction, so that they come before a load. A counter is never turned back. */
export async function continueCounter(
  knex: Knex,
  table: string,
  column: string,
  next: string,
): Promise<void> {
  const counter = (await readCounters(knex)).find((each) => each.table === table && each.column === column);
  if (!counter || BigInt(counter.next) >= BigInt(next)) return;
  await knex.raw(
    `alter table ${quote(table)} modify (${quote(column)} generated ${counter.generated} as identity (start with ${BigInt(next)}))`,
  );
}

export async function continueSequence(knex: Knex, name: string, next: string): Promise<void> {
  const sequence = (await readCounters(knex)).find(
    (each) => each.table === undefined && each.sequence === name,
  );
  if (!sequence || BigInt(sequence.next) >= BigInt(next)) return;
  await knex.raw(`alter sequence ${quote(name)} restart start with ${BigInt(next)}`);
}
