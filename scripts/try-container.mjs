// Carries out examples/container/Containerfile step by step in empty Debian roots, as a builder of images does, and runs the
// program of the last stage as its user. For machines without a builder; needs root, debootstrap and a mirror of Debian.
//   node scripts/try-container.mjs [release] [root]      (after npm run release; root: an empty Debian 12 to copy)
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [context = 'release', given] = process.argv.slice(2);
const containerfile = fileURLToPath(new URL('../examples/container/Containerfile', import.meta.url));
const work = mkdtempSync(path.join(os.tmpdir(), 'tmi-dbtool-container-'));
const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What stands for an image of the registry: the same release of Debian, with its least packages. */
const suites = { 'docker.io/library/debian:12-slim': 'bookworm' };

function emptyRoot(image) {
  const suite = suites[image];
  if (suite === undefined) throw new Error(`No root stands for ${image}`);
  if (given !== undefined) return given;
  const root = path.join(work, suite);
  if (!existsSync(root)) execFileSync('debootstrap', ['--variant=minbase', suite, root], { stdio: 'ignore' });
  return root;
}

/** The instructions of a file, each in one line, without comments. */
function instructionsOf(text) {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => line.match(/^(\w+)\s+(.*)$/).slice(1));
}

/** One stage: a root, and what its instructions have set. */
class Stage {
  args = [];
  user = 'root';
  folder = '/';
  entrypoint = [];
  command = [];

  constructor(name, root) {
    this.name = name;
    this.root = root;
  }

  /** @returns how the program ended, with what it wrote */
  run(words, user = this.user) {
    const inside = ['sh', '-c', `cd ${this.folder} && exec "$@"`, 'sh', ...words];
    const env = ['env', '-i', searchPath, `HOME=/home/${user}`, ...this.args];
    const own = user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    return spawnSync('chroot', [this.root, ...own, ...env, ...inside], { encoding: 'utf8' });
  }

  copy(words, stages) {
    const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : undefined;
    const source = from === undefined ? context : stages.find(({ name }) => name === from).root;
    const target = path.join(this.root, words.pop());
    for (const word of words) {
      const file = path.join(source, word);
      const into = statSync(file).isFile() && (words.length > 1 || target.endsWith('/'));
      cpSync(file, into ? path.join(target, path.basename(word)) : target, {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
  }
}

/** Does what an instruction says. */
function carryOut([instruction, rest], stages) {
  const stage = stages.at(-1);
  const values = Object.fromEntries((stage?.args ?? []).map((arg) => arg.split('=')));
  const text = instruction === 'RUN' ? rest : rest.replace(/\$\{(\w+)\}/g, (_, name) => values[name]);
  const words = text.split(/\s+/);
  const kinds = {
    FROM: () => {
      const root = path.join(work, `stage-${stages.length}`);
      execFileSync('cp', ['-a', emptyRoot(words[0]), root]);
      stages.push(new Stage(words[2], root));
    },
    ARG: () => stage.args.push(text),
    COPY: () => stage.copy(words, stages),
    RUN: () => {
      const { status, stderr } = stage.run(['sh', '-c', text]);
      if (status !== 0) throw new Error(`RUN ${text}\n${stderr}`);
    },
    USER: () => (stage.user = text),
    WORKDIR: () => {
      stage.folder = text;
      mkdirSync(path.join(stage.root, text), { recursive: true });
    },
    ENTRYPOINT: () => (stage.entrypoint = JSON.parse(text)),
    CMD: () => (stage.command = JSON.parse(text)),
  };
  if (kinds[instruction] === undefined) throw new Error(`No builder of ours knows ${instruction}`);
  console.error(`container: ${instruction} ${text}`);
  kinds[instruction]();
}

/** Runs the program as `podman run IMAGE ARGUMENTS` does. */
function mustRun(stage, args, wanted) {
  const { status, stdout, stderr } = stage.run([...stage.entrypoint, ...args]);
  if (status === 0 && stderr === '' && wanted.test(stdout)) return;
  throw new Error(`${args.join(' ')}: exit code ${status}\n${stderr}${stdout.slice(0, 500)}`);
}

try {
  const stages = [];
  for (const instruction of instructionsOf(readFileSync(containerfile, 'utf8')))
    carryOut(instruction, stages);
  const image = stages.at(-1);
  mustRun(image, image.command, /^Usage: tmi-dbtool/);
  const samples = '/opt/tmi-dbtool/share/doc/tmi-dbtool/fixtures/readme';
  const home = `/home/${image.user}/try`;
  if (image.run(['cp', '-r', samples, home]).status !== 0) throw new Error(`${image.user} has no home`);
  if (image.run(['sh', '-c', 'test "$(id -u)" != 0']).status !== 0) throw new Error('The program is root');
  // The native part, the bundled Node.js and a database, as the user of the image.
  image.folder = `/home/${image.user}`;
  image.args.push(`TMI_SECRET_SETTINGS_ENCRYPTION_KEY=${'c0ffee'.padEnd(64, '0')}`);
  mustRun(image, ['import-legacy', 'try/config.yml', '--server', 'documented', '--quiet'], /^$/);
  mustRun(image, ['settings', 'get', 'auth.jwt.expiration_seconds', '--config', 'try/config.yml'], /^7200$/m);
  console.log('container: the file builds from the archive, and its program runs');
} finally {
  rmSync(work, { recursive: true, force: true });
}
