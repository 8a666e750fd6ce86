import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportResult } from '../../src/legacy/apply.js';
import { readReceipt } from '../../src/legacy/receipt.js';
import type { Receipt } from '../../src/legacy/receipt-format.js';
import { ReceiptTable } from '../../src/legacy/receipt-table.js';
import {
  assertDatabaseOf,
  undoImport,
  undoSteps,
  type UndoInputs,
  type UndoResult,
} from '../../src/legacy/undo.js';
import { cipherOf, KEY } from '../settings/support.js';
import { connect } from '../support/connection.js';
import { failure, thrown } from '../support/errors.js';
import { carryOut, prepareImport, type LibraryImport } from '../support/import-library.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

const text = `database: {url: "$URL"}
auth: {build_mode: test}
operator: {name: Ann, contact: ann@example.com}
`;
const cut = `database: {url: "$URL"}
auth: {build_mode: test}
`;
const uid = process.getuid?.();
const now = new Date('2026-11-22T08:00:00.000Z');

interface Done {
  readonly w: Workspace;
  readonly result: ImportResult;
  readonly receipt: string;
  readonly rows: unknown;
}

/** An import in place, into a table in which a server has left a row. */
async function imported(request: Partial<LibraryImport> = {}): Promise<Done> {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'operator.name', value: 'TMI', origin: 'seeded' });
  const rows = await w.rows();
  const result = await carryOut(await prepareImport({ file: w.file, url: w.url, ...request }));
  return { w, result, receipt: result.receipt ?? '', rows };
}

/** As a run of its own does it: whatever comes of it, its connection is closed, and with it the lock. */
async function undo(w: Workspace, file: string, facts: Partial<UndoInputs> = {}): Promise<UndoResult> {
  const receipt = facts.receipt ?? (await readReceipt(file, file, { uid }));
  const database = await connect(w.url);
  try {
    return await undoImport({
      file,
      receipt,
      database,
      cipher: cipherOf(),
      uid,
      now,
      dropsAttributes: false,
      statedByEnvironment: new Set(),
      onStep: () => undefined,
      ...facts,
    });
  } finally {
    await database.close();
  }
}

const statusOf = (file: string): unknown => (JSON.parse(readFileSync(file, 'utf8')) as Receipt).status;
const own = (file: string): Receipt => JSON.parse(readFileSync(file, 'utf8')) as Receipt;
const sql = (w: Workspace, statement: string): Promise<unknown> =>
  withDatabase('sqlite', w.url, (run) => run(statement));

