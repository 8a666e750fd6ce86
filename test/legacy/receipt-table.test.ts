import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { importSteps } from '../../src/legacy/apply.js';
import { RECEIPT_FORMAT, RECEIPT_VERSION } from '../../src/legacy/receipt-format.js';
import { KEPT_RECEIPTS, ReceiptTable, type KeptReceipt } from '../../src/legacy/receipt-table.js';
import { undoSteps } from '../../src/legacy/undo.js';
import { ChildCli } from '../support/cli.js';
import { connect } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { needsLogins } from '../support/servers/index.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';
import { encrypted, sampleText } from './sample.js';

let cli: ChildCli;
beforeAll(async () => {
  cli = await ChildCli.create();
});
afterAll(() => cli.dispose());

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly file: string | null;
}

/** The environment of an app without a file. */
const appOf = (w: Workspace): Record<string, string> => ({
  ...encrypted,
  TMI_DATABASE_URL: w.url,
  TMI_BUILD_MODE: 'test',
  TMI_OPERATOR_NAME: 'Ann',
  TMI_TIMMY_ENABLED: 'true',
});

const legacy = (w: Workspace, args: readonly string[], env = appOf(w), now?: Date): Promise<Run> =>
  w.run(['import-legacy', ...args], { env, ...(now ? { now } : {}) });

async function listed(w: Workspace): Promise<Listed[]> {
  const { out, code } = await legacy(w, ['--undo', 'list', '--json']);
  expect(code).toBe(0);
  return (JSON.parse(out) as { receipts: Listed[] }).receipts;
}

/** A server frees the lock of a killed run once it has noticed that the connection is gone. */
async function onceUnlocked(run: () => Promise<Run>): Promise<Run> {
  for (;;) {
    const result = await run();
    if (result.code !== 7) return result;
  }
}

async function killedAt(w: Workspace, step: string, args: readonly string[]): Promise<void> {
  const request = { cwd: w.folder, env: appOf(w), now: '2026-11-21T07:45:00Z', killAt: step };
  const { signal, err } = await cli.run({ ...request, args: ['import-legacy', ...args, '--verbose'] });
  expect(signal, err).toBe('SIGKILL');
}

/** The steps of an import that touches no file of its own. */
const steps = importSteps.filter((step) => step !== 'backup');

