import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEntry } from '../../commands/command.js';
import { commandEntries, program } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { FakeIo } from '../support/io.js';
import { withCommon, workingArguments } from '../support/every-command.js';
import { createServerTable } from '../support/rows.js';
import { declaredBy, runEntry } from '../support/run-entry.js';

/*
 * Every command of the table with a database URL into which something slipped that does not show, in every layer that
 * can state one. Which commands connect is seen by the connections that a server gets of the same URL without it: what
 * connects must not with it, and says whose value it is and what to do. A new command is covered unnamed.
 */

/** What slips in, around the URL or in it. */
const strays: readonly ((url: string) => string)[] = [
  (url) => `${url}\r`,
  (url) => `"${url}"`,
  (url) => `'${url}'`,
  (url) => ` ${url}`,
  (url) => `${url}\u00a0`,
  (url) => `\ufeff${url}`,
  (url) => url.replace('/tmi', '/t\u200bmi'),
];

interface Stated {
  readonly env: Readonly<Record<string, string>>;
  /** What stands in the file for the URL. */
  readonly inFile: string;
  readonly args: readonly string[];
}

/** Ways to state the URL, with the words by which a message names them. */
const layers: Readonly<Record<string, (url: string) => Stated>> = {
  TMI_DATABASE_URL: (url) => ({ env: { TMI_DATABASE_URL: url }, inFile: '', args: [] }),
  DATABASE_URL: (url) => ({
    env: { TMI_DATABASE_URL: 'env://DATABASE_URL', DATABASE_URL: url },
    inFile: '',
    args: [],
  }),
  '--database-url': (url) => ({ env: {}, inFile: '', args: ['--database-url', url] }),
  'c.yml': (url) => ({ env: {}, inFile: url, args: [] }),
};

let template: string;
let server: Server;
let url: string;
let connections = 0;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-stray-'));
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `postgres://u@127.0.0.1:${(server.address() as AddressInfo).port}/tmi?sslmode=disable`;
  const own = `sqlite://${template}/t.db`;
  await createServerTable('sqlite', own, { origin: true });
  const io = new FakeIo({ cwd: template, env: {} });
  await main(['settings', 'set', 'operator.name=Ann', '--database-url', own], io);
  await main(['settings', 'export', '--output', 'export.yml', '--database-url', own], io);
  await main(['db', 'backup', '--output', 'b.gz', '--database-url', own], io);
});
afterAll(() => {
  server.close();
  rmSync(template, { recursive: true, force: true });
});

/** What a command needs to get as far as its database. */
const needs: Readonly<Record<string, readonly string[]>> = {
  ...workingArguments,
  'validate-config': ['c.yml', '--connect'],
  'db reset': ['--scope', 'settings', '--confirm', 'tmi'],
  'db restore': ['b.gz', '--replace', '--confirm', 'tmi'],
  'db verify': ['b.gz', '--against'],
  'settings get': ['operator.name'],
  'settings set': ['operator.name=Bea'],
  'settings unset': ['operator.name'],
  exec: ['--', 'true'],
};

interface Run {
  readonly connections: number;
  readonly code: number;
  readonly text: string;
}

async function run(entry: CommandEntry, { env, inFile, args }: Stated): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-one-'));
  try {
    cpSync(template, folder, { recursive: true });
    // JSON is YAML, and has an escape for each of them. A setting to move, so that an import has work.
    const file = { ...(inFile === '' ? {} : { database: { url: inFile } }), operator: { name: 'Cid' } };
    const text = JSON.stringify(file).replace(
      /[\u007f-\uffff]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    writeFileSync(join(folder, 'c.yml'), text);
    const declared = await declaredBy(entry, new FakeIo(), program);
    const own = needs[entry.name] ?? [];
    const config =
      own.includes('c.yml') || declared.name() === 'resolve-secrets' ? [] : ['--config', 'c.yml'];
    const io = new FakeIo({
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      signal: AbortSignal.timeout(20_000),
    });
    const before = connections;
    const code = await runEntry(entry, withCommon(own, [...config, '--yes', ...args]), io, program);
    return { connections: connections - before, code, text: io.out + io.err };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Found {
  readonly wrong: readonly string[];
  /** Layers whose URL the command connects to. */
  readonly connects: readonly string[];
}

async function straysOf(entry: CommandEntry): Promise<Found> {
  const wrong: string[] = [];
  const connects: string[] = [];
  for (const [name, state] of Object.entries(layers)) {
    if ((await run(entry, state(url))).connections === 0) continue;
    connects.push(name);
    for (const stray of strays) {
      const { connections: made, code, text } = await run(entry, state(stray(url)));
      const told = text.includes(name) && /carriage return|quotes|blank|NBSP|no width/.test(text);
      if (made > 0 || code === 0 || !told)
        wrong.push(`${name} ${JSON.stringify(stray('URL/tmi'))}: ${code}, ${made} connections, ${text}`);
    }
  }
  return { wrong, connects };
}

const connecting: string[] = [];
describe.each(commandEntries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('connects to no database whose URL holds what does not show', { timeout: 120_000 }, async () => {
    const { wrong, connects } = await straysOf(entry);
    if (connects.length > 0) connecting.push(name);
    expect(wrong).toEqual([]);
  });
});

describe('the test itself', () => {
  it('knows what connects today', () => {
    expect(connecting).toEqual(
      expect.arrayContaining([
        ...['import-legacy', 'validate-config', 'seed-settings', 'db status', 'db backup', 'db verify'],
        ...['db reset', 'db restore', 'settings get', 'settings list', 'settings set', 'settings export'],
      ]),
    );
  });

  it('sees a careless command', async () => {
    const careless: CommandEntry = {
      name: 'careless connect',
      group: 'Shell',
      summary: 'connects to where a variable leads',
      load: () =>
        Promise.resolve({
          define: (command, io, finish) =>
            void command.action(async () => {
              const text = io.env['TMI_DATABASE_URL'] ?? '';
              const { connect } = await import('node:net');
              const port = Number(/:(\d+)\//.exec(text)?.[1]);
              if (port > 0)
                await new Promise((resolve) => connect(port, '127.0.0.1').on('close', resolve).resume());
              finish(0);
            }),
        }),
    };
    const { wrong, connects } = await straysOf(careless);
    expect([connects, wrong.length]).toEqual([['TMI_DATABASE_URL'], strays.length]);
  });
});
