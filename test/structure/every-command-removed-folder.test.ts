import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandEntries, program } from '../../commands/index.js';
import { Binary, finished, type BinaryRun } from '../support/binary.js';
import { FakeIo } from '../support/io.js';
import { declaredBy } from '../support/run-entry.js';

/*
 * Every command of the table in a folder that somebody has removed, where Node.js itself does not know where it is: the
 * command does its work or says what is missing, and no program's inside is printed.
 */

let binary: Binary;
beforeAll(async () => void (binary = await Binary.create()));
afterAll(() => binary.dispose());

function inRemovedFolder(words: readonly string[], args: readonly string[]): Promise<BinaryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-removed-'));
  const script = 'cd "$0" && rmdir "$0" && exec "$@"';
  const child = spawn('sh', ['-c', script, folder, ...words, ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return finished(child);
}

/** What of a program's inside stands in what it printed. */
const insideOf = ({ out, err }: BinaryRun): string[] =>
  [/^\s+at .*$/m, /uv_cwd/, /internal\/unexpected/, /Node\.js v\d/].flatMap(
    (inside) => inside.exec(out + err)?.[0] ?? [],
  );

describe.each(commandEntries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('prints nothing of its inside', { timeout: 60_000 }, async () => {
    const { registeredArguments } = await declaredBy(entry, new FakeIo(), program);
    const needed = registeredArguments
      .filter(({ required }) => required)
      .map(({ argChoices }) => argChoices?.[0] ?? 'a.b');
    for (const args of [needed, [...needed, '--config', 'c.yml', '--database-url', 'sqlite://./t.db']]) {
      const run = await inRemovedFolder(binary.command, [...name.split(' '), ...args]);
      expect([run.code, insideOf(run)], run.err).toEqual([expect.any(Number), []]);
    }
  });
});

describe('the test itself', () => {
  it.each([[['--version']], [['--help']], [['--import-legacy', '-f', 'x.yml']]])(
    'has other ways in: %s',
    async (args) => {
      const run = await inRemovedFolder(binary.command, args);
      expect(insideOf(run), run.err).toEqual([]);
    },
  );

  it('sees a program that asks where it is', async () => {
    const run = await inRemovedFolder([process.execPath, '-e', 'process.cwd()'], []);
    expect(insideOf(run)).not.toEqual([]);
  });
});