describeEngines((engine) => {
  async function app(): Promise<Workspace> {
    const w = await Workspace.create(engine);
    await createServerTable(engine, w.url, { origin: true });
    await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'false', type: 'bool', origin: 'seeded' });
    return w;
  }

  it('undoes an import of the environment by what the database holds', async () => {
    const w = await app();
    const before = await w.rows();
    const imported = await legacy(w, ['--from-env']);
    expect({ code: imported.code, err: imported.err }).toEqual({ code: 0, err: '' });
    expect(w.files()).toEqual([]);
    const [only, ...others] = await listed(w);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ status: 'complete', file: null });
    expect(imported.out).toContain(`tmi-dbtool import-legacy --undo ${only?.id}`);
    const undone = await legacy(w, ['--undo', 'last']);
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(await w.rows()).toEqual(before);
    expect(await listed(w)).toMatchObject([{ id: only?.id, status: 'undone' }]);
    const again = await legacy(w, ['--undo', 'last']);
    expect(again.code).toBe(3);
    expect(again.err).toContain('[legacy/no-receipt]');
  });

  it.each(steps)('finishes an import of the environment that was killed before "%s"', async (step) => {
    const w = await app();
    const before = await w.rows();
    await killedAt(w, step, ['--from-env']);
    const next = await onceUnlocked(() =>
      legacy(w, ['--from-env'], appOf(w), new Date('2026-11-22T00:00:00Z')),
    );
    expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
    expect((await w.rows()).size).toBe(2);
    expect((await listed(w)).map(({ status }) => status)).toEqual(['complete']);
    const undone = await legacy(w, ['--undo', 'last']);
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(await w.rows()).toEqual(before);
  });

  it.each(undoSteps)('finishes an undo of it that was killed before "%s"', async (step) => {
    const w = await app();
    const before = await w.rows();
    await legacy(w, ['--from-env']);
    await killedAt(w, step, ['--undo', 'last']);
    const next = await onceUnlocked(() => legacy(w, ['--undo', 'last']));
    expect(next.code, next.err).toBe(step === 'done' ? 3 : 0);
    expect(await w.rows()).toEqual(before);
    expect((await listed(w)).map(({ status }) => status)).toEqual(['undone']);
  });

  it.runIf(engine === 'postgres')('says before it writes that no receipt can be kept', async (context) => {
    needsLogins('postgres', context);
    const w = await app();
    const role = `act_${randomBytes(4).toString('hex')}`;
    await withDatabase(engine, w.url, async (sql) => {
      await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
      await sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON system_settings TO ${role}`);
      await sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    });
    onTestFinished(() =>
      withDatabase(engine, w.url, async (sql) => {
        await sql(`DROP OWNED BY ${role}`);
        await sql(`DROP ROLE ${role}`);
      }),
    );
    const url = new URL(w.url);
    url.username = role;
    url.password = 'secret';
    const { code, out, err } = await legacy(w, ['--from-env'], { ...appOf(w), TMI_DATABASE_URL: url.href });
    expect(code).toBe(0);
    expect(err).toContain('warning: no receipt can be kept, neither on a disk nor in the database');
    expect(out).not.toContain('--undo');
    expect(await w.values()).toEqual({
      'operator.name': expect.any(String) as string,
      'timmy.enabled': expect.any(String) as string,
    });
  });

  it('lets one of two runs win, and keeps one receipt', async () => {
    const w = await app();
    const request = { cwd: w.folder, env: appOf(w), now: '2026-11-21T07:45:00Z' };
    const runs = await Promise.all(
      [1, 2, 3].map(() => cli.run({ ...request, args: ['import-legacy', '--from-env'] })),
    );
    // Who comes too late meets the lock, a plan that is old by now, or nothing to do.
    expect(runs.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
    for (const { code, err } of runs) expect([0, 1, 7], err).toContain(code);
    expect((await listed(w)).map(({ status }) => status)).toEqual(['complete']);
    expect((await w.rows()).size).toBe(2);
  });

  it('keeps the receipts of all who found no table and make it at once', async () => {
    const w = await app();
    const sessions = await Promise.all([1, 2, 3].map(() => connect(w.url)));
    const tables = await Promise.all(sessions.map((session) => ReceiptTable.read(session)));
    const receipt = (id: string): KeptReceipt => ({
      format: RECEIPT_FORMAT,
      version: RECEIPT_VERSION,
      status: 'complete',
      tool: 'test',
      createdAt: '2026-11-21T07:45:00.000Z',
      database: 'test',
      file: null,
      changes: [],
      id,
    });
    const ids = tables.map((_, n) => `20261121-074500-000${n}`);
    const kept = await Promise.all(tables.map((table, n) => table.keep(receipt(ids[n] as string))));
    expect(kept).toEqual([true, true, true]);
    expect((await listed(w)).map(({ id }) => id).sort()).toEqual(ids);
  });

  it.runIf(engine === 'postgres' || engine === 'mysql')(
    'keeps more than twenty where the user may not delete, and imports all the same',
    async (context) => {
      needsLogins(engine as 'postgres' | 'mysql', context);
      const w = await app();
      for (let day = 1; day <= KEPT_RECEIPTS; day += 1) {
        const env = { ...appOf(w), TMI_OPERATOR_NAME: `Ann ${day}` };
        const now = new Date(Date.UTC(2026, 9, day));
        const { code, err } = await legacy(w, ['--from-env', '--on-conflict', 'overwrite'], env, now);
        expect(code, err).toBe(0);
      }
      const user = `act_${randomBytes(4).toString('hex')}`;
      const account = engine === 'postgres' ? user : `${user}@'%'`;
      const admin = (sql: string): Promise<unknown> => withDatabase(engine, w.url, (run) => run(sql));
      await admin(`create user ${account} ${engine === 'postgres' ? 'password' : 'identified by'} 'secret'`);
      onTestFinished(async () => {
        if (engine === 'postgres') await admin(`drop owned by ${user}`);
        await admin(`drop user ${account}`);
      });
      await admin(`grant select, insert, update, delete on system_settings to ${account}`);
      await admin(`grant select, insert, update on tmi_dbtool_receipts to ${account}`);
      if (engine === 'mysql')
        await admin(`grant create on ${new URL(w.url).pathname.slice(1)}.* to ${account}`);
      const url = new URL(w.url);
      url.username = user;
      url.password = 'secret';
      const env = { ...appOf(w), TMI_DATABASE_URL: url.href, TMI_OPERATOR_NAME: 'Bea' };
      const run = await legacy(
        w,
        ['--from-env', '--on-conflict', 'overwrite', '--server', 'documented'],
        env,
      );
      expect(run.code, run.err).toBe(0);
      const receipts = await listed(w);
      expect(receipts).toHaveLength(KEPT_RECEIPTS + 1);
      expect(receipts[0]).toMatchObject({ status: 'complete' });
      expect((await w.values())['operator.name']).not.toContain('Ann');
      // Whoever may delete clears up what is too old.
      const next = { ...appOf(w), TMI_OPERATOR_NAME: 'Cid' };
      const later = new Date('2026-11-22T00:00:00Z');
      expect((await legacy(w, ['--from-env', '--on-conflict', 'overwrite'], next, later)).code).toBe(0);
      expect(await listed(w)).toHaveLength(KEPT_RECEIPTS);
    },
  );
});

describe('an undo of an import of the environment', () => {
  it('takes nothing away that no variable states any more', async () => {
    const w = await Workspace.create('sqlite');
    await legacy(w, ['--from-env']);
    const rows = await w.rows();
    const without = { ...appOf(w), TMI_OPERATOR_NAME: '' };
    const { code, err } = await legacy(w, ['--undo', 'last'], without);
    expect(code).toBe(4);
    expect(err).toContain('operator.name');
    expect(await w.rows()).toEqual(rows);
  });
});

describe('an import of a file', () => {
  async function imported(): Promise<{ w: Workspace; receipt: string; text: string }> {
    const w = await Workspace.create('sqlite', sampleText);
    const text = w.text();
    expect((await w.import([], { env: encrypted })).code).toBe(0);
    return { w, receipt: w.receipt(), text };
  }
  const last = (w: Workspace, ...args: string[]): Promise<Run> =>
    w.run(['import-legacy', '--undo', 'last', ...args], { env: encrypted });

  it('is undone from the database where its receipt is on this machine, and both know it', async () => {
    const { w, receipt, text } = await imported();
    const undone = await last(w, '--database-url', w.url);
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(w.text()).toBe(text);
    expect(readFileSync(receipt, 'utf8')).toContain('"undone"');
    expect((await listed(w)).map(({ status }) => status)).toEqual(['undone']);
  });

  it('is known to be undone when its receipt on the disk was used', async () => {
    const { w, receipt } = await imported();
    expect((await w.run(['import-legacy', '--undo', receipt], { env: encrypted })).code).toBe(0);
    expect((await listed(w)).map(({ status }) => status)).toEqual(['undone']);
  });

  it('gives its rows back on another machine only once the old file is there again', async () => {
    const { w, receipt, text } = await imported();
    rmSync(receipt);
    rmSync(receipt.replace('receipt.json', 'bak'));
    const folder = path.join(w.folder, 'elsewhere');
    mkdirSync(folder);
    renameSync(w.file, path.join(folder, 'tmi.yml'));
    for (const args of [
      ['--database-url', w.url],
      ['--file', 'elsewhere/tmi.yml'],
    ]) {
      const refused = await last(w, ...args);
      expect({ code: refused.code, err: refused.err }).toEqual({
        code: 4,
        err: expect.stringContaining('[legacy/cannot-undo]') as string,
      });
    }
    writeFileSync(path.join(folder, 'tmi.yml'), text);
    const undone = await last(w, '--file', 'elsewhere/tmi.yml');
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(await w.values()).toEqual({});
  });

  it('has no file written that a row of the database names', async () => {
    const { w, receipt } = await imported();
    rmSync(receipt);
    const victim = path.join(w.folder, 'victim');
    writeFileSync(victim, w.text());
    await withDatabase('sqlite', w.url, (sql) =>
      sql('UPDATE tmi_dbtool_receipts SET receipt = replace(receipt, ?, ?)', [
        `"path": "${w.file}"`,
        `"path": "${victim}"`,
      ]),
    );
    const before = readFileSync(victim, 'utf8');
    expect((await last(w, '--database-url', w.url)).code).toBe(4);
    expect(readFileSync(victim, 'utf8')).toBe(before);
  });

  it('passes over what is no receipt, or has no name to be undone by', async () => {
    const { w } = await imported();
    const ids = (await listed(w)).map(({ id }) => id);
    await withDatabase('sqlite', w.url, async (sql) => {
      const rows = await sql('SELECT * FROM tmi_dbtool_receipts');
      const written = JSON.parse(String(rows[0]?.['receipt'])) as Record<string, unknown>;
      const nameless = { ...written, id: undefined };
      const other = { ...written, id: 'someone-elses', version: RECEIPT_VERSION + 1 };
      for (const [i, text] of [
        '{}',
        'null',
        '[1]',
        'no JSON',
        '',
        ...[nameless, other].map((o) => JSON.stringify(o)),
      ].entries())
        await sql(
          `INSERT INTO tmi_dbtool_receipts SELECT 'odd-${i}', created_at, status, '${text.replaceAll("'", "''")}' FROM tmi_dbtool_receipts LIMIT 1`,
        );
    });
    expect((await listed(w)).map(({ id }) => id)).toEqual(ids);
  });

  it('leaves nothing to undo with --no-backup', async () => {
    const w = await Workspace.create('sqlite', sampleText);
    expect((await w.import(['--no-backup'], { env: encrypted })).code).toBe(0);
    expect(await listed(w)).toEqual([]);
  });

  it('leaves a receipt that holds no secret in the clear', async () => {
    const { w } = await imported();
    const rows = await withDatabase('sqlite', w.url, (sql) => sql('SELECT receipt FROM tmi_dbtool_receipts'));
    expect(JSON.stringify(rows)).not.toContain('CANARY');
  });
});

