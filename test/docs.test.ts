import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Bundle } from './support/bundle.js';
import { withGeneratedParts } from './support/generated-docs.js';
import { inOneShell, type LineRun } from './support/one-shell.js';
import { SettingsService } from '../src/bootstrap/settings-service.js';
import { settingsReference } from '../src/preflight/documents/reference.js';

// UPDATE_DOCS=1 writes what the tool prints into the documents; `npm run docs` does that.
const update = process.env['UPDATE_DOCS'] === '1';
const root = fileURLToPath(new URL('..', import.meta.url));
/** What is another text each time, or on each machine, and what stands for it. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{8}-\d{6}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>'],
  // The database of a transcript has another path each time.
  [/(?<=, digest )[0-9a-f]{16}(?=\n)/g, '<digest>'],
  [/(?<=^sha256 +)[0-9a-f]{64}$/gm, '<sha256>'],
  [/(?<=tmi-dbtool )(from-source|\d+\.\d+\.\d+)$/gm, '<version>'],
];
const HOME = '/home/ann';

/** A block of lines to type: `sh` holds them alone, `console` with what they print. */
interface Block {
  readonly text: string;
  readonly lines: readonly string[];
  readonly shows: boolean;
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/```(sh|console)\n([\s\S]*?)```/g)].map(([, kind, block = '']) => {
    const shows = kind === 'console';
    const lines = block.split('\n').filter((line) => (shows ? line.startsWith('$ ') : line !== ''));
    return { text: block, lines: shows ? lines.map((line) => line.slice(2)) : lines, shows };
  });
}

/** A `console` block with the output that each of its lines has now. */
function transcript(runs: readonly LineRun[], home: string): string {
  const text = runs.map(({ line, output }) => {
    const shown = CHANGING.reduce((part, [pattern, name]) => part.replace(pattern, name), output).replaceAll(
      home,
      HOME,
    );
    return shown.trim() === '' ? `$ ${line}\n` : `$ ${line}\n${shown.trimEnd()}\n`;
  });
  return text.join('').replace(/\n\n(?=\$ )/g, '\n');
}

let program: Bundle;
beforeAll(async () => void (program = await bundle('bin/tmi-dbtool.ts')));
afterAll(() => program.dispose());

/**
 * A machine on which nothing was set up: a clone, and npm. npm is played, since the whole would take minutes and
 * run these very tests: the tool is there once npm was told to put it there. test/package.test.ts packs and installs.
 */
class BareMachine {
  readonly env: Readonly<Record<string, string>>;
  private readonly bin: string;

  constructor(readonly home: string) {
    this.bin = path.join(home, '.bin');
    mkdirSync(this.bin);
    this.env = { HOME: home, PATH: `${this.bin}:/usr/bin:/bin` };
    const installed = path.join(home, 'node_modules');
    this.add('tool', `exec ${process.execPath} ${program.file} "$@"`);
    const built = path.join(home, 'dist/bin');
    this.add(
      'npm',
      `case "$*" in
  ci) mkdir -p ${installed} ${built} && ln -sf ${this.bin}/tool ${built}/tmi-dbtool.js ;;
  test) [ -d ${installed} ] ;;
  'pack --silent') [ -d ${installed} ] && echo tmi-dbtool.tgz ;;
  'install --global tmi-dbtool.tgz') ln -s tool ${this.bin}/tmi-dbtool ;;
  *) exit 1 ;;
esac`,
    );
  }

  /** What `npm install --global` leaves. */
  installTool(): void {
    this.add('tmi-dbtool', `exec ${this.bin}/tool "$@"`);
  }

  private add(name: string, code: string): void {
    writeFileSync(path.join(this.bin, name), `#!/bin/sh\n${code}\n`);
    chmodSync(path.join(this.bin, name), 0o755);
  }
}

