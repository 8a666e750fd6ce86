import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { isMariadb, whyMissing } from '../support/servers/index.js';
import { backup, digests, folder, restore } from './library.js';

describe.skipIf(whyMissing('mysql'))('MySQL and MariaDB', () => {
  const ddl = [
    `create table odd (
       id int auto_increment primary key, bits bit(12), wide bit(64), flag bit, spot point, shape geometry, zero datetime,
       zeroes date, long_time time(3), y year, doc json, big bigint unsigned, price decimal(65,30), e enum('a','b''c'),
       s set('x','y'), f float, fixed char(5), raw binary(4), latin varchar(20) character set latin1,
       twice int generated always as (y * 2) stored, thrice int generated always as (y * 3) virtual,
       t timestamp(6) null, hidden int invisible default 5)`,
    'create table counted (id bigint auto_increment primary key, v int)',
    'create table untouched (id bigint auto_increment primary key)',
    'create table computed (one int generated always as (1) stored)',
  ];

  it('keeps the values of types that no other engine has', async () => {
    const [source, target] = [await connectFresh('mysql'), await connectFresh('mysql')];
    for (const { knex } of [source, target]) for (const sql of ddl) await knex.raw(sql);
    await source.knex.raw(`set sql_mode = 'NO_AUTO_VALUE_ON_ZERO'`);
    for (const sql of [
      `insert into odd (id, bits, wide, flag, spot, shape, zero, zeroes, long_time, y, doc, big, price, e, s, f, fixed, raw,
         latin, t, hidden)
       values (0, b'101101010101', 18446744073709551615, 1, point(1, 2.5), st_geomfromtext('polygon((0 0,1 0,1 1,0 0))', 4326),
         '0000-00-00 00:00:00', '2025-00-00', '-838:59:59.123', 2025, '{"b": 1.50, "a": [1, null]}', 18446744073709551615,
         12345678901234567890123456789012345.000000000000000000000000000001, 'b''c', 'x,y', 0.1, 'ab', x'00ff5c27',
         'ünï', '2025-01-01 00:00:00.123456', 7)`,
      'insert into odd (id, bits) values (2, null), (3, 53)',
      'insert into counted values (5, 1), (41, 2)',
      'delete from counted where id = 41',
      'insert into computed () values (), ()',
    ]) {
      await source.knex.raw(sql);
    }
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    await restore(target, file);
    expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
    const rows = `select id, hex(bits), hex(wide), flag + 0, st_astext(spot), st_astext(shape), st_srid(shape), zero, zeroes,
      long_time, price, e, s, hex(raw), hex(latin), twice, thrice, t, hidden from odd order by id`;
    expect(await queryRows(target, rows)).toEqual(await queryRows(source, rows));
    expect(await queryRows(target, 'select hex(bits) as b from odd where id = 3')).toEqual([{ b: '35' }]);

    // A number that was given out once is not given out again.
    await target.knex.raw('insert into counted (v) values (3)');
    expect(await queryRows(target, 'select max(id) as id from counted')).toEqual([{ id: '42' }]);
    // And the session is as it was.
    expect(await queryRows(target, 'select @@foreign_key_checks as f, @@sql_mode as m')).toEqual([
      { f: '1', m: 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION' },
    ]);
  });

  it('keeps what only MariaDB has: addresses, uuids, sequences, and rows with a history', async (context) => {
    if (!(await isMariadb())) context.skip('this server is MySQL');
    const [source, target] = [await connectFresh('mysql'), await connectFresh('mysql')];
    for (const { knex } of [source, target]) {
      for (const sql of [
        'create table odd (id int primary key, addr inet6, u uuid)',
        'create table versioned (id int primary key, v int) with system versioning',
        'create sequence alone start with 100 increment by 10 cache 20',
        'create sequence never',
      ]) {
        await knex.raw(sql);
      }
    }
    for (const sql of [
      `insert into odd values (1, '::1', '123e4567-e89b-12d3-a456-426614174000'), (2, null, null)`,
      'insert into versioned values (1, 1)',
      'update versioned set v = 2',
      'select nextval(alone)',
    ]) {
      await source.knex.raw(sql);
    }
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    expect(first.left).toEqual(['versioned (history)']);
    await restore(target, file);
    expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
    const rows = 'select id, addr, u from odd order by id';
    expect(await queryRows(target, rows)).toEqual(await queryRows(source, rows));
    const [next] = await queryRows(target, 'select nextval(alone) as n');
    expect(Number(next?.['n'])).toBeGreaterThan(100);
  });

  it('takes rows of more than a packet', async () => {
    const [source, target] = [await connectFresh('mysql'), await connectFresh('mysql')];
    for (const { knex } of [source, target])
      await knex.raw('create table wide (id int primary key, body longtext)');
    await source.knex.raw(
      `insert into wide with recursive seq(n) as (select 1 union all select n + 1 from seq where n < 12)
        select n, repeat(sha2(n, 256), 50000) from seq`,
    );
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    await restore(target, file);
    expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
  });

  it('refuses tables whose changes cannot be undone', async () => {
    const [source, target] = [await connectFresh('mysql'), await connectFresh('mysql')];
    await source.knex.raw('create table t (id int primary key)');
    await target.knex.raw('create table t (id int primary key) engine = myisam');
    const file = join(folder(), 'backup');
    await backup(source, file);
    expect((await failure(restore(target, file))).code).toBe('backup/not-transactional');
  });

  it('keeps the year zero', async () => {
    const [source, target] = [await connectFresh('mysql'), await connectFresh('mysql')];
    for (const { knex } of [source, target]) await knex.raw('create table t (id int primary key, y year)');
    await source.knex.raw('insert into t values (1, 0), (2, 2000), (3, 1901), (4, 2155), (5, null)');
    const file = join(folder(), 'backup');
    await backup(source, file);
    await restore(target, file);
    const years = 'select y + 0 as y from t order by id';
    expect(await queryRows(target, years)).toEqual(await queryRows(source, years));
    expect(Number((await queryRows(target, 'select y + 0 as y from t where id = 1'))[0]?.['y'])).toBe(0);
  });

  it('names the triggers that changed what was restored', async () => {
    const source = await connectFresh('mysql');
    for (const sql of [
      'create table things (id int primary key, name text)',
      'create table log (id int auto_increment primary key, what text)',
      `insert into things values (1, 'a')`,
      `create trigger marks before insert on things for each row set new.name = concat(new.name, '!')`,
      `create trigger logs after insert on things for each row insert into log (what) values (new.name)`,
      `create trigger later after update on things for each row insert into log (what) values ('x')`,
    ]) {
      await source.knex.raw(sql);
    }
    const file = join(folder(), 'backup');
    await backup(source, file);
    const error = await failure(restore(source, file, { replace: true }));
    expect([error.code, error.hint]).toEqual([
      'backup/differs',
      expect.stringContaining('things.logs, things.marks.'),
    ]);
    expect(error.message).toContain('in log, things;');
    expect(await queryRows(source, 'select * from things')).toEqual([{ id: 1, name: 'a' }]);
  });
});