describe('an undo', () => {
  it('puts file and rows back, says how many, and notes it in both receipts', async () => {
    const { w, receipt, rows } = await imported();
    const steps: string[] = [];
    const seen: unknown[] = [];
    const result = await undo(w, receipt, {
      onStep: (step) => {
        steps.push(step);
        seen.push(statusOf(receipt));
      },
    });
    expect(result).toEqual({
      rowsRestored: 1,
      rowsRemoved: 1,
      restored: w.file,
      output: undefined,
      earlier: [],
    });
    expect(steps).toEqual(undoSteps);
    expect(seen).toEqual(['complete', 'undoing', 'undoing', 'undoing', 'undone']);
    expect(w.text()).toBe(text.replace('$URL', w.url));
    expect(await w.rows()).toEqual(rows);
    const { receipts } = await ReceiptTable.read(await connect(w.url));
    expect(receipts.map(({ status }) => status)).toEqual(['undone']);
  });

  it('is refused the second time', async () => {
    const { w, receipt } = await imported();
    await undo(w, receipt);
    expect(await failure(undo(w, receipt))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: 'This import has been undone already',
      hint: 'There is nothing left to do.',
    });
  });

  it.each(undoSteps.filter((step) => step !== 'lock'))(
    'that was killed before "%s" is finished by the next',
    async (step) => {
      const { w, receipt, rows } = await imported();
      const stop = async (now: string): Promise<void> => {
        if (now === step) throw new Error('killed');
        return Promise.resolve();
      };
      await expect(undo(w, receipt, { onStep: stop })).rejects.toThrow('killed');
      if (step !== 'done') expect((await undo(w, receipt)).restored).toBe(w.file);
      expect(statusOf(receipt)).toBe('undone');
      expect(w.text()).toBe(text.replace('$URL', w.url));
      expect(await w.rows()).toEqual(rows);
    },
  );

  it('leaves rows that somebody has changed since, and names them', async () => {
    const { w, receipt } = await imported();
    await sql(w, "UPDATE system_settings SET value = 'Bea' WHERE setting_key = 'operator.name'");
    await sql(w, "DELETE FROM system_settings WHERE setting_key = 'operator.contact'");
    const before = await w.rows();
    expect(await failure(undo(w, receipt))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: 'Somebody changed settings after the import: operator.name, operator.contact',
      hint: 'Undoing would lose their values. Nothing was changed.',
    });
    expect([await w.rows(), w.text(), statusOf(receipt)]).toEqual([
      before,
      cut.replace('$URL', w.url),
      'complete',
    ]);
  });

  it('takes rows that are as they were before only where a run was killed half way', async () => {
    const { w, receipt } = await imported();
    await sql(w, "DELETE FROM system_settings WHERE setting_key = 'operator.contact'");
    expect((await failure(undo(w, receipt))).message).toContain('operator.contact');
    const halfway = { receipt: { ...own(receipt), status: 'undoing' as const } };
    expect(await undo(w, receipt, halfway)).toMatchObject({ rowsRestored: 1, rowsRemoved: 0 });
  });

  it('sees a change that is made while it begins', async () => {
    const { w, receipt } = await imported();
    const onStep = async (step: string): Promise<void> => {
      if (step === 'restore-rows')
        await sql(w, "UPDATE system_settings SET value = 'Bea' WHERE setting_key = 'operator.name'");
    };
    const error = await failure(undo(w, receipt, { onStep }));
    expect(error.message).toBe('Somebody changed settings after the import: operator.name');
    expect((await w.values())['operator.contact']).toBe('ann@example.com');
  });

  it('puts nothing over a file that was edited, and says what to compare it with', async () => {
    const { w, receipt, result } = await imported();
    writeFileSync(w.file, `${w.text()}# mine\n`);
    expect(await failure(undo(w, receipt))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: `${w.file} was changed after the import`,
      hint: `Undoing would lose that change. Compare it with ${result.backup} and restore by hand.`,
    });
    const { file } = own(receipt);
    const bare = { ...own(receipt), file: { ...(file as NonNullable<typeof file>), backup: null } };
    expect((await failure(undo(w, receipt, { receipt: bare }))).hint).toContain(
      'Compare it with your own backup and',
    );
  });

  it.each([
    ['missing', (backup: string) => rmSync(backup)],
    ['changed', (backup: string) => writeFileSync(backup, 'another')],
  ])('puts no file back whose backup is %s', async (_, harm) => {
    const { w, receipt, result } = await imported();
    harm(result.backup ?? '');
    const rows = await w.rows();
    expect(await failure(undo(w, receipt))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: `The backup ${result.backup} is missing or was changed, so the file cannot be put back`,
      hint: 'Put the backup back in its place and run the command again.',
    });
    expect(await w.rows()).toEqual(rows);
  });

  it('needs no backup where the file has its old text again already', async () => {
    const { w, receipt, result, rows } = await imported();
    rmSync(result.backup ?? '');
    w.write(text);
    expect(await undo(w, receipt)).toMatchObject({ rowsRestored: 1, rowsRemoved: 1, restored: w.file });
    expect(await w.rows()).toEqual(rows);
  });

  it('says that a receipt without a backup has none', async () => {
    const { w, receipt } = await imported();
    const { file } = own(receipt);
    const bare = { ...own(receipt), file: { ...(file as NonNullable<typeof file>), backup: null } };
    expect((await failure(undo(w, receipt, { receipt: bare }))).message).toBe(
      'The backup  is missing or was changed, so the file cannot be put back',
    );
  });

  it('follows no link that has taken the place of the file', async () => {
    const { w, receipt } = await imported();
    renameSync(w.file, join(w.folder, 'real.yml'));
    symlinkSync('real.yml', w.file);
    expect(await failure(undo(w, receipt))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: `${w.file} is a link to ${join(w.folder, 'real.yml')} now, and was none at the import`,
      hint: 'Nothing was changed. Put the file back in its place, or name the right one with --file FILE.',
    });
  });

  it('puts rows back under the keys of today, and not at all where none opens them', async () => {
    const old = 'fedcba9876543210'.repeat(4);
    const { w, receipt } = await imported();
    const changes = own(receipt).changes.map((change) => ({
      ...change,
      before: change.before && { ...change.before, stored: cipherOf(old).seal('TMI', now) },
    }));
    const sealed = { receipt: { ...own(receipt), changes } };
    const rows = await w.rows();
    expect(await failure(undo(w, receipt, { ...sealed, cipher: cipherOf(KEY) }))).toMatchObject({
      code: 'settings/cannot-decrypt',
    });
    expect([await w.rows(), w.text()]).toEqual([rows, cut.replace('$URL', w.url)]);
    await undo(w, receipt, { ...sealed, cipher: cipherOf(KEY, old) });
    expect(cipherOf(KEY).open((await w.values())['operator.name'] ?? '', 'operator.name').text).toBe('TMI');
  });

  it('names the receipts of killed runs before it that are still to be undone', async () => {
    const { w, receipt } = await imported();
    const kept = own(receipt);
    const names = ['20261101-000000', '20261102-000000', '20261103-000000'].map((at) =>
      join(w.folder, `config.yml.${at}.receipt.json`),
    );
    const leave = (name: string, status: Receipt['status']): void => {
      const file = {
        ...(kept.file as NonNullable<typeof kept.file>),
        backup: name.replace('receipt.json', 'bak'),
      };
      writeFileSync(name, JSON.stringify({ ...kept, id: name, status, file }), { mode: 0o600 });
    };
    // Of the third nothing is there any more.
    leave(names[0] ?? '', 'complete');
    leave(names[1] ?? '', 'undone');
    const result = await undo(w, receipt, { receipt: { ...kept, earlier: names } });
    expect(result.earlier).toEqual([names[0]]);
  });
});

