import type { Knex } from 'knex';
import { brokenKey } from '../../broken.js';
import { escapedMarks } from '../../literal-marks.js';
import type { BrokenConstraint, TableFacts } from '../../schema-facts.js';
import type { ForeignKeyOfTable } from '../../transfer.js';
import { namesOf } from './names.js';
import { quote } from './quote.js';

interface Key {
  readonly name: string;
  readonly table: string;
  readonly target: string | null;
  /** False where the engine was told not to look at the rows that there were. */
  readonly trusted: number;
}

interface Trigger {
  readonly name: string;
  readonly table: string;
}

/** Many statements as one message. */
async function together(knex: Knex, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await knex.raw(statements.join(';\n'));
}

/** The keys of `tables`, of all that point at them, and of all that point at those. */
function touching(keys: readonly Key[], tables: readonly string[]): Key[] {
  const reached = new Set(tables);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const key of keys) if (key.target !== null && reached.has(key.target)) reached.add(key.table);
  }
  return keys.filter(({ table }) => reached.has(table));
}

/** Triggers of these tables that are switched on. */
export async function enabledTriggers(knex: Knex, tables: readonly string[]): Promise<readonly Trigger[]> {
  const triggers = await knex.raw<Trigger[]>(
    `select g.name, o.name as [table] from sys.triggers g join sys.objects o on o.object_id = g.parent_id
     where o.schema_id = schema_id() and o.type = 'U' and g.is_disabled = 0`,
  );
  return triggers.filter(({ table }) => tables.includes(table));
}

/**
 * Keeps everybody else from the tables, and lets foreign keys and triggers rest, since the engine checks each row at
 * once and keys point in circles. What it answers switches them on again, and the engine looks at every row then.
 */
export async function prepareLoad(
  knex: Knex,
  tables: readonly string[],
  _circular: readonly ForeignKeyOfTable[],
  tolerated: readonly BrokenConstraint[] = [],
): Promise<() => Promise<void>> {
  const names = namesOf(knex);
  await together(
    knex,
    tables.map((table) => `select top (1) 1 as locked from ${names.of(table)} with (tablockx, holdlock)`),
  );
  const keys = touching(
    await knex.raw<Key[]>(
      `select f.name, p.name as [table], case when r.schema_id = p.schema_id then r.name end as target,
         case f.is_not_trusted when 1 then 0 else 1 end as trusted
       from sys.foreign_keys f join sys.objects p on p.object_id = f.parent_object_id
         join sys.objects r on r.object_id = f.referenced_object_id
       where f.schema_id = schema_id() and f.is_disabled = 0`,
    ),
    tables,
  );
  const triggers = await enabledTriggers(knex, tables);
  const checks = tolerated.filter(({ kind }) => kind === 'check');
  const alter = ({ table }: Trigger): string => `alter table ${names.of(table)}`;
  await together(knex, [
    ...triggers.map((trigger) => `${alter(trigger)} disable trigger ${quote(trigger.name)}`),
    ...[...keys, ...checks].map((key) => `${alter(key)} nocheck constraint ${quote(key.name)}`),
  ]);
  return () =>
    together(knex, [
      ...keys.map(
        (key) =>
          `${alter(key)} with ${key.trusted === 1 ? 'check' : 'nocheck'} check constraint ${quote(key.name)}`,
      ),
      ...checks.map((check) => `${alter(check)} with nocheck check constraint ${quote(check.name)}`),
      ...triggers.map((trigger) => `${alter(trigger)} enable trigger ${quote(trigger.name)}`),
    ]);
}

