// Whole processes of validate-config against bare node: a file of 400 lines, and 200 files at once. The runs take turns,
// so that whatever else the machine does slows all of them, and the least time of each is the least disturbed one.
// Usage: node bench/validation.mjs [rounds]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration, median, program, root, timeOf } from './support.mjs';

const rounds = Number(process.argv[2] ?? 25);
const target = 2.2;

/** The first 400 lines of a file from before 1.4.0, every provider of which is to be moved. */
const drifted = `${configuration('vault://tmi/database_url', 40).split('\n').slice(0, 400).join('\n')}\n`;
const clean = readFileSync(join(root, 'fixtures/preflight/clean.yml'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bench-'));
try {
  const write = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const files = Array.from({ length: 200 }, (_, i) => write(`config-${i}.yml`, clean));
  const validate = (...names) => [program, 'validate-config', '--ignore', 'provider-incomplete', ...names];
  const runs = [
    ['node -e 0', ['-e', '0']],
    ['400 lines, nothing found', validate(files[0])],
    ['400 lines, much found', validate(write('drifted.yml', drifted))],
    ['200 files of 400 lines', validate(...files)],
  ].map(([name, args]) => ({ name, args, times: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { args, times } of runs) times.push(timeOf(args));
  }
  const [{ times: bare }] = runs;
  for (const { name, times } of runs) {
    const least = Math.min(...times);
    const ratios = `${(least / Math.min(...bare)).toFixed(2)} times node -e 0 (median ${(median(times) / median(bare)).toFixed(2)})`;
    console.log(`${name.padEnd(26)}${least.toFixed(0).padStart(4)} ms, ${ratios}`);
  }
  console.log(`The target is ${target} times for one file in which nothing is found.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
