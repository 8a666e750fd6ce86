import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withGeneratedParts } from './support/generated-docs.js';
import { SettingsService } from '../src/bootstrap/settings-service.js';
import { settingsReference } from '../src/preflight/documents/reference.js';
import { ChildCli } from './support/cli.js';

// UPDATE_DOCS=1 writes what the tool prints into the documents; `npm run docs` does that.
const update = process.env['UPDATE_DOCS'] === '1';
const root = fileURLToPath(new URL('..', import.meta.url));
/** The database of a transcript has another path each time. */
const DIGEST = /, digest [0-9a-f]{16}(?=\n)/g;
const TIME = /\d{8}-\d{6}/g;
const HOME = '/home/ann';

let home: string;
let env: Record<string, string>;
let cli: ChildCli;

beforeAll(async () => {
  cli = await ChildCli.create();
});

afterAll(() => cli.dispose());

/** `config.yml.<time>.receipt.json` becomes the name of the file that is there. */
async function fillInTime(argument: string): Promise<string> {
  if (!argument.includes('<time>')) return argument;
  const [start = '', end = ''] = path.basename(argument).split('<time>');
  const names = await readdir(path.join(home, path.dirname(argument)));
  const found = names.find((name) => name.startsWith(start) && name.endsWith(end));
  return path.join(path.dirname(argument), found ?? path.basename(argument));
}

/** A new key, as a reader makes it. Prints nothing. */
function prepare(command: string): string {
  const key = /^export (TMI_\w+)=\$\(openssl rand -hex 32\)$/.exec(command)?.[1];
  if (key === undefined) throw new Error(`The documents run no such command: ${command}`);
  env[key] = randomBytes(32).toString('hex');
  return '';
}

async function run(command: string): Promise<string> {
  const [program, ...words] = command.split(' ');
  const args = await Promise.all(words.map(fillInTime));
  if (program === 'cat') return readFile(path.join(home, args[0] ?? ''), 'utf8');
  if (program === 'export') return prepare(command);
  expect(program).toBe('tmi-dbtool');
  const { out, err } = await cli.run({ args, cwd: home, env, now: '2026-11-21T07:45:00.000Z' });
  return `${out}${err}`;
}

/** The text of a `console` block with the output that each of its commands has now. */
async function transcript(block: string): Promise<string> {
  const commands = block.split('\n').filter((line) => line.startsWith('$ '));
  let text = '';
  for (const line of commands) {
    const output = (await run(line.slice(2)))
      .replaceAll(home, HOME)
      .replace(TIME, '<time>')
      .replace(DIGEST, ', digest <digest>');
    text += output.trim() === '' ? `${line}\n` : `${line}\n${output.trimEnd()}\n`;
  }
  return text.replace(/\n\n(?=\$ )/g, '\n');
}

/** A document with its transcripts run again, in order. */
async function withTranscripts(text: string): Promise<string> {
  let result = text;
  for (const [, block] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
    const fresh = await transcript(block as string);
    result = result.replace(`\`\`\`console\n${block}\`\`\``, () => `\`\`\`console\n${fresh}\`\`\``);
  }
  return result;
}

/** Documents with commands or generated parts in them. Each is read from top to bottom in a folder of its own. */
const documents = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) =>
    name.endsWith('.md') && /```console|<!-- generated:/.test(readFileSync(path.join(root, name), 'utf8')),
);

describe.each(documents)('%s', (name) => {
  const file = path.join(root, name);

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tmi-dbtool-docs-'));
    // Every document works on what the README's first lines copy. The README makes its key itself.
    env = name === 'README.md' ? {} : { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'c0ffee'.padEnd(64, '0') };
    await cp(path.join(root, 'fixtures/readme'), path.join(home, 'try'), { recursive: true });
    const [, setUp] =
      /^cp -r fixtures\/readme try && npx (tmi-dbtool .*)$/m.exec(await readFile(file, 'utf8')) ?? [];
    if (setUp !== undefined) await run(setUp);
  });

  afterAll(() => rm(home, { recursive: true, force: true }));

  it('shows what the tool does now', async () => {
    const text = await readFile(file, 'utf8');
    const fresh = await withTranscripts(withGeneratedParts(text));
    if (update) await writeFile(file, fresh);
    else expect(text).toBe(fresh);
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
