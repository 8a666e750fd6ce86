// Loaded before the program by the build. RECORD=.cache, or another ending, writes what V8 made of each script beside it;
// else RECORD is a file, to which the names of the scripts' files are written.
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import timers from 'node:timers';
import vm from 'node:vm';

const { RECORD: record } = process.env;
/** The launcher names its scripts from its own folder. */
const folder = dirname(process.argv[1]);
const scripts = new Map();
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.set(options.filename, this);
  }
};

// What a timer calls would be compiled where the machine was slow enough for it to fire: a pool that looks for idle
// connections each second, for one. Runs that end well wait for none, so it comes an hour later.
const HOUR_MS = 3_600_000;
const LONGEST_MS = 2 ** 31 - 1;
const later = (delay) => (delay > 1 ? Math.min(delay + HOUR_MS, LONGEST_MS) : delay);
for (const name of ['setTimeout', 'setInterval']) {
  const start = timers[name];
  timers[name] = (call, delay = 0, ...rest) => start(call, later(delay), ...rest);
  // Node's own way to sleep by a promise.
  Object.defineProperties(timers[name], Object.getOwnPropertyDescriptors(start));
  globalThis[name] = timers[name];
}

process.on('exit', () => {
  if (record.startsWith('.')) {
    for (const [file, script] of scripts)
      writeFileSync(join(folder, `${file}${record}`), script.createCachedData());
  } else {
    writeFileSync(record, JSON.stringify([...scripts.keys()].map((file) => basename(file))));
  }
});
