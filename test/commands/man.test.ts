import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandEntries, program } from '../../commands/index.js';
import { manPages } from '../../commands/man/pages.js';
import { FakeIo } from '../support/io.js';

let pages: Map<string, string>;
beforeAll(async () => {
  pages = await manPages(program, new FakeIo(), '1.2.3');
});

const groff = (text: string, ...args: string[]) =>
  spawnSync('groff', ['-man', '-Tutf8', '-P-cbou', '-rHY=0', '-rLL=78n', '-ww', ...args], {
    input: text,
    encoding: 'utf8',
  });

/** A page as a person reads it, on one line, with groff's hyphens and breaks undone. */
const read = (text: string) =>
  groff(text)
    .stdout.replace(/\u2010\n\s*/g, '')
    .replaceAll('\u2212', '-')
    .replace(/\s+/g, ' ');

describe('the manual', () => {
  it('has a page for the program and one for each command', () => {
    const names = commandEntries.map(({ name }) => `tmi-dbtool-${name.replaceAll(' ', '-')}.1`);
    expect([...pages.keys()]).toEqual(['tmi-dbtool.1', ...names]);
    const first = read(pages.get('tmi-dbtool.1') ?? '');
    for (const { name, summary } of commandEntries) {
      expect(first).toContain(name);
      expect(first).toContain(summary);
    }
  });

  it.skipIf(spawnSync('groff', ['--version']).error)('is read by groff without a warning', () => {
    for (const [name, text] of pages) {
      const { stderr, status } = groff(text);
      expect({ name, stderr, status }).toEqual({ name, stderr: '', status: 0 });
    }
  });

  it.each(commandEntries.map((entry) => [entry.name, entry] as const))(
    'names every option of %s, its examples and the exit codes',
    async (name, entry) => {
      const command = new Command(name);
      (await entry.load()).define(command, new FakeIo(), () => undefined, program);
      const page = read(pages.get(`tmi-dbtool-${name.replaceAll(' ', '-')}.1`) ?? '');
      for (const { flags, hidden } of command.options) if (!hidden) expect(page).toContain(flags);
      for (const argument of command.registeredArguments) expect(page).toContain(argument.description);
      expect(page).toContain('EXAMPLES');
      expect(page).toContain(`$ tmi-dbtool ${name}`);
      expect(page).toContain('7 a lock is held by another run.');
    },
  );

  it('is plain ASCII, so that every man can read it', () => {
    // eslint-disable-next-line no-control-regex -- the end of ASCII
    for (const text of pages.values()) expect(text).toMatch(/^[\x00-\x7f]*$/);
  });
});
