// Whole processes against bare node: what every run costs before it does anything.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { median, program, root, timeOf } from './support.mjs';

const rounds = 15;
const of = (args) => median(Array.from({ length: rounds }, () => timeOf(args)));
const library = pathToFileURL(join(root, 'dist/src/index.js')).href;

const bare = of(['-e', '0']);
console.log(`${'node -e 0'.padEnd(24)}${bare.toFixed(0)} ms`);
for (const [name, args] of [
  ['tmi-dbtool --version', [program, '--version']],
  ['tmi-dbtool --help', [program, '--help']],
  ['import of the library', ['--input-type=module', '-e', `await import('${library}')`]],
]) {
  const ms = of(args);
  console.log(`${name.padEnd(24)}${ms.toFixed(0)} ms, ${(ms / bare).toFixed(2)} times node -e 0`);
}
