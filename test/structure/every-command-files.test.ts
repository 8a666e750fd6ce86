import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  cpSync,
  createReadStream,
  existsSync,
  lstatSync,
  openSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  type ReadStream,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEntry } from '../../commands/command.js';
import { commandEntries, program } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { FakeIo } from '../support/io.js';
import { withCommon } from '../support/every-command.js';
import { declaredBy, runEntry } from '../support/run-entry.js';

/*
 * Every command of the table, with every option and argument that takes a file, on files that must not be replaced and
 * on things that are no files. A new command is covered without being named here; only where it needs more to do its
 * work than a configuration and a database, it says so in `needs`.
 */

/** Names the database of its folder: in a test the tool does not work in that folder. */
const configurationOf = (folder: string): string => `server:
  port: "8080"
  interface: 0.0.0.0
database:
  url: sqlite://${folder}/t.db
auth:
  build_mode: dev
  jwt:
    secret: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH
operator:
  name: Ann
`;

/** What a command needs to get as far as its files. */
const needs: Readonly<Record<string, readonly string[]>> = {
  'import-legacy': ['old.yml', '--on-conflict', 'keep'],
  'db reset': ['--scope', 'settings', '--confirm', 't.db'],
  'db restore': ['b.gz', '--replace', '--confirm', 't.db'],
  'settings set': ['ui.default_theme=dark'],
  'settings unset': ['operator.name'],
  'settings import': ['export.yml'],
  'settings diff': ['defaults', 'database'],
  exec: ['--', 'true'],
  completion: ['bash'],
};

let template: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-every-'));
  const io = new FakeIo({ cwd: template, env: {} });
  writeFileSync(join(template, 'old.yml'), 'ui:\n  default_theme: dark\n');
  const url = `sqlite://${template}/t.db`;
  for (const args of [
    ['settings', 'set', 'operator.name=Ann', '--database-url', url],
    ['settings', 'export', '--output', 'export.yml', '--database-url', url],
    ['db', 'backup', '--output', 'b.gz', '--database-url', url],
  ]) {
    expect([args, await main(args, io), io.err]).toEqual([args, 0, expect.any(String) as unknown]);
  }
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** A way to name a file to a command: an option, or its argument. */
interface Place {
  readonly name: string;
  readonly args: (file: string) => readonly string[];
  readonly overwrites: boolean;
}

