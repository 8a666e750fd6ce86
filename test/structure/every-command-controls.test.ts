import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEntry } from '../../commands/command.js';
import { commandEntries, program } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { createServerTable, insertRows } from '../support/rows.js';
import { FakeIo } from '../support/io.js';
import { lineIn, variantsOf, workingArguments } from '../support/every-command.js';
import { runEntry } from '../support/run-entry.js';

/*
 * Names and values that would steer a terminal, a log of builds or a reader, in files, variables and rows, against
 * everything that any command of the table prints: with each option, each format. A new command is covered unnamed.
 */

/** ESC, a C1 control, CR, BEL, both ends of lines of Unicode, and what turns the direction of text. */
const EVIL = '\u001b[2J\u009b2J\rx\u0007\u2028y\u2029\u202ez\u2066';
/** None of it may be printed as it is; line feeds and tabs are the tool's own. */
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u; // eslint-disable-line no-control-regex
/** How the same is shown. */
const shown = /\\x1b|\\033|\\u001b|\\e|%1B|&#x1b;/i;

/** JSON is YAML, and has an escape for each of them. */
const config = (file: string): string =>
  JSON.stringify({
    database: { url: `sqlite://${file}` },
    server: { port: '8080' },
    [`key${EVIL}`]: `value${EVIL}`,
    logging: { level: `debug${EVIL}` },
    auth: {
      build_mode: 'dev',
      jwt: { secret: `secret-that-is-long-enough-${EVIL}` },
      oauth: { providers: { p: { enabled: true, name: `name${EVIL}`, issuer: `https://u${EVIL}` } } },
    },
    ui: { default_theme: `theme${EVIL}` },
  }).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066]/gu,
    (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

const variables = {
  PATH: process.env['PATH'],
  TMI_UI_DEFAULT_THEME: `variable${EVIL}`,
  TMI_NO_SUCH_VARIABLE: EVIL,
  OAUTH_PROVIDERS_Q_ENABLED: 'true',
  OAUTH_PROVIDERS_Q_NAME: `name${EVIL}`,
};

let template: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-controls-'));
  const url = `sqlite://${template}/t.db`;
  await createServerTable('sqlite', url, { origin: true });
  await insertRows('sqlite', url, [
    { key: 'ui.default_theme', value: `row${EVIL}`, origin: 'explicit', modifiedBy: `who${EVIL}` },
    { key: `unknown${EVIL}`, value: `row${EVIL}`, origin: `odd${EVIL}` },
    { key: 'timmy.enabled', value: `no${EVIL}`, type: `bool${EVIL}`, origin: 'explicit' },
    { key: 'auth.oauth.providers.r.name', value: `name${EVIL}`, origin: 'explicit' },
  ]);
  const io = new FakeIo({ cwd: template, env: {} });
  await main(['settings', 'export', '--output', 'export.yml', '--database-url', url], io);
  await main(['db', 'backup', '--output', 'b.gz', '--database-url', url], io);
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** What a command needs to do its work. */
const needs: Readonly<Record<string, readonly string[]>> = {
  ...workingArguments,
  'settings get': ['ui.default_theme', `nobody${EVIL}`],
  'settings set': [`ui.default_theme=new${EVIL}`],
  'settings unset': [`unknown${EVIL}`],
  exec: ['--', `./no-such${EVIL}`],
};

async function printedBy(entry: CommandEntry, variant: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-one-'));
  try {
    cpSync(template, folder, { recursive: true });
    writeFileSync(join(folder, 'c.yml'), config(join(folder, 't.db')));
    const io = new FakeIo({ cwd: folder, env: variables, signal: AbortSignal.timeout(20_000) });
    const args = lineIn(folder, entry, needs[entry.name] ?? [], variant);
    await runEntry(entry, args, io, program);
    return io.out + io.err;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Found {
  /** What steers, with the text around. */
  readonly caught: readonly string[];
  /** Variants that have printed something of it, made harmless. */
  readonly seen: number;
}

async function controlsOf(entry: CommandEntry): Promise<Found> {
  const caught: string[] = [];
  let seen = 0;
  for (const variant of await variantsOf(entry)) {
    const text = await printedBy(entry, variant);
    const found = steering.exec(text);
    if (shown.test(text)) seen += 1;
    if (found) {
      const around = text.slice(Math.max(0, found.index - 60), found.index + 20);
      caught.push(`${entry.name} ${variant.join(' ')}: ${JSON.stringify(around)}`);
    }
  }
  return { caught, seen };
}

let seen = 0;
describe.each(commandEntries.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
  it('prints nothing that steers, whatever its options', { timeout: 120_000 }, async () => {
    const found = await controlsOf(entry);
    seen += found.seen;
    expect(found.caught).toEqual([]);
  });
});

describe('the test itself', () => {
  it('has had something to catch', () => expect(seen).toBeGreaterThan(60));

  it('sees a careless command', async () => {
    const careless: CommandEntry = {
      name: 'careless print',
      group: 'Shell',
      summary: 'prints its environment',
      load: () =>
        Promise.resolve({
          define: (command, io, finish) =>
            void command.action(() => {
              io.stdout.write(Object.values(io.env).join('\n'));
              finish(0);
            }),
        }),
    };
    expect((await controlsOf(careless)).caught.length).toBeGreaterThan(2);
  });
});
