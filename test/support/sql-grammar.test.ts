import { describe, expect, it } from 'vitest';
import { gaps, syntaxFaults, type CheckedEngine } from './sql-grammar.js';

const wellFormed: Record<CheckedEngine, readonly string[]> = {
  mssql: [
    'select * from [a] with (updlock, holdlock) where [b] = @p0',
    'merge into [a] with (holdlock) as t using (values (@p0, @p1)) as s ([b], [c]) on t.[b] = s.[b] when matched then update set [c] = s.[c] when not matched then insert ([b], [c]) values (s.[b], s.[c]);',
    'alter table [a] with check check constraint [k]',
    'alter table [a] nocheck constraint [k]',
    'alter table [my own table] nocheck constraint [k]',
    'alter table [dbo].[a] set (system_versioning = off)',
    'alter sequence [s] restart with -20',
  ],
  oracle: [
    'select * from a where b = :1 for update',
    'merge into a t using (select :1 as b, :2 as c from dual) s on (t.b = s.b) when matched then update set t.c = s.c when not matched then insert (b, c) values (s.b, s.c)',
    'drop table a cascade constraints',
    'drop table "A" cascade constraints purge',
    'create table a (b clob check (b is json))',
  ],
};

const broken: Record<CheckedEngine, readonly string[]> = {
  mssql: [
    'select from',
    'selekt 1',
    'select * form [a]',
    'select * from [a] where',
    'select ( 1',
    'merge into [a] as t using (values (@p0)) as s ([b]) on t.[b] = s.[b] when matched then insert',
    'insert into [a] ([b] values (@p0)',
    'create table [a] ([b] int not not null)',
    'alter table [a] nocheck constraint',
    'alter table [a] set (system_versioning = maybe)',
    'alter sequence [s] restart with -',
    'alter table my own table nocheck constraint [k]',
    'alter table [a] with check check constraint',
    'update [a] set where [b] = 1',
    'select 1 limit 1 offset',
  ],
  oracle: [
    'select from dual',
    'selekt 1 from dual',
    'select * from a where',
    'insert into a (b values (:1)',
    'drop table a cascade',
    'drop table cascade constraints',
    'create table a (b clob check (b is jason))',
    'update a set where b = 1',
    'merge into a using dual on when matched then',
  ],
};

describe.each(['mssql', 'oracle'] as const)('the grammar of %s', (engine) => {
  it.each(wellFormed[engine])('takes %s', (sql) => {
    expect(syntaxFaults(engine, sql)).toEqual([]);
  });

  it.each(broken[engine])('refuses %s', (sql) => {
    expect(syntaxFaults(engine, sql)).not.toEqual([]);
  });

  it('has a reason for each of its gaps', () => {
    for (const gap of gaps.filter((each) => each.engine === engine)) expect(gap.reason).toMatch(/\.$/);
  });
});