/** Foreign keys with rows that point nowhere, so that they can be named: the engine would name one by its number. */
export async function brokenForeignKeys(
  knex: Knex,
  tables: readonly TableFacts[],
): Promise<BrokenConstraint[]> {
  const names = namesOf(knex);
  const broken: BrokenConstraint[] = [];
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      if (key.references === undefined) continue;
      const pairs = key.columns.map(
        (column, index) => `c.${quote(column)} = p.${quote(key.referencedColumns[index] ?? '')}`,
      );
      const set = key.columns.map((column) => `c.${quote(column)} is not null`);
      const found = await knex.raw<unknown[]>(
        `select top (1) 1 as broken from ${names.of(table.name)} c where ${set.join(' and ')}
         and not exists (select 1 from ${names.of(key.references)} p where ${pairs.join(' and ')})`,
      );
      if (found.length > 0) broken.push(brokenKey(table.name, key));
    }
  }
  return broken;
}

interface Untrusted {
  readonly table: string;
  readonly name: string;
  /** Of a check; null for a foreign key. */
  readonly definition: string | null;
}

/** What the engine was told not to check for the rows that there were, and what of it they break. */
export async function brokenConstraints(
  knex: Knex,
  tables: readonly TableFacts[],
): Promise<BrokenConstraint[]> {
  const untrusted = await knex.raw<Untrusted[]>(
    `select o.name as [table], c.name, c.definition from sys.check_constraints c join sys.objects o on o.object_id = c.parent_object_id
       where c.schema_id = schema_id() and c.is_disabled = 0 and c.is_not_trusted = 1
     union all
     select o.name, f.name, null from sys.foreign_keys f join sys.objects o on o.object_id = f.parent_object_id
       where f.schema_id = schema_id() and f.is_disabled = 0 and f.is_not_trusted = 1`,
  );
  const broken = await brokenForeignKeys(
    knex,
    tables.map((table) => ({
      ...table,
      foreignKeys: table.foreignKeys.filter((key) =>
        untrusted.some((each) => each.table === table.name && each.name === key.name),
      ),
    })),
  );
  for (const { table, name, definition } of untrusted) {
    if (definition === null || !tables.some((each) => each.name === table)) continue;
    const rows = await knex.raw<unknown[]>(
      `select top (1) 1 as broken from ${namesOf(knex).of(table)} where not (${definition})`,
    );
    if (rows.length > 0) broken.push({ table, name, kind: 'check' });
  }
  return broken;
}

interface Counter {
  /** Null when no number was given out yet. */
  readonly last: string | null;
  readonly first: string;
  readonly step: string;
}

/** True when the counter has yet to be moved so that it gives `next`. */
function isBehind({ last, first, step }: Counter, next: string): boolean {
  const given = last === null ? BigInt(first) : BigInt(last) + BigInt(step);
  return BigInt(step) > 0n ? given < BigInt(next) : given > BigInt(next);
}

const whole = (column: string): string => `convert(varchar(40), convert(decimal(38, 0), ${column}))`;

export async function continueCounter(
  knex: Knex,
  table: string,
  column: string,
  next: string,
): Promise<void> {
  const names = namesOf(knex);
  const [counter] = await knex.raw<Counter[]>(
    `select ${whole('last_value')} as last, ${whole('seed_value')} as first, ${whole('increment_value')} as step
     from sys.identity_columns where object_id = object_id(${escapedMarks(names.text(table))}) and name = ?`,
    [column],
  );
  if (!counter || !isBehind(counter, next)) return;
  // The number that is set is the first one of a fresh counter, and else the one before the next.
  const value = counter.last === null ? BigInt(next) : BigInt(next) - BigInt(counter.step);
  await knex.raw(`dbcc checkident (${names.text(table)}, reseed, ${String(value)}) with no_infomsgs`);
}

export async function continueSequence(knex: Knex, name: string, next: string): Promise<void> {
  const names = namesOf(knex);
  const [counter] = await knex.raw<Counter[]>(
    `select ${whole('last_used_value')} as last, ${whole('current_value')} as first, ${whole('increment')} as step
     from sys.sequences where object_id = object_id(${names.text(name)})`,
  );
  if (!counter || !isBehind(counter, next)) return;
  await knex.raw(`alter sequence ${names.of(name)} restart with ${String(BigInt(next))}`);
}
