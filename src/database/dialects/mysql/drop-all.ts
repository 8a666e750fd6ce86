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

const routines = `select routine_name as name, routine_type as type from information_schema.routines
    where routine_schema = database()
  union all select event_name, 'event' from information_schema.events where event_schema = database()`;

/** They fall with their tables. */
const triggers = `select trigger_name as name, 'trigger' as type from information_schema.triggers
  where trigger_schema = database()`;

/** Everything besides tables that falls. The body of a package is named with it. */
export async function droppable(knex: Knex): Promise<readonly string[]> {
  const all = [
    ...(await objects(knex)).filter(({ type }) => type !== 'table'),
    ...(await list(knex, triggers)),
    ...(await list(knex, routines)).filter(({ type }) => type !== 'package body'),
  ];
  return all.map(({ type, name }) => `${type} ${name}`);
}

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
export async function dropAll(knex: Knex, onStatement: () => void): Promise<void> {
  const drop = async (statement: string): Promise<void> => {
    onStatement();
    await knex.raw(statement);
  };
  const all = await objects(knex);
  await assertUnreferenced(knex);
  const isView = ({ type }: DatabaseObject): boolean => type === 'view';
  for (const { type, name } of all.filter((object) => !isView(object))) {
    await drop(`drop ${type} ${quote(name)}`);
  }
  await knex.raw('unlock tables');
  for (const { type, name } of all.filter(isView)) await drop(`drop ${type} ${quote(name)}`);
  for (const { name, type } of await list(knex, routines)) {
    // The body of a package falls with it.
    await drop(`drop ${type} if exists ${quote(name)}`);
  }
}
