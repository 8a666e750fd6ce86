import { describe, expect, it } from 'vitest';
import { bareNames, gaps, syntaxFaults, type CheckedEngine } from './sql-grammar.js';

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

describe('names without a schema', () => {
  it.each([
    'select * from [a]',
    'select t.* from [s].[b] as t join a on a.[x] = t.[x]',
    'insert into [a] ([k]) values (1)',
    'update [a] set [k] = 1',
    'delete from [a] where [k] in (@p0); select @@rowcount',
    'merge into [a] with (holdlock) as t using (values (@p0)) as s ([k]) on t.[k] = s.[k] when not matched then insert ([k]) values (s.[k]);',
    'create table [a] ([k] int)',
    'alter table [a] with check check constraint [k]',
    'alter table [a] disable trigger [k]',
    'drop table [a]',
    'drop view [a]',
    'alter sequence [a] restart with -20',
    'set identity_insert [a] on',
    "select object_id(N'[a]', N'U') as id",
    "select object_id('[s].[a]') as id",
    "dbcc checkident (N'[a]', reseed, 5) with no_infomsgs",
  ])('are seen in %s', (sql) => {
    expect(syntaxFaults('mssql', sql)).toEqual([]);
    expect(bareNames(sql)).toHaveLength(1);
  });

  it.each([
    'select o.[k], t.* from (select 1 as one) as o left join (select * from [s].[a] with (updlock, holdlock)) as t on 1 = 1',
    'select name from sys.objects',
    'alter sequence [s].[a] restart with 20',
    'select top (1) 1 as broken from [s].[a] c where not exists (select 1 from [s].[b] p where c.[k] = p.[k])',
    "if object_id(N'[s].[it''s]', N'U') is null create table [s].[it's] ([k] int)",
    "select has_perms_by_name(quotename(schema_name()) + N'.' + quotename(N'a'), 'OBJECT', 'SELECT') as may",
  ])('are not seen in %s', (sql) => {
    expect(syntaxFaults('mssql', sql)).toEqual([]);
    expect(bareNames(sql)).toEqual([]);
  });
});
