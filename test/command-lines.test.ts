import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandEntries } from '../commands/index.js';
import { main } from '../commands/main.js';
import { exitCodes } from '../src/errors/index.js';
import { settingByEnv } from '../src/registry/index.js';
import { shellCommands, toolCalls, whyNoSuchOption, whyRefused } from './support/command-lines.js';
import { FakeIo } from './support/io.js';

// Whatever a text tells people to type must be something that the tool takes. What console blocks show is run, and
// compared, by docs.test.ts.
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const below = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name}`,
  );

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...below('docs'),
  ...below('examples').filter((name) => name.endsWith('.md')),
];

/** Scripts and transcripts of a document. */
const blocks = (text: string): string[] =>
  [...text.matchAll(/```(sh|console)\n([\s\S]*?)```/g)].map(([, language, block = '']) =>
    language === 'sh'
      ? block
      : block
          .split('\n')
          .filter((line) => line.startsWith('$ '))
          .join('\n'),
  );

/** What stands between backticks, on one line or broken over two. */
const inlineCode = (text: string): string[] =>
  [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replace(/\s+/g, ' '),
  );

/** A line of usage without its optional parts, and with each of them: some exclude each other. */
function variants(usage: string): string[] {
  const optional = usage.match(/\[[^\]]*\]/g) ?? [];
  const keep = (kept?: string): string =>
    optional
      .reduce((line, part) => line.replace(part, part === kept ? part.slice(1, -1) : ''), usage)
      .replace(/ +/g, ' ')
      .trim();
  return [keep(), ...optional.map((part) => keep(part))];
}

/** Begins as a call does, and is a text in the format of a backup. */
const notCalls: readonly string[] = ['tmi-dbtool backup'];

/** The calls of the tool that a piece of code in prose stands for. */
function callsInProse(code: string): string[][] {
  if (notCalls.includes(code)) return [];
  const plain = code.replace(/^(?:[A-Z_]+=\S+ )*(?:npx )?/, '');
  const [first = '', second = ''] = plain.split(' ');
  const named = first === 'tmi-dbtool' && second !== '<command>' && !/^\d/.test(second);
  const bare = commandEntries.some(({ name }) => name === first || name === `${first} ${second}`);
  return (named || bare ? variants(plain) : [])
    .flatMap((line) => (named ? toolCalls(shellCommands(line)) : [line.split(' ')]))
    .map((args) => args.filter((word) => !word.endsWith('…')));
}

describe.each(documents)('%s', (name) => {
  const text = read(name);

  it('shows command lines that the tool takes', async () => {
    for (const args of blocks(text).flatMap((block) => toolCalls(shellCommands(block)))) {
      expect(await whyRefused(args, true), args.join(' ')).toBeUndefined();
    }
  });

  it('speaks of commands and options that exist', async () => {
    for (const code of inlineCode(text)) {
      const calls = callsInProse(code);
      for (const args of calls) expect(await whyRefused(args, false), code).toBeUndefined();
      if (/^-{1,2}[a-z][a-z-]*( \S+)?$/.test(code)) expect(await whyNoSuchOption(code), code).toBeUndefined();
    }
  });

  it('names scripts of the package, and files, that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const ofExample = path.join(path.dirname(name), 'package.json');
    const own = existsSync(path.join(root, ofExample))
      ? (JSON.parse(read(ofExample)) as { scripts: Record<string, string> }).scripts
      : scripts;
    const commands = [...blocks(text), ...inlineCode(text)].flatMap(shellCommands);
    for (const [program, verb, third] of commands.filter(([program]) => program === 'npm')) {
      if (verb === 'run') expect(Object.keys(own), `${program ?? ''} run ${third ?? ''}`).toContain(third);
      if (verb === 'test' || verb === 'start') expect(Object.keys(own)).toContain(verb);
    }
    for (const code of inlineCode(text).filter((part) =>
      /^(src|test|commands|bench|fixtures|docs|examples|scripts)\/[\w./-]+$/.test(part),
    )) {
      const there = [code, `${code}.ts`].some((file) => existsSync(path.join(root, file)));
      expect(there, code).toBe(true);
    }
  });

  it('names variables that somebody reads', () => {
    for (const [variable] of text.matchAll(/\bTMI_[A-Z0-9_]*[A-Z0-9]\b(?![<…*])/g)) {
      expect(isKnownVariable(variable) || text.includes(`env://${variable}`), variable).toBe(true);
    }
  });

  it('names exit codes of the table', () => {
    const known = Object.values(exitCodes).map(({ code }) => code);
    for (const [phrase, code] of text.matchAll(
      /\b(?:exit(?:s| code| codes)?|ends with|code) `?(\d+)`?(?![\d.+,%])/gi,
    )) {
      expect(Number(code) > 128 || known.includes(Number(code) as (typeof known)[number]), phrase).toBe(true);
    }
  });
});

