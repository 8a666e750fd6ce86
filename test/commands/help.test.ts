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
    ['undo', ['import-legacy --undo last']],
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

describe('a mistyped option', () => {
  /** The options that a command's help names. */
  async function optionsOf(name: string): Promise<string[]> {
    const { out } = await output(...name.split(' '), '--help');
    return [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option as string);
  }

  /** What fingers make of a word: a letter left out, two changed over, one twice, and the end not typed. */
  function misspelt(option: string): string[] {
    const middle = Math.ceil(option.length / 2) + 1;
    const [a = '', b = ''] = option.slice(middle - 1, middle + 1);
    return [
      option.slice(0, middle) + option.slice(middle + 1),
      option.slice(0, middle - 1) + b + a + option.slice(middle + 1),
      option.slice(0, middle) + option.slice(middle - 1),
      option.slice(0, -2),
    ].filter((word) => word.length > 5 && word !== option);
  }

  it.each(commandEntries.map(({ name }) => name))(
    'of %s is refused, with one that its help names',
    async (name) => {
      const known = await optionsOf(name);
      expect(known.length).toBeGreaterThan(8);
      const words = known.flatMap(misspelt).filter((word) => !known.includes(word));
      for (const word of words) {
        const { code, out, err } = await output(...name.split(' '), word);
        expect({ word, code, out }).toEqual({ word, code: 2, out: '' });
        const meant = /^Did you mean (.*)\?$/m.exec(err)?.[1];
        expect(known, `${word}: ${err}`).toContain(meant);
      }
    },
  );

  it.each([
    [['import-legacy', 'x.yml', '--dry'], '--dry-run'],
    [['db', 'reset', '--scop', 'data'], '--scope'],
    [['ls', '--reveel'], '--reveal'],
    [['validate-config', '--formt=json'], '--format'],
    [['--vers'], '--version'],
    [['--import-leg', '-f', 'x'], '--import-legacy'],
  ])('%j means %s', async (args, meant) => {
    const { code, err } = await output(...args);
    expect(code).toBe(2);
    expect(err).toContain(`Did you mean ${meant}?`);
  });

  it('is answered in JSON too', async () => {
    const { code, out, err } = await output('db', 'status', '--databse-url=sqlite://./x.db', '--json');
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(JSON.parse(out)).toMatchObject({ error: { hint: 'Did you mean --database-url?' } });
  });

  it('that resembles none is only refused', async () => {
    const { code, err } = await output('db', 'status', '--zzz');
    expect(code).toBe(2);
    expect(err).not.toContain('Did you mean');
  });
});

it.each([
  ['import-legacy', 'config.yml', '--version'],
  ['db', 'reset', '--scope', 'data', '-V'],
  ['--version', 'db', 'status'],
])('runs nothing where --version stands beside a command: %j', async (...args) => {
  const { code, out, err } = await output(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('--version stands alone');
});

it('leaves --version behind exec to the program', async () => {
  const { err } = await output('exec', '--', 'node', '--version');
  expect(err).not.toContain('stands alone');
});
