// Code caches of the program's scripts: what V8 made of them, laid beside them as NAME.cache, and as NAME.COMMAND.cache
// for a command of its own. The same scripts and the same
// Node.js give the same bytes, since a release is to be the same for the same commit.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One thread, nothing left to chance, and nothing thrown away meanwhile, which would depend on the machine's load. */
const steady = ['--random-seed=1', '--hash-seed=1', '--single-threaded', '--no-flush-bytecode'];

const recorder = new URL('record-scripts.mjs', import.meta.url).href;

/**
 * Runs a command with the program.
 * @param out the folder of the launcher
 * @param record the end of the names of caches for what the run called, from a dot on; else a file for the names of the scripts
 */
export function runRecorded(out, args, record, { cwd, env = {} }) {
  const { status } = spawnSync(
    process.execPath,
    [...steady, '--import', recorder, path.join(out, 'tmi-dbtool.js'), ...args],
    {
      cwd,
      // The driver is found where the sources are, wherever the build goes.
      env: {
        PATH: process.env.PATH,
        NODE_PATH: path.join(cwd, 'node_modules'),
        RECORD: record,
        // What reads and writes files ends in the order in which it begins: V8 numbers functions as it meets them.
        UV_THREADPOOL_SIZE: '1',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  // 3: something was found.
  if (status !== 0 && status !== 3) throw new Error(`${args.join(' ')} ended with ${status}.`);
}

/** Compiles all functions of files that no run of the build reaches, such as those for servers. */
export function compileWhole(files) {
  const code = `for (const file of process.argv.slice(1)) {
    const script = new vm.Script(fs.readFileSync(file, 'latin1'), { filename: path.basename(file) });
    fs.writeFileSync(file + '.cache', script.createCachedData());
  }`;
  execFileSync(process.execPath, [...steady, '--no-lazy', '-e', code, ...files], { stdio: 'inherit' });
}

/** Where a cache names the flags that V8 ran with: behind the numbers of format, version and source. */
const FLAGS = [12, 16];

/**
 * Says in each cache that V8 ran with the flags that it has without any, since it takes no cache of another V8 or of
 * other flags. Ours change when functions are compiled and not what comes of it.
 * @throws when V8 does not take one of them
 */
export function settleFlags(folder) {
  const fresh = "process.stdout.write(new vm.Script('0').createCachedData())";
  const plain = execFileSync(process.execPath, ['-e', fresh]).subarray(...FLAGS);
  const caches = readdirSync(folder).filter((name) => name.endsWith('.cache'));
  for (const name of caches) {
    const bytes = readFileSync(path.join(folder, name));
    plain.copy(bytes, FLAGS[0]);
    writeFileSync(path.join(folder, name), bytes);
  }
  const check = `for (const cache of process.argv.slice(1)) {
    const source = fs.readFileSync(cache.replace(/(\\.js)\\.[a-z.-]+$/, '$1'), 'latin1');
    const script = new vm.Script(source, { cachedData: fs.readFileSync(cache) });
    if (script.cachedDataRejected) throw new Error('V8 does not take ' + cache);
  }`;
  execFileSync(process.execPath, ['-e', check, ...caches.map((name) => path.join(folder, name))], {
    stdio: 'inherit',
  });
}
