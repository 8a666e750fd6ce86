// Whole runs of the commands that people and scripts start most, beside `node -e 0`: settings and an import without a
// write on SQLite, a file with much to be found in it, and an import on PostgreSQL on loopback. CPU of the process and its
// children, which says more than the clock where others use the machine too; for the import on PostgreSQL the clock. The
// runs take turns, and the least of each is the least disturbed one. A ratio over its target is printed as missed.
//
// Where NODE_EXTRA_CA_CERTS is set, every process reads those certificates before it does anything, node -e 0 too, which
// then takes two or three times as long: the report says so, since ratios are smaller by it.
//
//   node bench/commands.mjs [--rounds 10] [--check]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { measure } from './backup/measure.mjs';
import { configuration, median, onDatabase, postgres, program } from './support.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, check: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bench-'));
const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: '00'.repeat(32), JWT_SECRET: 'x'.repeat(40) };
const run = (...args) =>
  measure(
    ['cd', folder, '&&', process.execPath, ...args]
      .map((word) => (word === '&&' ? word : `'${word}'`))
      .join(' '),
    env,
  );
const write = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const lines = (text, count) => `${text.split('\n').slice(0, count).join('\n')}\n`;
const sqlite = write('sqlite.yml', configuration(`sqlite://${join(folder, 'settings.db')}`, 2));
// Thirty-five providers and a half are to be moved.
const drifted = write('drifted.yml', lines(configuration('vault://tmi/database_url', 40), 400));
const server = await postgres();
let imports = 0;

async function importIntoPostgres(client) {
  const name = `bench_${(imports += 1)}`;
  await client.query(`CREATE DATABASE ${name}`);
  const file = write(`${name}.yml`, lines(configuration(onDatabase(server.url, name), 36), 374));
  return run(program, 'import-legacy', file, '--quiet');
}

/** Exit code 3 says that something was found. */
const finds = (...args) =>
  measure(`'${process.execPath}' ${args.map((word) => `'${word}'`).join(' ')} || [ $? = 3 ]`, env);
const key = 'auth.jwt.expiration_seconds';
const contestants = [
  { name: 'node -e 0', start: () => run('-e', '0') },
  { name: '--version', start: () => run(program, '--version') },
  {
    name: 'settings get, SQLite',
    start: () => run(program, 'settings', 'get', key, '--config', sqlite),
    cpu: 2.2,
  },
  {
    name: 'settings set, SQLite',
    start: () => run(program, 'settings', 'set', key, '7200', '--config', sqlite),
    cpu: 2.5,
  },
  {
    name: 'import --dry-run, SQLite',
    start: () => run(program, 'import-legacy', sqlite, '--server', 'documented', '--dry-run'),
    cpu: 3.5,
  },
  { name: 'validate, much found', start: () => finds(program, 'validate-config', drifted), cpu: 2.2 },
];
const client = server && new pg.Client({ connectionString: server.url });
await client?.connect();
if (client) {
  contestants.push({ name: 'import, PostgreSQL', start: () => importIntoPostgres(client), wall: 4 });
} else console.log('import, PostgreSQL: skipped, not on this machine');

let missed = 0;
function ratio(what, ours, bare, target) {
  const value = Math.min(...ours) / Math.min(...bare);
  const middle = (median(ours) / median(bare)).toFixed(2);
  if (target === undefined) return `${what} ${value.toFixed(2)} × (median ${middle})`;
  if (value > target) missed += 1;
  return `${what} ${value.toFixed(2)} × (median ${middle}; target ${target}: ${value > target ? 'MISSED' : 'reached'})`;
}

if (process.env.NODE_EXTRA_CA_CERTS) console.log('NODE_EXTRA_CA_CERTS is set: node -e 0 reads it too');
try {
  // What is read has to be there.
  await run(program, 'settings', 'set', key, '7200', '--config', sqlite);
  const all = contestants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, { start }] of contestants.entries()) all[i].push(await start());
  }
  const of = (i, what) => all[i].map((figures) => figures[what]);
  for (const [i, { name, cpu, wall }] of contestants.entries()) {
    const ratios = [
      ratio('CPU', of(i, 'cpu'), of(0, 'cpu'), cpu),
      ratio('wall', of(i, 'wall'), of(0, 'wall'), wall),
    ];
    console.log(`${name.padEnd(26)}${ratios.join(', ')}`);
  }
} finally {
  await client?.end();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(missed === 0 ? 'all targets reached' : `${missed} missed`);
if (values.check && missed > 0) process.exitCode = 1;