/** Documents with commands or generated parts in them. Each is read from top to bottom in a folder of its own. */
const documents = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) =>
    name.endsWith('.md') && /```console|<!-- generated:/.test(readFileSync(path.join(root, name), 'utf8')),
);

describe.each(documents)('%s', (name) => {
  const file = path.join(root, name);
  const isReadme = name === 'README.md';
  let home: string;
  beforeAll(async () => void (home = await mkdtemp(path.join(tmpdir(), 'tmi-dbtool-docs-'))));
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** The README begins with nothing; other documents after its first lines, with a key, and show what they type. */
  async function setUp(): Promise<BareMachine> {
    const machine = new BareMachine(home);
    const samples = path.join(home, isReadme ? 'fixtures/readme' : 'try');
    await cp(path.join(root, 'fixtures/readme'), samples, { recursive: true });
    if (!isReadme) machine.installTool();
    return machine;
  }

  it('shows what the tool does now', async () => {
    const text = await readFile(file, 'utf8');
    const machine = await setUp();
    const key = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'c0ffee'.padEnd(64, '0') };
    const env = isReadme ? machine.env : { ...machine.env, ...key };
    const blocks = blocksOf(text).filter(({ shows }) => isReadme || shows);
    const lines = blocks.flatMap((block) => block.lines);
    const runs = await inOneShell(lines, home, env);
    if (isReadme) expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
    let fresh = withGeneratedParts(text);
    for (const { text: block, lines: typed, shows } of blocks) {
      const own = runs.splice(0, typed.length);
      if (!shows) continue;
      const now = `\`\`\`console\n${transcript(own, home)}\`\`\``;
      fresh = fresh.replace(`\`\`\`console\n${block}\`\`\``, () => now);
    }
    if (update) await writeFile(file, fresh);
    else expect(text).toBe(fresh);
  }, 120_000);
});

describe('fixtures/readme/go-server.db', () => {
  const file = path.join(root, 'fixtures/readme/go-server.db');
  const made = readFileSync(path.join(root, 'fixtures/readme/go-server.sql'), 'utf8');

  const contentOf = (database: Database.Database): unknown => {
    const tables = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all();
    const rows = (tables as { name: string }[]).map(({ name }) =>
      database.prepare(`SELECT * FROM "${name}"`).all(),
    );
    database.close();
    return { tables, rows };
  };

  it('holds what the text beside it says', async () => {
    const fresh = new Database(':memory:');
    fresh.pragma('page_size = 512');
    fresh.exec(made);
    const bytes = fresh.serialize();
    const wanted = contentOf(fresh);
    const there = contentOf(new Database(file, { readonly: true }));
    if (!update) expect(there).toEqual(wanted);
    else if (JSON.stringify(there) !== JSON.stringify(wanted)) await writeFile(file, bytes);
  });
});

describe('docs/library.md', () => {
  const text = readFileSync(path.join(root, 'docs/library.md'), 'utf8');

  it('shows the server that the tests run', () => {
    expect(text).toContain(readFileSync(path.join(root, 'examples/server/server.js'), 'utf8').trim());
  });

  it('names every entry of the package and everything that the settings service can do', () => {
    const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
    const members = Object.getOwnPropertyNames(SettingsService.prototype).filter(
      (name) => !['constructor', 'close'].includes(name),
    );
    expect(entries.length + members.length).toBeGreaterThan(15);
    for (const entry of entries) expect(text).toContain(`\`${path.join('tmi-dbtool', entry)}\``);
    for (const member of members) expect(text).toContain(`\`${member}\``);
  });
});

describe('every document', () => {
  const all = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)];

  it.each(all)('%s names only files that exist', async (name) => {
    const text = await readFile(path.join(root, name), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target as string);
    for (const link of links) {
      await expect(readFile(path.join(root, path.dirname(name), link)), link).resolves.toBeDefined();
    }
  });
});

it('docs/settings-reference.md is what config reference prints', async () => {
  const file = path.join(root, 'docs/settings-reference.md');
  if (update) await writeFile(file, settingsReference());
  else expect(await readFile(file, 'utf8')).toBe(settingsReference());
});
