import { storedTypes } from './tds-types.js';

/** T-SQL that the tool sends, in the words of SQLite. */
export function translated(sql: string): string {
  return (/^(if .*? )?create table/.test(sql) ? storedTypes(sql) : sql)
    .replace(/^if object_id\(.*?\) is null create table/, 'create table if not exists')
    .replace(/count_big\(/g, 'count(')
    .replace(/(\[setting_key\] nvarchar\(256\))/, '$1 collate nocase')
    .replace(/ with \((updlock|tablockx), holdlock\)/g, '')
    .replace(/convert\(n?varchar\(\w+\), (\[[^\]]*\])(, \d+)?\)/g, '$1')
    .replace(/^select top \(1\) (.*)$/s, 'select $1 limit 1');
}

/** The keeping half of MERGE as SQLite has it. */
export function upsert(sql: string): string | undefined {
  const [, table, values, columns = '', key, replace] =
    /^merge into (\S+) with \(holdlock\) as t\s+using \(values (.*?)\) as s \((.*?)\) on t\.(\[\w+\]) = s\.\[\w+\]( when matched then update set .*?)?\s+when not matched then insert \(.*\) values \(.*\);$/s.exec(
      sql,
    ) ?? [];
  if (table === undefined) return undefined;
  const changes = columns
    .split(', ')
    .filter((column) => column !== key)
    .map((column) => `${column} = excluded.${column}`);
  const action = replace === undefined ? 'nothing' : `update set ${changes.join(', ')}`;
  return `insert into ${table} (${columns}) values ${values} on conflict (${key}) do ${action}`;
}
