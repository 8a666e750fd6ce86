// Databases to measure with, and the programs of each engine beside which the tool is measured.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mariadb, onDatabase, postgres } from '../support.mjs';
import { cells, countsOf, definition, filling, tables } from './shape.mjs';

/** One diagram, written into each with a number of its own. */
const TEMPLATE = 4242;
const versionOf = (command) =>
  spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.trim().split('\n')[0];
const has = (command) => spawnSync(command, ['--version']).status === 0;
const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`;
const emptied = [...tables].reverse().map(({ name }) => name);

async function postgresEngine(rows) {
  const server = has('pg_dump') ? await postgres() : undefined;
  if (!server) return undefined;
  const statements = async (name, list) => {
    const client = new pg.Client({ connectionString: onDatabase(server.url, name) });
    await client.connect();
    try {
      for (const statement of list) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await statements(
    'postgres',
    ['source', 'target', 'native'].map((name) => `create database ${name}`),
  );
  await statements('target', definition('postgres'));
  const fresh = () => statements('postgres', ['drop database native with (force)', 'create database native']);
  const words = {
    series: (count) => `generate_series(1, ${count}) n`,
    uuid: (text) => `(${text})::uuid`,
    at: (expression) => `'2025-01-01Z'::timestamptz + (${expression}) * interval '1.234567 seconds'`,
    json: (text) => `(${text})::jsonb`,
    truth: (text) => text,
    cells: (n) => `replace((select c from diagrams_of), '${TEMPLATE}', (1000 + ${n})::text)`,
  };
  await statements('source', [
    ...definition('postgres'),
    'create temp table diagrams_of (c text)',
    `insert into diagrams_of values (${quoted(cells(TEMPLATE)).replaceAll(`'\\''`, "''")})`,
    ...filling(rows, words),
    'vacuum analyze',
  ]);
  const url = (name) => quoted(onDatabase(server.url, name));
  return {
    name: 'PostgreSQL',
    versions: [versionOf('pg_dump')],
    stop: server.stop,
    urlOf: (name) => onDatabase(server.url, name),
    empty: () => statements('target', [`truncate ${emptied.join(', ')}`]),
    dumps: {
      'pg_dump -Fc': (folder) => ({ line: `pg_dump -Fc -f ${join(folder, 'native.dump')} ${url('source')}` }),
      'pg_dump -Fc -Z1': (folder) => ({
        line: `pg_dump -Fc -Z1 -f ${join(folder, 'z1.dump')} ${url('source')}`,
      }),
      'pg_dump -Fd -j2': (folder) => ({
        line: `rm -rf ${join(folder, 'fd')}; pg_dump -Fd -j2 -f ${join(folder, 'fd')} ${url('source')}`,
      }),
    },
    loads: {
      pg_restore: (folder) => ({
        before: fresh,
        line: `pg_restore -d ${url('native')} ${join(folder, 'native.dump')}`,
      }),
      'pg_restore -j2': (folder) => ({
        before: fresh,
        line: `pg_restore -j2 -d ${url('native')} ${join(folder, 'native.dump')}`,
      }),
    },
  };
}

async function mariadbEngine(rows) {
  const server = has('mariadb-dump') ? await mariadb() : undefined;
  if (!server) return undefined;
  const statements = async (name, list) => {
    const connection = await mysql.createConnection(onDatabase(server.url, name));
    try {
      for (const statement of list) await connection.query(statement);
    } finally {
      await connection.end();
    }
  };
  await statements(
    '',
    ['source', 'target', 'native'].map((name) => `create database bench_${name}`),
  );
  await statements('bench_target', definition('mysql'));
  const words = {
    series: (count) => `(select seq as n from seq_1_to_${count}) s`,
    at: (expression) => `timestampadd(microsecond, (${expression}) * 1234567, '2025-01-01')`,
    truth: (text) => text,
    cells: (n) => `replace((select c from diagrams_of), '${TEMPLATE}', 1000 + ${n})`,
  };
  await statements('bench_source', [
    ...definition('mysql'),
    'create table diagrams_of (c longtext)',
    `insert into diagrams_of values (${mysql.escape(cells(TEMPLATE))})`,
    ...filling(rows, words),
    'drop table diagrams_of',
  ]);
  const { hostname, port, username, password } = new URL(server.url);
  const at = (name) => `-h ${hostname} -P ${port} -u ${username} bench_${name}`;
  const env = { MYSQL_PWD: decodeURIComponent(password) };
  return {
    name: 'MariaDB',
    versions: [versionOf('mariadb-dump')],
    stop: server.stop,
    urlOf: (name) => onDatabase(server.url, `bench_${name}`),
    empty: () =>
      statements('bench_target', [
        'set foreign_key_checks = 0',
        ...emptied.map((name) => `truncate table ${name}`),
      ]),
    dumps: {
      'mariadb-dump | gzip': (folder) => ({
        env,
        line: `mariadb-dump --single-transaction ${at('source')} | gzip > ${join(folder, 'native.sql.gz')}`,
      }),
      'mariadb-dump | gzip -1': (folder) => ({
        env,
        line: `mariadb-dump --single-transaction ${at('source')} | gzip -1 > ${join(folder, 'z1.sql.gz')}`,
      }),
    },
    loads: {
      'gunzip | mariadb': (folder) => ({
        env,
        before: () => statements('', ['drop database bench_native', 'create database bench_native']),
        line: `gunzip -c ${join(folder, 'native.sql.gz')} | mariadb ${at('native')}`,
      }),
    },
  };
}

async function sqliteEngine(rows, folder) {
  const file = (name) => join(folder, `${name}.db`);
  const source = new Sqlite(file('source'));
  for (const statement of definition('sqlite')) source.exec(statement);
  const { createHash } = await import('node:crypto');
  source.function('md5', { deterministic: true }, (text) =>
    createHash('md5').update(String(text)).digest('hex'),
  );
  source.function('concat', { varargs: true, deterministic: true }, (...parts) => parts.join(''));
  source.function('cells_of', (n) => cells(1000 + Number(n)));
  const words = {
    series: (count) =>
      `(with recursive s(n) as (select 1 union all select n + 1 from s where n < ${count}) select n from s)`,
    at: (expression) =>
      `strftime('%Y-%m-%d %H:%M:%f', 1735689600 + (${expression}) * 1.234, 'unixepoch') || '+00:00'`,
    truth: (text) => text,
    cells: (n) => `cells_of(${n})`,
  };
  source.exec('begin');
  for (const statement of filling(rows, words)) source.exec(statement);
  source.exec('commit');
  source.close();
  const target = new Sqlite(file('target'));
  for (const statement of definition('sqlite')) target.exec(statement);
  target.close();
  return {
    name: 'SQLite',
    versions: [
      `better-sqlite3 ${Sqlite.prototype.constructor.name}`,
      versionOf('sqlite3') ?? 'no sqlite3 command',
    ],
    stop: () => undefined,
    urlOf: (name) => `sqlite://${file(name)}`,
    empty: () => {
      const database = new Sqlite(file('target'));
      database.exec('pragma foreign_keys = off');
      for (const name of emptied) database.exec(`delete from ${name}`);
      database.close();
    },
    dumps: has('sqlite3')
      ? {
          'sqlite3 .dump | gzip': () => ({
            line: `sqlite3 ${file('source')} .dump | gzip > ${join(folder, 'native.sql.gz')}`,
          }),
        }
      : {},
    loads: has('sqlite3')
      ? {
          'gunzip | sqlite3': () => ({
            before: () => rmSync(file('native'), { force: true }),
            line: `gunzip -c ${join(folder, 'native.sql.gz')} | sqlite3 ${file('native')}`,
          }),
        }
      : {},
  };
}

export const engines = { postgres: postgresEngine, mariadb: mariadbEngine, sqlite: sqliteEngine };
export { countsOf };
