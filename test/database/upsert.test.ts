import { describe, expect, it } from 'vitest';
import { connectFresh, queryRows } from '../support/connection.js';
import type { TestEngine } from '../support/database.js';
import { whyMissing } from '../support/servers/index.js';

/** Texts that one way of sending them or another takes for something else than what they are. */
const texts = {
  quotes: `"'\`$$ ?`,
  backslashes: String.raw`\ \\ \u0041 \n \N`,
  lines: 'a\nb\r\n\tc',
  controls: '\u0001\u001f\u007f',
  letters: 'ä€😀 \u2028',
  json: '{"a":["b",null]}',
  nothing: '',
  space: ' a ',
};

type Row = Readonly<Record<'id' | 'value' | 'modified_at', string | null>>;

const early = '2024-02-29 23:59:59.123456';
const late = '2031-01-01 00:00:00.000001';
const rows = (modified_at: string, change = (text: string): string => text): Row[] => [
  ...Object.entries(texts).map(([id, text]) => ({ id, value: change(text), modified_at })),
  { id: 'null', value: null, modified_at: null },
];

const byId = (given: readonly Row[]): Row[] =>
  given.toSorted((a, b) => String(a.id).localeCompare(String(b.id)));

const times = { sqlite: 'text', postgres: 'timestamp(6)', mysql: 'datetime(6)' } satisfies Partial<
  Record<TestEngine, string>
>;

describe.each(Object.keys(times) as (keyof typeof times)[])('%s', (engine) => {
  const isMissing = engine !== 'sqlite' && whyMissing(engine) !== undefined;

  it.skipIf(isMissing).for([1, 9])('inserts, keeps and replaces %i rows as they are', async (count) => {
    const database = await connectFresh(engine);
    await database.knex.raw(
      `create table things (id varchar(20) primary key, value text, modified_at ${times[engine]})`,
    );
    const stored = async (): Promise<unknown> => {
      // As texts, so that no driver makes of a time what it likes.
      const all = 'select id, value, cast(modified_at as char(26)) as modified_at from things';
      return byId((await queryRows(database, all)) as unknown as Row[]);
    };
    const first = rows(early).slice(-count);
    const second = rows(late, (text) => `${text}!`).slice(-count);

    await database.upsert('things', 'id', first, 'keep');
    expect(await stored()).toEqual(byId(first));
    await database.upsert('things', 'id', second, 'keep');
    expect(await stored()).toEqual(byId(first));
    await database.upsert('things', 'id', second, 'replace');
    expect(await stored()).toEqual(byId(second));
  });
});