const takesFile = /[<[](?:file|files|receipt|export|path)\b/;

async function placesOf(entry: CommandEntry): Promise<Place[]> {
  const command = await declaredBy(entry, new FakeIo(), program);
  const overwrites = command.options.some(({ long }) => long === '--overwrite');
  const more = needs[entry.name] ?? [];
  const options = command.options
    .filter(({ flags }) => takesFile.test(flags))
    .map(({ long }): Place => {
      const name = long ?? '';
      return { name, overwrites, args: (file) => [name, file, ...more] };
    });
  const argument = command.registeredArguments.find((found) => takesFile.test(`<${found.name()}`));
  if (!argument) return options;
  const rest = more.slice(1);
  return [...options, { name: argument.name(), overwrites: false, args: (file) => [file, ...rest] }];
}

/** When a run is told to stop. */
const TOLD_MS = 5000;

/**
 * Runs a command in a folder of its own.
 * @param signal only a value may be waited for in a pipe, and that wait ends as a signal ends it
 */
async function inFolder<T>(
  entry: CommandEntry,
  place: Place,
  file: string,
  look: (folder: string, code: number, text: string) => T,
  signal = AbortSignal.timeout(TOLD_MS),
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-one-'));
  try {
    cpSync(template, folder, { recursive: true });
    writeFileSync(join(folder, 'config.yml'), configurationOf(folder));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('/dev/null', join(folder, 'device'));
    symlinkSync('/dev/zero', join(folder, 'endless'));
    const io = new FakeIo({ cwd: folder, env: { PATH: process.env['PATH'] }, signal });
    const overwrite = place.overwrites && place.name.includes('output') ? ['--overwrite'] : [];
    const args = withCommon(place.args(file), [
      '--config',
      'config.yml',
      '--database-url',
      `sqlite://${folder}/t.db`,
      '--yes',
      ...overwrite,
    ]);
    const code = await runEntry(entry, args, io, program);
    return look(folder, code, io.out + io.err);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isDatabase = (folder: string): boolean =>
  readFileSync(join(folder, 't.db')).subarray(0, 15).toString() === 'SQLite format 3';

/** Files that no command may replace, however it is told, and how to see that it did not. */
const untouchable: Readonly<Record<string, (folder: string) => boolean>> = {
  't.db': isDatabase,
  'x/../t.db': isDatabase,
  't.db-wal': (folder) => !existsSync(join(folder, 't.db-wal')),
  'config.yml': (folder) => readFileSync(join(folder, 'config.yml'), 'utf8') === configurationOf(folder),
  pipe: (folder) => lstatSync(join(folder, 'pipe')).isFIFO(),
  device: (folder) =>
    lstatSync(join(folder, 'device')).isSymbolicLink() && statSync('/dev/null').isCharacterDevice(),
};

/** What of the places that a command has is an output that replaced one of them. */
async function damageOf(entry: CommandEntry): Promise<string[]> {
  const found: string[] = [];
  for (const place of await placesOf(entry)) {
    for (const [file, isWhole] of Object.entries(untouchable)) {
      // What is imported is rewritten: that is what the command is for.
      if (entry.name === 'import-legacy' && place.name !== '--output' && file === 'config.yml') continue;
      const whole = await inFolder(entry, place, file, isWhole);
      if (!whole) found.push(`${entry.name} ${place.name} ${file}`);
    }
  }
  return found;
}

/** How long after it was told to stop a run may take, on a machine that does much else. */
const PATIENCE_MS = 15_000;

/** What of the places that a command has is an input which it reads on and on, whatever it is told. */
async function deafOf(entry: CommandEntry, told = TOLD_MS, patience = PATIENCE_MS): Promise<string[]> {
  const found: string[] = [];
  for (const place of await placesOf(entry)) {
    for (const file of ['pipe', 'endless']) {
      const stop = new AbortController();
      const limit = new AbortController();
      const ended = inFolder(entry, place, file, () => true, stop.signal);
      const late = setTimeout(told + patience, false, { signal: limit.signal });
      const tell = setTimeout(told, undefined, { signal: limit.signal }).then(() => stop.abort('SIGTERM'));
      const inTime = await Promise.race([ended, late]);
      limit.abort();
      await Promise.allSettled([late, tell]);
      if (!inTime) found.push(`${entry.name} ${place.name} ${file}`);
    }
  }
  return found;
}

/** True when a name that nothing has is a file afterwards. */
const writes = (entry: CommandEntry, place: Place): Promise<boolean> =>
  inFolder(entry, place, 'fresh', (folder) => existsSync(join(folder, 'fresh')));

describe.each(commandEntries.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
  it('replaces nothing that it works with, and nothing that is no file', { timeout: 120_000 }, async () => {
    expect(await damageOf(entry)).toEqual([]);
  });

  it('ends at a pipe and at a device without an end', { timeout: 120_000 }, async () => {
    expect(await deafOf(entry)).toEqual([]);
  });

  it('gets as far as writing with every option that is called an output', { timeout: 60_000 }, async () => {
    for (const place of await placesOf(entry)) {
      if (place.name.includes('output'))
        expect([place.name, await writes(entry, place)]).toEqual([place.name, true]);
    }
  });
});

describe('the test itself', () => {
  it('knows the outputs of today', async () => {
    const found: string[] = [];
    for (const entry of commandEntries) {
      for (const place of await placesOf(entry))
        if (place.name.includes('output')) found.push(`${entry.name} ${place.name}`);
    }
    expect(found).toEqual(
      expect.arrayContaining(['import-legacy --output', 'settings export --output', 'db backup --output']),
    );
  });

  it('sees a careless command', async () => {
    const careless: CommandEntry = {
      name: 'careless write',
      group: 'Shell',
      summary: 'writes where it is told to',
      load: () =>
        Promise.resolve({
          define: (command, io, finish) =>
            void command.option('--output <file>', 'anything').action(({ output }: { output: string }) => {
              if (!lstatSync(join(io.cwd, output), { throwIfNoEntry: false })?.isFIFO())
                writeFileSync(join(io.cwd, output), 'careless');
              finish(0);
            }),
        }),
    };
    const found = await damageOf(careless);
    expect(found).toContain('careless write --output t.db');
    expect(found).toContain('careless write --output config.yml');
  });

  it('sees a command that reads whatever it is told to', { timeout: 60_000 }, async () => {
    const streams: ReadStream[] = [];
    const writers: number[] = [];
    const careless: CommandEntry = {
      name: 'careless read',
      group: 'Shell',
      summary: 'reads to the end',
      load: () =>
        Promise.resolve({
          define: (command, io, finish) =>
            void command
              .option('--from-file <file>', 'anything')
              .action(async ({ fromFile }: { fromFile: string }) => {
                const file = join(io.cwd, fromFile);
                // Somebody who has the pipe open, and writes nothing: the test can let go.
                if (lstatSync(file).isFIFO()) writers.push(openSync(file, constants.O_RDWR));
                const stream = createReadStream(file);
                streams.push(stream);
                await finished(stream.resume()).catch(() => undefined);
                finish(0);
              }),
        }),
    };
    try {
      expect(await deafOf(careless, 100, 400)).toEqual([
        'careless read --from-file pipe',
        'careless read --from-file endless',
      ]);
    } finally {
      for (const stream of streams) stream.destroy();
      for (const writer of writers) closeSync(writer);
    }
  });
});