describe('an undo of rows alone', () => {
  const rowsOnly = async (): Promise<Done> => {
    const w = await Workspace.create('sqlite', text);
    await createServerTable('sqlite', w.url, { origin: true });
    const prepared = await prepareImport({ file: w.file, url: w.url, options: { rewrites: false } });
    const inputs = { ...prepared.inputs, target: { kind: 'none' } as const };
    const result = await carryOut({ ...prepared, inputs });
    return { w, result, receipt: result.receipt ?? '', rows: await w.rows() };
  };

  it('takes them away while the file states what they hold, and puts no file back', async () => {
    const { w, receipt } = await rowsOnly();
    expect(await undo(w, receipt)).toEqual({
      rowsRestored: 0,
      rowsRemoved: 2,
      restored: undefined,
      output: undefined,
      earlier: [],
    });
    expect(await w.values()).toEqual({});
    expect(w.text()).toBe(text.replace('$URL', w.url));
  });

  it('leaves them where the file does not state them any more', async () => {
    const { w, receipt, rows } = await rowsOnly();
    w.write(cut);
    expect(await failure(undo(w, receipt))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: `${w.file} does not state what would leave the database: operator.{contact,name}`,
      hint: 'Undo a later import of the file first, or put the keys back into the file. Nothing was changed.',
    });
    expect(await w.rows()).toEqual(rows);
  });
});

describe('an undo of an import with an output of its own', () => {
  const withOutput = async (): Promise<Done & { readonly output: string }> => {
    const w = await Workspace.create('sqlite', text);
    await createServerTable('sqlite', w.url, { origin: true });
    const prepared = await prepareImport({ file: w.file, url: w.url });
    const output = join(w.folder, 'out.yml');
    const target = { kind: 'output', name: 'out.yml', path: output, overwrite: false, inUse: [] } as const;
    const sidecars = { ...prepared.inputs.sidecars, backup: false };
    const result = await carryOut({ ...prepared, inputs: { ...prepared.inputs, target, sidecars } });
    expect(result).toMatchObject({ rewritten: output, backup: undefined });
    return { w, result, receipt: result.receipt ?? '', rows: await w.rows(), output };
  };

  it('leaves it, and says what a server would miss in it', async () => {
    const { w, receipt, output } = await withOutput();
    const lacks = ['operator.name', 'operator.contact'];
    const result = await undo(w, receipt);
    expect(result).toMatchObject({ restored: undefined, rowsRemoved: 2 });
    expect(result.output).toMatchObject({ path: output, edited: false });
    expect([...(result.output?.lacks ?? [])].sort()).toEqual(lacks.sort());
    expect(readFileSync(output, 'utf8')).toBe(cut.replace('$URL', w.url));
  });

  it.each([
    [
      'edited',
      (output: string, w: Workspace) => writeFileSync(output, w.text()),
      { edited: true, lacks: [] },
    ],
    [
      'no configuration any more',
      (output: string) => writeFileSync(output, 'a: b: ['),
      { edited: true, lacks: [] },
    ],
    ['gone', (output: string) => rmSync(output), undefined],
  ])('knows that it is %s', async (_, change, expected) => {
    const { w, receipt, output } = await withOutput();
    change(output, w);
    const result = await undo(w, receipt);
    expect(result.output).toEqual(expected && { path: output, ...expected });
  });
});

