import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandEntries, program } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { FakeIo } from '../support/io.js';

async function output(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = new FakeIo();
  const code = await main(args, io);
  return { code, out: io.out, err: io.err };
}

describe('help', () => {
  it('of the program names every command or its group, and every exit code', async () => {
    const { code, out } = await output('--help');
    expect(code).toBe(0);
    for (const { name } of commandEntries)
      expect(out).toMatch(new RegExp(`^  ${name.split(' ')[0] ?? ''}[ |]`, 'm'));
    for (const exit of [0, 1, 2, 3, 4, 5, 6, 7]) expect(out).toMatch(new RegExp(`^  ${exit}  `, 'm'));
  });

  it.each(commandEntries.map(({ name }) => name))('of %s has examples, which call it', async (name) => {
    const { code, out } = await output(...name.split(' '), '--help');
    expect(code).toBe(0);
    const examples = out.slice(out.indexOf('Examples:')).split('\n').slice(1);
    expect(out).toContain('Examples:');
    expect(examples.filter((line) => line.includes(`tmi-dbtool ${name}`)).length).toBeGreaterThan(0);
  });
});

describe('a word that is no command', () => {
  it.each([
    ['status', ['db status']],
    ['import', ['import-legacy', 'settings import']],
    ['backup', ['db backup']],
    ['version', ['--version']],
    ['dump', ['db backup']],
    ['set', ['settings set']],
    ['nonsense', []],
    ['db statsu', []],
    ['db dump', ['db backup']],
    ['settings backup', ['db backup']],
  ])('leads to the commands that are meant: %s', async (line, meant) => {
    const words = line.split(' ');
    const { code, out, err } = await output(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`unknown command '${words.at(-1)}'`);
    const tried = err.split('\n').flatMap((line) => /^Try: tmi-dbtool (.*)$/.exec(line)?.[1] ?? []);
    expect(tried).toEqual(meant);
  });

  it('never runs something else', async () => {
    for (const args of [['--dryrun'], ['--ipmort-legacy', '-f', 'x'], ['import-legacy', '--dryrun', 'x']]) {
      const { code, err } = await output(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(err).toMatch(/Did you mean --(dry-run|import-legacy)\?/);
    }
  });
});

describe('help by another way', () => {
  it.each([
    [['help', 'settings', 'set'], 'Usage: tmi-dbtool settings set'],
    [['help', 'db'], 'Usage: tmi-dbtool db'],
    [['help'], 'Usage: tmi-dbtool [options]'],
    [['help', 'ls'], 'Usage: tmi-dbtool settings list|ls'],
    [['validate', '--help'], 'Usage: tmi-dbtool validate-config|validate'],
    [['settings', 'ls', '--help'], 'Usage: tmi-dbtool settings list|ls'],
  ])('%j', async (args, usage) => {
    const { code, out } = await output(...args);
    expect(code).toBe(0);
    expect(out).toContain(usage);
  });

  it.each([
    [['help', 'nope']],
    [['foo', '--help']],
    [['settings', 'foo', '--help']],
    [['db', 'statsu', '-h']],
  ])('is none for what does not exist: %j', async (args) => {
    const { code, out, err } = await output(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('unknown command');
  });

  it('names the options of every command, and examples of a group', async () => {
    const { out } = await output('db', 'backup', '--help');
    expect(out).toMatch(/^Global Options:$/m);
    expect(out).toContain('--database-url <url>');
    expect(out).not.toContain('--version');
    for (const args of [['--help'], ['db', '--help'], ['settings', '--help'], ['config', '--help']]) {
      expect((await output(...args)).out, args.join(' ')).toContain('Examples:');
    }
  });
});

it.each([
  [['impot-legacy'], 'import-legacy'],
  [['settings', 'gte', 'x'], 'get'],
  [['validate-config', '--stric'], '--strict'],
])('suggests what was meant by %j', async (args, meant) => {
  const { code, err } = await output(...args);
  expect(code).toBe(2);
  expect(err).toContain(`Did you mean ${meant}?`);
});

it('spells an option alike in every command', async () => {
  const spellings = new Map<string, Set<string>>();
  for (const { name, load } of commandEntries) {
    const command = new Command(name);
    (await load()).define(command, new FakeIo(), () => undefined, program);
    for (const { long, short } of command.options) {
      spellings.set(long ?? '', (spellings.get(long ?? '') ?? new Set()).add(short ?? 'no short form'));
    }
  }
  expect([...spellings].filter(([, forms]) => forms.size > 1)).toEqual([]);
});
