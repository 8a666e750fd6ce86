import { writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { OracleWorkspace } from './workspace.js';

vi.mock('oracledb', async () => ({
  default: (await import('../../support/stand-ins/oracle/driver.js')).driver,
}));

const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator:\n  name: Ann\n';

interface Fault {
  readonly hint: string;
}

async function stopsOf(w: OracleWorkspace): Promise<{ code: number; hints: string[] }> {
  const { code, out } = await w.run(['import-legacy', 'config.yml', '--dry-run', '--json']);
  const { error } = JSON.parse(out) as { error?: Fault & { diagnostics?: Fault[] } };
  return { code, hints: (error?.diagnostics ?? (error ? [error] : [])).map(({ hint }) => hint) };
}

it('prints what to grant to a user who may not make tables, or has no room for them', async () => {
  const w = new OracleWorkspace(text);
  const { user } = w.schema;
  expect(await stopsOf(w)).toEqual({ code: 0, hints: [] });
  w.schema.privileges.clear();
  w.schema.quota = '0';
  const { code, hints } = await stopsOf(w);
  expect(code).toBe(1);
  // For the settings, and for the table that locks runs.
  expect([...new Set(hints)]).toEqual([
    `GRANT CREATE TABLE TO "${user}";`,
    `ALTER USER "${user}" QUOTA UNLIMITED ON "USERS";`,
  ]);
  w.schema.privileges.add('CREATE TABLE');
  w.schema.privileges.add('UNLIMITED TABLESPACE');
  expect(await stopsOf(w)).toEqual({ code: 0, hints: [] });
});

it('asks for nothing where all tables are there: they are the own ones', async () => {
  const w = new OracleWorkspace(text);
  expect((await w.run(['import-legacy', 'config.yml'])).code).toBe(0);
  writeFileSync(w.file, text.replace('Ann', 'Ben').replace('$URL', w.url));
  w.schema.privileges.clear();
  const { code, out } = await w.run([
    'import-legacy',
    'config.yml',
    '--dry-run',
    '--on-conflict',
    'overwrite',
  ]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Ben') as string });
});
