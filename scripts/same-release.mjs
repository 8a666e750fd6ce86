// Makes the archive of the last commit twice, from two clones in different places, and compares the sums of all that comes
// out: the same commit is to give the same bytes.
//   node scripts/same-release.mjs      (part of npm run release:check)
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(path.join(os.tmpdir(), 'tmi-dbtool-same-'));

/**
 * What nobody should be able to see in the archive: where it was made, by whose rights, and in which time zone. No place has a
 * blank in it, with which make compiles nothing.
 */
const places = [
  { name: 'a', umask: '022', zone: 'UTC' },
  { name: 'another/and/longer/place', umask: '077', zone: 'Asia/Kolkata' },
];

/** @returns the sums of a release that is made in a clone of its own */
function sumsFrom({ name, umask, zone }) {
  const place = path.join(work, name);
  const temporary = path.join(place, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const clone = path.join(place, 'clone');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  execFileSync('sh', ['-c', `umask ${umask} && exec node scripts/release.mjs`], {
    cwd: clone,
    env: { ...process.env, TMPDIR: temporary, TZ: zone },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(path.join(clone, 'release/SHA256SUMS'), 'utf8');
}

try {
  const [one, other] = places.map(sumsFrom);
  if (one === other) console.log(`Two releases of this commit are the same:\n${one}`);
  else {
    console.error(`Two releases of this commit differ:\n${one}\n${other}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
