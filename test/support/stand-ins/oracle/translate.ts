import { serverError } from './error.js';
import { named, topLevelParts, type Table } from './tables.js';

type Tables = ReadonlyMap<string, Table>;

/** A name in quotation marks is that name and no other, whatever SQLite thinks of its case. */
function checkNames(sql: string, tables: Tables): void {
  const columns = new Set([...tables.values()].flatMap((table) => table.columns.map(({ name }) => name)));
  for (const [, before = '', name = ''] of sql.matchAll(/(\w*)\s*"([^"]+)"/g)) {
    const isTable = /^(from|into|update|join|table)$/i.test(before);
    const known = isTable ? tables : columns;
    if (!known.has(name) && known.has(name.toUpperCase())) throw serverError(isTable ? 942 : 904, name);
  }
}

const isTime = (table: Table | undefined, column: string): boolean =>
  /^(TIMESTAMP|DATE)/.test(table?.columns.find(({ name }) => name === column)?.dataType ?? '');

/** A value on its way into a column: times as the formats of the session have them, all as the column keeps them. */
function into(table: Table | undefined, column: string, value: string): string {
  const read = /^:\w+$/.test(value) && isTime(table, column) ? `nls_time(${value})` : value;
  return `stored('${table?.name ?? ''}', '${column}', ${read})`;
}

const allInto = (table: Table | undefined, columns: readonly string[], values: readonly string[]): string =>
  values.map((value, index) => into(table, columns[index] ?? '', value)).join(', ');

const unquoted = (name: string): string => name.replaceAll('"', '');

function mergeAsInsert(sql: string, tables: Tables): string {
  const parts =
    /^merge into ("[^"]+") using dual on \(("[^"]+") = (:\w+)\)( when matched then update set .*?)? when not matched then insert \((.*?)\) values \((.*)\)$/.exec(
      sql,
    );
  if (!parts) throw serverError(900, sql);
  const [, name = '', key = '', , update = '', list = '', values = ''] = parts;
  const table = tables.get(unquoted(name));
  if (table?.columns.find((column) => column.name === unquoted(key))?.dataType === 'CLOB')
    throw serverError(932);
  const columns = topLevelParts(list);
  const changes = columns.filter((column) => update.includes(`${column} = `));
  const action =
    changes.length === 0
      ? 'nothing'
      : `update set ${changes.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  const bound = allInto(table, columns.map(unquoted), topLevelParts(values));
  return `insert into ${name} (${list}) values (${bound}) on conflict (${key}) do ${action}`;
}

/** A statement on rows in SQLite's words; all but MERGE need few changes. */
export function translate(sql: string, tables: Tables): string {
  checkNames(sql, tables);
  if (sql.startsWith('merge ')) return mergeAsInsert(sql, tables);
  const insert = /^(insert into ("[^"]+") \((.*?)\) values )\((.*)\)$/.exec(sql);
  if (insert) {
    const [, head = '', name = '', list = '', values = ''] = insert;
    const columns = topLevelParts(list).map(unquoted);
    return `${head}(${allInto(tables.get(unquoted(name)), columns, topLevelParts(values))})`;
  }
  const update = /^(update ("[^"]+") set )(.*?)( where .*)?$/.exec(sql);
  if (update) {
    const [, head = '', name = '', list = '', where = ''] = update;
    const changes = topLevelParts(list).map((part) => {
      const [, column = '', value = ''] = /^("[^"]+") = (.*)$/.exec(part) ?? [];
      return column === ''
        ? part
        : `${column} = ${into(tables.get(unquoted(name)), unquoted(column), value)}`;
    });
    return `${head}${changes.join(', ')}${where}`;
  }
  // There is one schema here.
  return sql
    .replace(/(\bfrom )"APP"\./g, '$1')
    .replace(/json_serialize\(([^()]*) returning clob\)/g, '$1')
    .replace(/ from dual$/, '');
}

/** The table that a statement writes to. */
export function writtenTable(sql: string): string | undefined {
  const name = /^(?:merge into|insert into|update|delete from) ("[^"]+"|\w+)/i.exec(sql)?.[1];
  return name === undefined ? undefined : named(name);
}