it('keeps the last twenty, newest first', async () => {
  const w = await Workspace.create('sqlite');
  for (let day = 1; day <= KEPT_RECEIPTS + 2; day += 1) {
    const env = { ...appOf(w), TMI_OPERATOR_NAME: `Ann ${day}` };
    const now = new Date(Date.UTC(2026, 10, day));
    expect((await legacy(w, ['--from-env', '--on-conflict', 'overwrite'], env, now)).code).toBe(0);
  }
  const ids = (await listed(w)).map(({ id }) => id.slice(0, 8));
  expect(ids).toHaveLength(KEPT_RECEIPTS);
  expect(ids[0]).toBe('20261122');
  expect(ids.at(-1)).toBe('20261103');
});

describe('imports that share rows', () => {
  async function two(): Promise<{ w: Workspace; first: string; second: string }> {
    const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator: {name: Ann}\n';
    const w = await Workspace.create('sqlite', text);
    writeFileSync(path.join(w.folder, 'b.yml'), w.text());
    expect((await w.import()).code).toBe(0);
    const first = w.receipt();
    const later = { now: new Date('2026-11-21T08:00:00Z') };
    expect((await w.run(['import-legacy', 'b.yml'], later)).code).toBe(0);
    const second = w.files().find((name) => /^b\.yml.*receipt/.test(name)) as string;
    return { w, first, second: path.join(w.folder, second) };
  }

  it('are undone in the order that takes nothing from anybody', async () => {
    const { w, first, second } = await two();
    const rows = await w.rows();
    const refused = await w.run(['import-legacy', '--undo', first]);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('[legacy/relied-on]');
    expect(refused.err).toContain(second);
    expect(refused.err).toContain('operator.name');
    expect(await w.rows()).toEqual(rows);
    expect((await w.run(['import-legacy', '--undo', second])).code).toBe(0);
    expect(await w.rows()).toEqual(rows);
    expect((await w.run(['import-legacy', '--undo', first])).code).toBe(0);
    expect(await w.values()).toEqual({});
  });
});

