import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEntry } from '../../commands/command.js';
import { commandEntries, program } from '../../commands/index.js';
import { FakeIo } from '../support/io.js';
import { lineIn, workingArguments } from '../support/every-command.js';
import { createServerTable, insertRows } from '../support/rows.js';
import { declaredBy, runEntry } from '../support/run-entry.js';
import { assertHarmless, attacks } from '../support/sourced.js';

/*
 * Every command of the table that has an option with a format for shells or readers of env files, over a database, a
 * file and variables that strangers wrote, sourced by the shells of this machine. A new command with such an option is
 * covered unnamed.
 */

/** Formats that somebody sources, or hands to what reads env files; `env` is one where an option says that it is a format. */
const sourceable = / (?:dotenv|shell|sh|posix)$|format env$/i;
/** Options under which more is written than without. */
const revealing: readonly (readonly string[])[] = [['--reveal'], ['--secrets', 'reveal']];

const joined = attacks.filter((text) => !/[\n\r\u2028]/.test(text)).join('');
const params = (text: string): Record<string, string> => ({ [`a${text}`]: text, plain: text });

let template: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-exports-'));
  const url = `sqlite://${template}/t.db`;
  await createServerTable('sqlite', url, { origin: true });
  await insertRows(
    'sqlite',
    url,
    attacks.flatMap((text, index) => [
      { key: `x${index}${text}`, value: text, origin: text, description: text, modifiedBy: text },
      { key: `auth.oauth.providers.p${index}.name`, value: text, origin: 'explicit', description: text },
      {
        key: `auth.oauth.providers.p${index}.additional_params`,
        value: JSON.stringify(params(text)),
        type: 'json',
        origin: 'explicit',
      },
    ]),
  );
  await insertRows('sqlite', url, [{ key: 'operator.name', value: joined, origin: 'explicit' }]);
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** JSON is YAML: one provider for each attack, and what else a person may write. */
const configuration = (folder: string, texts: readonly string[]): string =>
  JSON.stringify({
    database: { url: `sqlite://${folder}/t.db` },
    operator: { name: texts.join('') },
    auth: {
      build_mode: 'dev',
      jwt: { secret: `long-enough-to-be-a-secret-${texts.join('')}` },
      oauth: {
        providers: Object.fromEntries(
          texts.map((text, index) => [
            `p${index}`,
            { enabled: true, name: text, client_secret: text, additional_params: params(text) },
          ]),
        ),
      },
    },
  });

/** The ways in which a command writes something to be sourced, each with and without its secrets. */
async function exportsOf(entry: CommandEntry): Promise<string[][]> {
  const { options } = await declaredBy(entry, new FakeIo(), program);
  const has = (name: string): boolean => options.some(({ long }) => long === name);
  const formats = options.flatMap(({ long, argChoices = [] }) =>
    argChoices
      .filter((choice) => sourceable.test(`${long ?? ''} ${choice}`))
      .map((choice) => [long ?? '', choice]),
  );
  const ways = [[], ...revealing.filter(([name = '']) => has(name))];
  const outputs = has('--output') ? [[], ['--output', 'written']] : [[]];
  return formats.flatMap((format) =>
    ways.flatMap((way) => outputs.map((output) => [...format, ...way, ...output])),
  );
}

/** What a command wrote over a folder that strangers filled, of one way to call it. */
async function written(
  entry: CommandEntry,
  way: readonly string[],
  texts: readonly string[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-one-'));
  try {
    cpSync(template, folder, { recursive: true });
    writeFileSync(join(folder, 'c.yml'), configuration(folder, texts));
    const env = { PATH: process.env['PATH'], TMI_OPERATOR_CONTACT: texts.join('') };
    const io = new FakeIo({ cwd: folder, env, signal: AbortSignal.timeout(30_000) });
    await runEntry(entry, lineIn(folder, entry, workingArguments[entry.name] ?? [], way), io, program);
    const file = join(folder, 'written');
    return existsSync(file) ? readFileSync(file, 'utf8') : io.out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ways in which what a command wrote does harm to somebody who sources it. */
async function harmOf(entry: CommandEntry): Promise<{ harm: string[]; lines: number }> {
  const harm: string[] = [];
  let lines = 0;
  for (const way of await exportsOf(entry)) {
    // All at once, and the ones that a format without escapes has a way for, which refuses the others as a whole.
    for (const texts of [
      attacks,
      attacks.filter((text) => /^[^'"`\\\n\r\p{Cc}\u2028-\u202e]*$/u.test(text)),
    ]) {
      const text = await written(entry, way, texts);
      lines += text.split('\n').filter((line) => /^(?:export )?\w+=/.test(line)).length;
      const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-sourced-'));
      try {
        assertHarmless(folder, text);
      } catch (error) {
        harm.push(`${entry.name} ${way.join(' ')}: ${(error as Error).message.slice(0, 200)}`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  return { harm, lines };
}

const exporting: string[] = [];
let lines = 0;
describe.each(commandEntries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('writes nothing that harms who sources it', { timeout: 180_000 }, async () => {
    const found = await harmOf(entry);
    lines += found.lines;
    if ((await exportsOf(entry)).length > 0) exporting.push(name);
    expect(found.harm).toEqual([]);
  });
});

describe('the test itself', () => {
  it('knows the exports of today, and has had something to source', () => {
    expect(exporting).toEqual(['resolve-secrets', 'settings export']);
    expect(lines).toBeGreaterThan(50);
  });

  it('sees a careless command', { timeout: 60_000 }, async () => {
    const careless: CommandEntry = {
      name: 'careless export',
      group: 'Shell',
      summary: 'quotes as people do',
      load: () =>
        Promise.resolve({
          define: (command, io, finish) =>
            void command.addOption(command.createOption('--format <format>').choices(['env'])).action(() => {
              io.stdout.write(`# by ${io.env['TMI_OPERATOR_CONTACT'] ?? ''}\nNAME='${joined}'\n`);
              finish(0);
            }),
        }),
    };
    expect((await harmOf(careless)).harm).toHaveLength(2);
  });
});
