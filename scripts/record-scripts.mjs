// Loaded before the program by the build. RECORD=caches writes what V8 made of each script beside it; else RECORD is a
// file, to which the names of the scripts' files are written.
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

process.on('exit', () => {
  if (record === 'caches') {
    for (const [file, script] of scripts)
      writeFileSync(join(folder, `${file}.cache`), script.createCachedData());
  } else {
    writeFileSync(record, JSON.stringify([...scripts.keys()].map((file) => basename(file))));
  }
});
