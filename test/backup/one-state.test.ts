import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { writeBackup } from '../../src/backup/index.js';
import { readBackup } from '../../src/backup/read.js';
import type { ToolError } from '../../src/errors/index.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { describeServers, type TestEngine } from '../support/database.js';
import type { ServerEngine } from '../support/servers/index.js';
import { noSignal } from './library.js';

const FIRST = 3000;
const SECOND = 500;

/** What another session does to the table `z` while `a` is read; each is one that engines keep no versions of. */
const interferences: Readonly<Record<string, (engine: ServerEngine) => readonly string[]>> = {
  'truncates and fills again': () => ['truncate table z', `insert into z values ${values('new')}`],
  'changes a type': (engine) => [
    engine === 'mysql'
      ? 'alter table z modify v varchar(60) not null'
      : engine === 'postgres'
        ? `alter table z alter v type varchar(60) using 'changed'`
        : 'alter table z alter column v varchar(60) not null',
  ],
  'makes the table again': () => [
    'drop table z',
    'create table z (id int primary key, v varchar(40) not null)',
    `insert into z values ${values('new')}`,
  ],
  'puts another table in its place': (engine) =>
    engine === 'mysql'
      ? ['create table y (id int primary key, v varchar(40) not null)', 'rename table z to old, y to z']
      : ['alter table z rename to old', 'create table z (id int primary key, v varchar(40) not null)'],
};

const values = (text: string): string =>
  Array.from({ length: SECOND }, (_, id) => `(${id}, '${text} ${id}')`).join(', ');

/** Asks whether a session waits for a lock on a table. */
const waiting: Partial<Record<TestEngine, string>> = {
  postgres: `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  mysql: `select 1 from information_schema.processlist where state like 'Waiting for table metadata lock' and db = database()`,
};

async function fill(url: string): Promise<void> {
  const { knex } = await connect(url);
  await knex.raw('create table a (id int primary key, v varchar(500) not null)');
  for (let start = 0; start < FIRST; start += 500) {
    const rows = Array.from({ length: 500 }, (_, index) => ({
      id: start + index,
      // No two alike, so that they fill what is compressed as well.
      v: Array.from({ length: 12 }, () => Math.random().toString(36)).join(''),
    }));
    await knex('a').insert(rows);
  }
  await knex.raw('create table z (id int primary key, v varchar(40) not null)');
  await knex.raw(`insert into z values ${values('old')}`);
}

const reading = { values: true, sums: true, digests: 'none' } as const;

/** Backs up, and holds the backup up at its first bytes until `statements` have run or wait for it. */
async function backupBeside(
  engine: ServerEngine,
  url: string,
  statements: readonly string[],
): Promise<readonly (readonly unknown[])[]> {
  const [database, other, witness] = [await connect(url), await connect(url), await connect(url)];
  let interfering: Promise<void> | undefined;
  let done = false;
  const interfere = async (): Promise<void> => {
    interfering = (async () => {
      for (const statement of statements) await other.knex.raw(statement);
      done = true;
    })();
    interfering.catch(() => (done = true));
    const question = waiting[engine];
    while (!done && (question === undefined || (await queryRows(witness, question)).length === 0)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, next) {
      chunks.push(chunk);
      if (interfering) next();
      else interfere().then(() => next(), next);
    },
  });
  const now = new Date('2026-11-21T07:45:00.000Z');
  const request = { database, selection: { scope: 'all' }, tool: 'test', now, signal: noSignal } as const;
  try {
    await writeBackup(request, sink);
  } finally {
    await interfering;
  }
  const rows: (readonly unknown[])[] = [];
  let table = '';
  const source = (async function* () {
    yield* chunks;
    await Promise.resolve();
  })();
  for await (const event of (await readBackup(source, undefined, noSignal, reading)).events) {
    if (event.type === 'table') table = event.name;
    if (event.type === 'rows' && table.toLowerCase() === 'z') rows.push(...event.rows);
  }
  return rows;
}

describeServers((engine) => {
  describe('while another session', () => {
    it.each(Object.keys(interferences))('%s, holds every row as it was, or refuses', async (name) => {
      const url = await freshUrl(engine);
      await fill(url);
      const statements = interferences[name]?.(engine) ?? [];
      const rows = await backupBeside(engine, url, statements).catch((error: unknown) => {
        // Where the engine keeps nobody out, no backup is made of what is not one state.
        if (waiting[engine] !== undefined) throw error;
        expect((error as ToolError).code).toBe('backup/changed');
        return undefined;
      });
      if (rows === undefined) return;
      expect(rows).toHaveLength(SECOND);
      expect(rows.every(([, text]) => /^old \d+$/.test(String(text)))).toBe(true);
      // What the other session wanted came to pass afterwards.
      const { knex } = await connect(url);
      await knex.raw('select * from z');
    });
  });
});
