import { describe, expect, it } from 'vitest';
import { connectFresh } from '../support/connection.js';
import type { TestEngine } from '../support/database.js';
import { whyMissing } from '../support/servers/index.js';

/** Tables with keys that count, and with indexes that are of some rows, of expressions or of the beginning of a text. */
const worlds = {
  postgres: [
    'create table people (id int primary key, a varchar(40), b varchar(40), c int, constraint one unique (a), unique (b, a))',
    'create unique index with_more on people (c) include (a)',
    'create unique index partly on people (b) where a is not null',
    'create unique index folded on people (lower(b))',
    'create unique index mixed on people (c, lower(b))',
    'create index plain on people (b)',
  ],
  mysql: [
    'create table people (id int primary key, a varchar(40), b varchar(40), c int, unique key one (a), unique key two (b, a))',
    'create unique index with_more on people (c)',
    'create unique index beginning on people (b(3))',
    'create index plain on people (b)',
  ],
  sqlite: [
    'create table people (id text primary key, a text, b text, c int, unique (a), unique (b, a))',
    'create unique index with_more on people (c)',
    'create unique index partly on people (b) where a is not null',
    'create unique index folded on people (lower(b))',
    'create unique index mixed on people (c, lower(b))',
    'create index plain on people (b)',
  ],
} as const satisfies Partial<Record<TestEngine, readonly string[]>>;

describe.each(Object.keys(worlds) as (keyof typeof worlds)[])('%s', (engine) => {
  it.skipIf(engine !== 'sqlite' && whyMissing(engine))(
    'knows the unique keys of a table over all rows and over columns as they are',
    async () => {
      const database = await connectFresh(engine);
      for (const sql of worlds[engine]) await database.knex.raw(sql);
      await database.knex.raw('create table others (id int primary key, a int unique)');
      const keys = await database.transfer.uniqueKeys(['people']);
      expect(keys).toHaveLength(3);
      expect(keys.map(({ table, columns }) => `${table}.${columns.join()}`).sort()).toEqual([
        'people.a',
        'people.b,a',
        'people.c',
      ]);
    },
  );
});
