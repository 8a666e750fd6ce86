// The line that stands first in each program of this package: it ends the run where Node.js is older than the manifest
// asks for, before anything is read that such a Node.js does not know.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** What the manifest asks for, as `>=20.19`: the one place where it is said. */
const oldest = engines.node.replace(/^>=/, '');

/** Runs in whatever Node.js there is, so it is written in words that the oldest of them knew. */
function endIfOlder(asked) {
  var has = process.versions.node.split('.').map(Number);
  var wanted = asked.split('.').map(Number);
  if (has[0] > wanted[0] || (has[0] === wanted[0] && has[1] >= wanted[1])) return;
  process.stderr.write(
    'error: tmi-dbtool needs Node.js ' +
      asked +
      ' or later, and this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ')\n' +
      'hint: Use a later one, or the standalone archive for Linux, which brings its own.\n',
  );
  process.exit(1);
}

/** Code to put before a program. */
export const nodeCheck = `(${endIfOlder.toString()})(${JSON.stringify(oldest)});`;