describe('an undo of an import without a file', () => {
  const fromEnvironment = async (): Promise<Done> => {
    const done = await imported();
    const receipt = { ...own(done.receipt), file: null };
    rmSync(done.receipt);
    return { ...done, result: { ...done.result, receipt: JSON.stringify(receipt) } };
  };
  const facts = ({ result }: Done, stated: readonly string[]): Partial<UndoInputs> => ({
    file: undefined,
    receipt: JSON.parse(result.receipt ?? '') as Receipt,
    statedByEnvironment: new Set(stated),
  });

  it('takes rows away that a variable states, and those back that were there before it', async () => {
    const done = await fromEnvironment();
    const result = await undo(done.w, '', facts(done, ['operator.contact']));
    expect(result).toMatchObject({ rowsRestored: 1, rowsRemoved: 1, restored: undefined, output: undefined });
    expect(await done.w.rows()).toEqual(done.rows);
    expect(done.w.text()).toBe(cut.replace('$URL', done.w.url));
  });

  it('leaves rows that no variable states any more', async () => {
    const done = await fromEnvironment();
    const rows = await done.w.rows();
    expect(await failure(undo(done.w, '', facts(done, ['operator.name'])))).toMatchObject({
      code: 'legacy/cannot-undo',
      message: 'No variable here states what would leave the database: operator.contact',
      hint: 'Set the variables of the import again, or run this where they are set (heroku run …). Nothing was changed.',
    });
    expect(await done.w.rows()).toEqual(rows);
  });

  it('has no variable asked for what nobody had chosen', async () => {
    const done = await fromEnvironment();
    const { receipt } = facts(done, []);
    const seeded = (receipt as Receipt).changes.filter(({ before }) => before !== null);
    const result = await undo(done.w, '', {
      ...facts(done, []),
      receipt: { ...(receipt as Receipt), changes: seeded },
    });
    expect(result).toMatchObject({ rowsRestored: 1, rowsRemoved: 0 });
  });
});

describe('a receipt and its database', () => {
  const target = { engine: 'postgres', host: 'db', port: 5432, database: 'tmi', user: 'app' } as const;
  const named =
    (database: string): (() => void) =>
    () =>
      assertDatabaseOf({ database }, target);

  it('belong together by the same address, whoever logs in', () => {
    expect(named('postgres://app@db:5432/tmi')).not.toThrow();
    expect(named('postgres://other@db:5432/tmi')).not.toThrow();
    expect(named('postgres://app@DB:5432/tmi')).not.toThrow();
  });

  it.each([
    'postgres://app@db:5432/tmi2',
    'postgres://app@elsewhere:5432/tmi',
    'sqlite:///srv/tmi.db',
    '/run/sock',
  ])('do not where it is %s', (database) => {
    expect(thrown(named(database))).toMatchObject({
      code: 'legacy/wrong-database',
      message: `The receipt is for ${database}, and this database is postgres://app@db:5432/tmi`,
      hint: 'Name the database of the receipt with --config, --database-url or TMI_DATABASE_URL.',
    });
  });

  it('do not where the database was moved: nothing is touched', async () => {
    const { w, receipt, rows } = await imported();
    const other = { receipt: { ...own(receipt), database: 'sqlite:///srv/other.db' } };
    expect((await failure(undo(w, receipt, other))).code).toBe('legacy/wrong-database');
    expect(await w.rows()).not.toEqual(rows);
    expect(statusOf(receipt)).toBe('complete');
  });
});
