import { expect, it } from 'vitest';
import { createServerTable, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';
import { plain } from './sample.js';

/** The forms in which drivers and people write a time into SQLite. */
const forms = [
  '2025-01-01 00:00:00',
  '2025-01-01 00:00:00+00:00',
  '2025-01-01T00:00:00Z',
  '2025-01-01 02:00:00.120000 +0200 CEST',
  '2025-01-01 00:00:00.123456789+00:00',
];

const times = (w: Workspace): Promise<unknown> =>
  withDatabase('sqlite', w.url, (statement) =>
    statement('SELECT setting_key, modified_at, origin FROM system_settings ORDER BY setting_key'),
  );

it.each(forms)('keeps the time "%s" of a row as it was written in SQLite', async (time) => {
  const w = await Workspace.create(
    'sqlite',
    'database: {url: "$URL"}\nauth: {build_mode: test}\noperator: {name: A, contact: B}\n',
  );
  await createServerTable('sqlite', w.url, { origin: true });
  await withDatabase('sqlite', w.url, (statement) =>
    statement(
      `INSERT INTO system_settings (setting_key, value, setting_type, modified_at, origin)
        VALUES ('operator.contact', 'B', 'string', ?, 'seeded'), ('operator.name', 'other', 'string', ?, 'explicit')`,
      [time, time],
    ),
  );
  const before = await times(w);
  expect((await w.import([...plain, '--on-conflict', 'overwrite'])).code).toBe(0);
  // One row is only marked, which leaves its time as it was; the other one is replaced.
  expect(await times(w)).toEqual([
    { setting_key: 'operator.contact', modified_at: time, origin: 'explicit' },
    {
      setting_key: 'operator.name',
      modified_at: expect.not.stringContaining(time) as string,
      origin: 'explicit',
    },
  ]);
  const undone = await w.run(['import-legacy', '--undo', w.receipt()]);
  expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
  expect(await times(w)).toEqual(before);
});