/** Lines that pipe a backup into another program, whose own end would hide that of the backup. */
const pipesOf = (text: string): RegExpMatchArray[] => [
  ...text.matchAll(/^.*tmi-dbtool db backup [^|\n]*\|(?! *`).*$/gm),
];

describe('what pipes a backup', () => {
  const helps = ['db backup', 'db verify'].map(async (name) => {
    const io = new FakeIo();
    await main([...name.split(' '), '--help'], io);
    return { name: `${name} --help`, text: io.out };
  });
  const texts = documents.flatMap((name) => blocks(read(name)).map((text) => ({ name, text })));

  it('lets every part count, and reads back what arrived', async () => {
    const found = [...texts, ...(await Promise.all(helps))].flatMap(({ name, text }) =>
      pipesOf(text).map((pipe) => ({ name, text, pipe })),
    );
    expect(found.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['README.md', 'docs/databases.md', 'db backup --help', 'db verify --help']),
    );
    for (const { name, text, pipe } of found) {
      expect(text.slice(0, pipe.index), name).toContain('set -o pipefail');
      expect(text.slice(pipe.index), name).toMatch(/\| tmi-dbtool db verify -$/m);
    }
  });
});

const sources = ['src', 'commands', 'test/support', 'bench', 'scripts', 'examples']
  .flatMap(below)
  .filter((name) => /\.(ts|mjs|cjs|js|json|yml|service)$/.test(name))
  .concat(
    'test/package.test.ts',
    'test/preflight/ci-files.test.ts',
    'test/commands/store-trouble.test.ts',
    '.ci/run',
  )
  .filter((name) => existsSync(path.join(root, name)))
  .map(read)
  .join('\n');

/** A variable of a setting, of the secrets in variables, or one that some program of this repository reads by its name. */
const isKnownVariable = (name: string): boolean =>
  settingByEnv(name) !== undefined ||
  name.startsWith('TMI_SECRET_') ||
  new RegExp(`\\b${name}\\b`).test(sources);

describe('the help', () => {
  it.each(commandEntries.map(({ name }) => name))(
    'of %s shows command lines that the tool takes',
    async (name) => {
      const io = new FakeIo();
      await main([...name.split(' '), '--help'], io);
      const examples = [...io.out.matchAll(/^ *\$ (.+)$/gm)].map(([, line = '']) => line);
      expect(examples.length).toBeGreaterThan(0);
      for (const args of toolCalls(shellCommands(examples.join('\n')))) {
        expect(await whyRefused(args, true), args.join(' ')).toBeUndefined();
      }
    },
  );
});

describe('the check of command lines', () => {
  it.each([
    'settings gte ui.default_theme',
    'settings get ui.default_theme --effectiv',
    'db reset --scope everything',
    'import-legacy config.yml --server 1.7',
    'db restore',
    '--import-legacy --no-such-flag',
    'completion csh',
  ])('refuses %s', async (line) => {
    expect(await whyRefused(line.split(' '), true)).toBeDefined();
  });

  it('reads pipes, lists, substitutions, assignments, quotes, comments and redirections', () => {
    const script =
      "A=1 npx tmi-dbtool db status --config 'a b.yml' > out.txt && x $(tmi-dbtool settings digest) # tmi-dbtool\n" +
      'tmi-dbtool db backup --output - \\\n  --settings-only | gzip; cp -r node_modules/tmi-dbtool there';
    expect(toolCalls(shellCommands(script))).toEqual([
      ['db', 'status', '--config', 'a b.yml'],
      ['db', 'backup', '--output', '-', '--settings-only'],
      ['settings', 'digest'],
    ]);
  });

  it('knows options that stand alone', async () => {
    expect(await whyNoSuchOption('--server 1.8')).toBeUndefined();
    expect(await whyNoSuchOption('--server 1.7')).toBeDefined();
    expect(await whyNoSuchOption('--no-such-flag')).toBeDefined();
  });
});