describe('the table of receipts by itself', () => {
  const receiptOf = (day: number, status: KeptReceipt['status'] = 'complete'): KeptReceipt => ({
    format: RECEIPT_FORMAT,
    version: RECEIPT_VERSION,
    status,
    tool: 'tmi-dbtool 1.0.0',
    createdAt: new Date(Date.UTC(2026, 9, day)).toISOString(),
    database: 'sqlite:///srv/tmi.db',
    file: null,
    changes: [],
    id: `day-${String(day).padStart(2, '0')}`,
  });
  const days = (table: ReceiptTable): number[] => table.receipts.map(({ id }) => Number(id.slice(-2)));

  it('gives receipts by age, whatever the order in which they came, and the newest of one name', async () => {
    const w = await Workspace.create('sqlite');
    const database = await connect(w.url);
    const table = await ReceiptTable.read(database);
    for (const day of [3, 1, 4, 2]) expect(await table.keep(receiptOf(day))).toBe(true);
    await table.update(receiptOf(1, 'undone'));
    expect(days(table)).toEqual([4, 3, 2, 1]);
    const again = await ReceiptTable.read(database);
    expect(days(again)).toEqual([4, 3, 2, 1]);
    expect(again.get('day-01')?.status).toBe('undone');
    expect(again.get('day-02')?.status).toBe('complete');
    await again.remove('day-03');
    await again.remove('day-99');
    await again.remove(undefined);
    expect(days(again)).toEqual([4, 2, 1]);
    expect(days(await ReceiptTable.read(database))).toEqual([4, 2, 1]);
  });

  it('lets go of finished ones beyond twenty alone', async () => {
    const w = await Workspace.create('sqlite');
    const database = await connect(w.url);
    const table = await ReceiptTable.read(database);
    await table.keep(receiptOf(1, 'pending'));
    await table.keep(receiptOf(2, 'undone'));
    for (let day = 3; day <= KEPT_RECEIPTS + 3; day += 1) await table.keep(receiptOf(day));
    const kept = Array.from({ length: KEPT_RECEIPTS }, (_, index) => KEPT_RECEIPTS + 3 - index);
    expect(days(await ReceiptTable.read(database))).toEqual([...kept, 1]);
  });

  it('leaves a receipt of a disk alone out of it', async () => {
    const w = await Workspace.create('sqlite');
    const database = await connect(w.url);
    const table = await ReceiptTable.read(database);
    await table.update(receiptOf(1));
    expect(days(await ReceiptTable.read(database))).toEqual([]);
    expect(await table.keep(receiptOf(2))).toBe(true);
    await table.update(receiptOf(1));
    expect(days(await ReceiptTable.read(database))).toEqual([2]);
  });
});
