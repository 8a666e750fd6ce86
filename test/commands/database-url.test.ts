import { expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { freshUrl, withQuery } from '../support/connection.js';
import { FakeIo } from '../support/io.js';

async function run(url: string, ...more: string[]): Promise<{ code: number; io: FakeIo }> {
  const io = new FakeIo();
  const code = await main(['db', 'status', '--database-url', url, '--non-interactive', ...more], io);
  return { code, io };
}

it('warns once of parameters that the connection does not use', async () => {
  const { code, io } = await run(withQuery(await freshUrl('sqlite'), 'cache=shared&pgbouncer=true'));
  // There are no settings in it yet.
  expect(code).toBe(3);
  expect(io.err.match(/warning: .*/g)).toEqual([
    'warning: parameters of the database URL that the tool does not use: cache, pgbouncer',
  ]);
});

it('warns of nothing with --quiet', async () => {
  const { io } = await run(withQuery(await freshUrl('sqlite'), 'cache=shared'), '--quiet');
  expect(io.err).toBe('');
});

it('refuses a parameter that is nearly one which chooses the schema, before it connects', async () => {
  const { code, io } = await run('postgres://u:hush@127.0.0.1:1/d?serach_path=hush');
  expect(code).toBe(2);
  expect(io.err).toContain('search_path');
  expect(io.err).not.toContain('hush');
});

it.each([
  ['nothing', {}, 'Set database.url in the file given with --config, or TMI_DATABASE_URL.'],
  [
    "Heroku's own variable",
    { DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/d' },
    'DATABASE_URL is set, but TMI reads TMI_DATABASE_URL. On Heroku: heroku config:set TMI_DATABASE_URL=env://DATABASE_URL',
  ],
])('says what to type where %s names a database', async (_, env, hint) => {
  for (const args of [
    ['db', 'status'],
    ['import-legacy', '--from-env', '--dry-run'],
  ]) {
    const io = new FakeIo({ env });
    expect(await main([...args, '--non-interactive'], io)).toBe(2);
    expect(io.err).toContain(`error: No database is named [usage/missing-input]\nhint: ${hint}\n`);
    expect(io.err).not.toContain('hush');
  }
});
