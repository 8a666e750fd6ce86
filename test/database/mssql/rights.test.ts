import { expect, it } from 'vitest';
import { World } from './world.js';

const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator:\n  name: Ann\n';
const dry = ['import-legacy', 'config.yml', '--dry-run', '--json'];

interface Fault {
  readonly code: string;
  readonly hint: string;
}

async function stopsOf(w: World): Promise<{ code: number; hints: string[] }> {
  const run = await w.run(dry);
  const { error } = run.json() as { error?: Fault & { diagnostics?: Fault[] } };
  return {
    code: run.code,
    hints: (error?.diagnostics ?? (error ? [error] : [])).map(({ hint }) => hint).sort(),
  };
}

it('prints what to grant where the table is to be made: rows of it belong to nobody by that', async () => {
  const w = await World.start();
  w.write(text);
  for (const right of ['CREATE TABLE', 'ALTER', 'INSERT system_settings']) w.database.denied.add(right);
  expect(await stopsOf(w)).toEqual({
    code: 1,
    hints: [
      'GRANT ALTER ON SCHEMA::[dbo] TO [tmi];',
      'GRANT CREATE TABLE TO [tmi];',
      'GRANT INSERT ON SCHEMA::[dbo] TO [tmi];',
    ],
  });
  w.database.denied.clear();
  expect(await stopsOf(w)).toEqual({ code: 0, hints: [] });
});

it('prints what to grant on a table that is there, and says that a database takes no writes', async () => {
  const w = await World.start();
  w.write(text);
  expect((await w.run(['settings', 'set', 'operator.contact', 'x', '--config', 'config.yml'])).code).toBe(0);
  w.database.denied.add('UPDATE system_settings');
  w.database.denied.add('DELETE system_settings');
  w.database.denied.add('INSERT tmi_dbtool_receipts');
  const found = await stopsOf(w);
  expect(found).toEqual({ code: 1, hints: ['GRANT UPDATE ON [dbo].[system_settings] TO [tmi];'] });
  const { notes } = (await w.run(dry)).json() as { notes: string[] };
  expect(notes.join('\n')).toContain('GRANT DELETE ON [dbo].[system_settings] TO [tmi];');
  expect(notes.join('\n')).toContain('GRANT INSERT ON SCHEMA::[dbo] TO [tmi];');
  w.database.denied.add('WRITE');
  expect((await stopsOf(w)).hints).toContain('Name the primary, or: ALTER DATABASE CURRENT SET READ_WRITE;');
});
