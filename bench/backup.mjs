// db backup (which reads its file back), db verify and db restore (which verifies before and compares afterwards) beside
// the programs of each engine, which do neither, on a database shaped like that of a TMI server. Whole processes, in
// turns, minimum and median; peak memory of ours. A ratio over its target is printed as missed.
//
//   node bench/backup.mjs [--rows 1000000] [--rounds 3] [--engines postgres,mariadb,sqlite] [--check]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { engines } from './backup/engines.mjs';
import { measure, race } from './backup/measure.mjs';
import { program } from './support.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: process.env.ROWS ?? '1000000' },
    rounds: { type: 'string', default: '3' },
    engines: { type: 'string', default: Object.keys(engines).join(',') },
    check: { type: 'boolean', default: false },
  },
});
const [rows, rounds] = [Number(values.rows), Number(values.rounds)];

/** What is promised: times of the first peer's. */
const targets = {
  PostgreSQL: { backup: { wall: 1.3, cpu: 1.8 }, restore: { wall: 1.5 } },
  MariaDB: { backup: { wall: 1 }, restore: { wall: 1.5 } },
  SQLite: { backup: { wall: 1.2 }, restore: { wall: 1.5 } },
};
const VERIFY_CPU = 1.5;
const MEMORY_MB = 150;
let missed = 0;

/** A ratio with its target beside it. */
function ratio(what, ours, theirs, target) {
  const value = ours / theirs;
  const verdict =
    target === undefined
      ? ''
      : value <= target
        ? ` (target ${target}: reached)`
        : ` (target ${target}: MISSED)`;
  if (target !== undefined && value > target) missed += 1;
  return `${what} ${value.toFixed(2)} ×${verdict}`;
}

const figures = ({ least, wall, cpu, peak }) =>
  `${wall.toFixed(1)} s (least ${least.toFixed(1)}), CPU ${cpu.toFixed(1)} s, ${Math.round(peak)} MB`;

/** Prints a race; the first contestant is ours, the second the one that the target is about. */
function print(title, results, target = {}) {
  const [[ourName, ours], ...peers] = Object.entries(results);
  console.log(`  ${title}\n    ${ourName}: ${figures(ours)}`);
  for (const [index, [name, theirs]] of peers.entries()) {
    const { wall, cpu } = index === 0 ? target : {};
    const ratios = [ratio('wall', ours.wall, theirs.wall, wall), ratio('CPU', ours.cpu, theirs.cpu, cpu)];
    console.log(`    ${name}: ${figures(theirs)}\n      ours to it: ${ratios.join(', ')}`);
  }
  const flat = ours.peak <= MEMORY_MB;
  if (!flat) missed += 1;
  console.log(`    memory: ${Math.round(ours.peak)} MB of ${MEMORY_MB}${flat ? '' : ': MISSED'}`);
}

const tool = (url, ...args) =>
  measure([process.execPath, program, 'db', ...args, '--quiet'].map((word) => `'${word}'`).join(' '), {
    TMI_DATABASE_URL: url,
  });

async function peer({ before, line, env }) {
  await before?.();
  return measure(line, env);
}

console.log(
  `${rows.toLocaleString('en-US')} rows, ${rounds} rounds, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, ${spawnSync('gzip', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'no gzip'}`,
);
for (const name of values.engines.split(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bench-'));
  const engine = await engines[name](rows, folder);
  if (!engine) {
    console.log(`${name}: skipped, not on this machine`);
    continue;
  }
  try {
    const ours = join(folder, 'ours.jsonl.gz');
    const size = (file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`;
    console.log(`${engine.name}: ${engine.versions.join(', ')}`);
    const dumps = Object.entries(engine.dumps).map(([title, make]) => [title, () => peer(make(folder))]);
    const backups = await race(
      {
        'db backup, gzip 1, read back by its SHA-256': () =>
          tool(engine.urlOf('source'), 'backup', '--output', ours, '--overwrite'),
        ...Object.fromEntries(dumps),
      },
      rounds,
    );
    print(`backup (${size(ours)})`, backups, targets[engine.name].backup);
    const verified = await race(
      {
        'db verify, counts, sums and hash': () => tool('', 'verify', ours),
        'gunzip | sha256sum': () => measure(`gunzip -c '${ours}' | sha256sum`),
      },
      rounds,
    );
    print('verify', verified, { cpu: VERIFY_CPU });
    const loads = Object.entries(engine.loads).map(([title, make]) => [title, () => peer(make(folder))]);
    const restored = await race(
      {
        'db restore, verified before, read back and compared after': async () => {
          await engine.empty();
          return tool(engine.urlOf('target'), 'restore', ours);
        },
        ...Object.fromEntries(loads),
      },
      rounds,
    );
    print('restore', restored, targets[engine.name].restore);
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(missed === 0 ? 'all targets reached' : `${missed} missed`);
if (values.check && missed > 0) process.exitCode = 1;
