// db backup, which reads its file back, against pg_dump -Fc and mariadb-dump | gzip, which do not; db restore, which
// compares what it has restored, against pg_restore and mariadb, which do not. A million rows, or ROWS of them, in whole
// processes, and the peak memory of every process of ours, which must stay below 200 MB whatever the rows.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mariadb, postgres, program } from './support.mjs';

const rows = Number(process.env.ROWS ?? 1_000_000);
/** What the tool may take of memory, however many rows there are. */
const MEMORY_MB = 200;
const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bench-'));

/** Peak resident memory of a process in MB, as the kernel keeps it; it is read until the process is gone. */
function peakMegabytes(pid) {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Runs a process to its end. @returns seconds and peak memory in MB */
function measure(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, peakMegabytes(child.pid))), 20);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`${command} ended with ${code}`));
      else resolve({ seconds: (performance.now() - start) / 1000, peak });
    });
  });
}

const tool = (url, ...args) =>
  measure(process.execPath, [program, 'db', ...args, '--quiet'], { TMI_DATABASE_URL: url });

const definition = (types) => `create table things (id bigint primary key, owner varchar(36) not null,
  name varchar(100), body text, price ${types.decimal}, at ${types.instant}, flag boolean, doc ${types.json})`;

/** A command line for the programs of MariaDB, which take the parts of a URL one by one. */
function shell(url, lineOf) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const args = ['-h', hostname, '-P', port, '-u', username, pathname.slice(1)];
  const line = lineOf(args.map((arg) => `'${arg}'`).join(' '));
  return ['sh', ['-c', line], { MYSQL_PWD: decodeURIComponent(password) }];
}

const engines = [
  {
    name: 'PostgreSQL',
    start: postgres,
    native: 'pg_dump -Fc',
    loader: 'pg_restore',
    async connect(url) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return { run: (sql) => client.query(sql), end: () => client.end() };
    },
    fill: [
      definition({ decimal: 'numeric(12,2)', instant: 'timestamptz', json: 'jsonb' }),
      `insert into things select n, md5(n::text), 'name ' || n, repeat(md5(n::text), 3), n / 7.0,
         '2025-01-01Z'::timestamptz + n * interval '1 second', n % 2 = 0, jsonb_build_object('n', n)
       from generate_series(1, ${rows}) n`,
      'analyze',
    ],
    dump: (url, file) => ['pg_dump', ['-Fc', '-f', file, url]],
    load: (url, file) => ['pg_restore', ['-d', url, file]],
  },
  {
    name: 'MariaDB',
    start: mariadb,
    native: 'mariadb-dump | gzip',
    loader: 'gunzip | mariadb',
    async connect(url) {
      const connection = await mysql.createConnection(url);
      return { run: (sql) => connection.query(sql), end: () => connection.end() };
    },
    fill: [
      definition({ decimal: 'decimal(12,2)', instant: 'datetime(6)', json: 'json' }),
      `insert into things select seq, md5(seq), concat('name ', seq), repeat(md5(seq), 3), seq / 7,
         timestampadd(second, seq, '2025-01-01'), seq % 2 = 0, json_object('n', seq) from seq_1_to_${rows}`,
    ],
    dump: (url, file) => shell(url, (args) => `mariadb-dump --single-transaction ${args} | gzip > '${file}'`),
    load: (url, file) => shell(url, (args) => `gunzip -c '${file}' | mariadb ${args}`),
  },
];

const show = ({ seconds, peak }) => `${seconds.toFixed(1)} s, ${Math.round(peak)} MB`;

for (const engine of engines) {
  const server =
    spawnSync(engine.native.split(' ')[0], ['--version']).status === 0 ? await engine.start() : undefined;
  if (!server) {
    console.log(`${engine.name}: skipped, not on this machine`);
    continue;
  }
  try {
    const root = await engine.connect(server.url);
    for (const name of ['bench', 'bench_target', 'bench_native']) await root.run(`create database ${name}`);
    await root.end();
    const onDatabase = (name) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
    const [source, target] = [onDatabase('bench'), onDatabase('bench_target')];
    for (const [url, statements] of [
      [source, engine.fill],
      [target, engine.fill.slice(0, 1)],
    ]) {
      const connection = await engine.connect(url);
      for (const statement of statements) await connection.run(statement);
      await connection.end();
    }
    const [ours, theirs] = [join(folder, 'ours.jsonl.gz'), join(folder, 'theirs')];
    const native = await measure(...engine.dump(source, theirs));
    const backup = await tool(source, 'backup', '--output', ours, '--overwrite');
    const piped = await tool(source, 'backup', '--output', '-');
    const verify = await tool(source, 'verify', ours);
    const restore = await tool(target, 'restore', ours);
    const load = await measure(...engine.load(onDatabase('bench_native'), theirs));
    const size = (file) => `${(statSync(file).size / 1e6).toFixed(0)} MB`;
    console.log(`${engine.name}, ${rows.toLocaleString('en-US')} rows`);
    console.log(`  ${engine.native}: ${native.seconds.toFixed(1)} s, file ${size(theirs)}`);
    console.log(
      `  db backup, not read back: ${show(piped)}: ${(piped.seconds / native.seconds).toFixed(1)} times the time`,
    );
    console.log(
      `  db backup: ${show(backup)}, file ${size(ours)}: ${(backup.seconds / native.seconds).toFixed(1)} times the time`,
    );
    console.log(`  db verify: ${show(verify)}`);
    console.log(`  ${engine.loader}: ${load.seconds.toFixed(1)} s`);
    console.log(
      `  db restore, verified before and compared after: ${show(restore)}: ${(restore.seconds / load.seconds).toFixed(1)} times the time`,
    );
    const peak = Math.max(...[backup, piped, verify, restore].map((run) => run.peak));
    console.log(`  most memory of all: ${Math.round(peak)} MB of ${MEMORY_MB}`);
    if (peak > MEMORY_MB) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}
rmSync(folder, { recursive: true, force: true });
