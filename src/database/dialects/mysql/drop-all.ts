import type { Knex } from 'knex';
import { referencedFromOutside } from '../../faults.js';
import { quote } from './quote.js';

interface DatabaseObject {
  readonly name: string;
  /** The word for it in a DROP. */
  readonly type: string;
}

async function list(knex: Knex, sql: string): Promise<DatabaseObject[]> {
  const [rows] = (await knex.raw(sql)) as [Record<string, unknown>[]];
  return rows.map((row) => ({ name: String(row['name']), type: String(row['type']).toLowerCase() }));
}

const words: Readonly<Record<string, string>> = { view: 'view', sequence: 'sequence' };

const objects = async (knex: Knex): Promise<DatabaseObject[]> =>
  (
    await list(
      knex,
      `select table_name as name, table_type as type from information_schema.tables where table_schema = database()`,
    )
  ).map(({ name, type }) => ({ name, type: words[type] ?? 'table' }));

/** @throws ToolError `database/referenced-from-outside` */
async function assertUnreferenced(knex: Knex): Promise<void> {
  const outside = await list(
    knex,
    `select constraint_name as name, 'key' as type from information_schema.key_column_usage
     where referenced_table_schema = database() and table_schema <> database() limit 1`,
  );
  if (outside.length > 0) throw referencedFromOutside();
}

/** Locks of the session, which outlast the drop of what is locked. */
export async function holdForDrop(knex: Knex): Promise<void> {
  await assertUnreferenced(knex);
  const tables = (await objects(knex)).filter(({ type }) => type !== 'view');
  if (tables.length === 0) return;
  await knex.raw(`lock tables ${tables.map(({ name }) => `${quote(name)} write`).join(', ')}`);
}

/** Views fall behind the tables: under the locks none can be dropped. */
export async function dropAll(knex: Knex): Promise<void> {
  const all = await objects(knex);
  await assertUnreferenced(knex);
  const isView = ({ type }: DatabaseObject): boolean => type === 'view';
  for (const { type, name } of all.filter((object) => !isView(object))) {
    await knex.raw(`drop ${type} ${quote(name)}`);
  }
  await knex.raw('unlock tables');
  for (const { type, name } of all.filter(isView)) await knex.raw(`drop ${type} ${quote(name)}`);
  const routines = await list(
    knex,
    `select routine_name as name, routine_type as type from information_schema.routines
     where routine_schema = database()`,
  );
  const events = await list(
    knex,
    `select event_name as name, 'event' as type from information_schema.events where event_schema = database()`,
  );
  for (const { name, type } of [...routines, ...events]) {
    // The body of a package falls with it.
    await knex.raw(`drop ${type} if exists ${quote(name)}`);
  }
}
