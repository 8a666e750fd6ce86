// npm run bench [-- name… [--rows N] [--check]]: every benchmark in one run, each in a process of its own. The rows are those of
// the backup, a million if nothing is said; ten million take half an hour and ten gigabytes of disk.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './support.mjs';

/** Benchmarks in the order of the report. */
const benchmarks = [
  ['startup', 'Start-up against bare node', 'bench/startup.mjs'],
  ['commands', 'Commands against bare node', 'bench/commands.mjs', () => check],
  ['import', 'Import against one query per setting', 'bench/import.mjs'],
  ['validation', 'Validation of 1 and 200 files', 'bench/validation.mjs'],
  ['references', 'References against one request each', 'bench/references.mjs', () => check],
  ['backup', 'Backup against the native tools', 'bench/backup.mjs', () => [...rows, ...check]],
].filter(([, , file]) => existsSync(join(root, file)));

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string' }, check: { type: 'boolean', default: false } },
});
if (values.rows !== undefined && !/^[1-9]\d*$/.test(values.rows)) {
  console.error('--rows takes a number.');
  process.exit(2);
}
const unknown = wanted.filter((name) => !benchmarks.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`There is ${benchmarks.map(([name]) => name).join(', ')}; not ${unknown.join(', ')}.`);
  process.exit(2);
}
/** Only some have a number of rows, or targets that --check holds them to. */
const rows = values.rows === undefined ? [] : ['--rows', values.rows];
const check = values.check ? ['--check'] : [];
for (const [name, title, file, options = () => []] of benchmarks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${title}`);
  const { status } = spawnSync(process.execPath, [join(root, file), ...options()], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
