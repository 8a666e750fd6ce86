import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { expect } from 'vitest';

/** What strangers may have stored so that who sources an export runs `touch PWNED`, or has a variable `EVIL`. */
export const attacks = [
  '$(touch PWNED)',
  '`touch PWNED`',
  "'; touch PWNED #",
  "a'$(touch PWNED)`touch PWNED`",
  '"; touch PWNED #',
  '"$(touch PWNED)',
  '\\',
  "x\\'; touch PWNED #",
  "'\\''; touch PWNED #",
  '; touch PWNED #',
  '(touch PWNED)',
  '\ntouch PWNED #',
  '\rtouch PWNED #',
  'a\nEVIL=1',
  'a\u2028EVIL=1',
  "'\nEVIL=1",
  '"\nEVIL=1\n"',
  '`\nEVIL=1',
  'a\nexport EVIL=1',
  '!!',
  '\u001b]0;title\u0007',
  "a'\u009b\u202e$(touch PWNED)\u007f\n",
];

/** The shells of this machine. */
export const shells = ['sh', 'bash', 'dash', 'zsh', 'fish'].filter(
  (shell) => spawnSync(shell, ['-c', 'true']).status === 0,
);

/**
 * Sources the text as a script does, and gives the environment that a program started then has.
 * @param folder where it is written and sourced
 */
export function sourced(folder: string, shell: string, text: string): Record<string, string> {
  writeFileSync(join(folder, 'export'), text);
  const begin = shell === 'fish' ? '' : 'set -a; ';
  const run = spawnSync(shell, ['-c', `${begin}. ./export; printf '\\n=== '; exec env -0`], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  const [, printed = ''] = run.stdout.split('\n=== ');
  const pairs = printed.split('\0').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** What `docker run --env-file` does: line by line, no quotes, a comment begins with its sign. */
function dockerEnvFile(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const trimmed = line.trimStart();
    const at = trimmed.indexOf('=');
    return trimmed.startsWith('#') || at <= 0 ? [] : [[trimmed.slice(0, at), trimmed.slice(at + 1)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Sources the text in a folder that is empty but for hidden files, in every shell, and reads it as others do. */
export function assertHarmless(folder: string, text: string): void {
  for (const shell of shells) {
    expect([shell, sourced(folder, shell, text)['EVIL']], text).toEqual([shell, undefined]);
    expect(
      [shell, readdirSync(folder).filter((name) => name !== 'export' && !name.startsWith('.'))],
      text,
    ).toEqual([shell, []]);
  }
  expect(parseDotenv(text)).not.toHaveProperty('EVIL');
  expect(dockerEnvFile(text)).not.toHaveProperty('EVIL');
  // No comment holds what steers a terminal.
  for (const line of text.split('\n').filter((line) => line.startsWith('#'))) {
    expect(line).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
  }
}
