import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { ToolError, type ErrorCode } from '../../src/errors/index.js';
import { pendingReceipts, readReceipt } from '../../src/legacy/receipt.js';
import { RECEIPT_FORMAT, RECEIPT_VERSION, traceOf, type Receipt } from '../../src/legacy/receipt-format.js';
import { ReceiptTable, type KeptReceipt } from '../../src/legacy/receipt-table.js';
import { settleKept } from '../../src/legacy/recover-kept.js';
import { previewUndo } from '../../src/legacy/undo-preview.js';
import { cipherOf, KEY, now, OLD_KEY, seal, seeded, storedRow, tableOf } from '../settings/support.js';
import { failure } from '../support/errors.js';

const uid = process.getuid?.();
const hint = 'Give the file <config>.<time>.receipt.json that the import wrote beside the configuration.';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tmi-dbtool-receipts-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const receiptOf = (facts: Partial<Receipt> = {}): Receipt => ({
  format: RECEIPT_FORMAT,
  version: RECEIPT_VERSION,
  status: 'pending',
  tool: 'tmi-dbtool 1.0.0',
  createdAt: '2026-11-21T07:45:00.000Z',
  database: 'sqlite:///srv/tmi.db',
  file: null,
  changes: [],
  ...facts,
});
const ofFile = (path: string, facts: Partial<Receipt> = {}): Receipt =>
  receiptOf({ file: { path, sha256Before: 'a', sha256After: null, backup: null }, ...facts });

describe('a receipt on a disk', () => {
  const place = (bytes: string): { config: string; receipt: string } => {
    const at = folder();
    const receipt = join(at, 'config.yml.20261121-074500.receipt.json');
    const config = join(at, 'config.yml');
    writeFileSync(receipt, bytes.replaceAll('$CONFIG', config), { mode: 0o600 });
    return { config, receipt };
  };
  const written = (receipt: Receipt): string => JSON.stringify(receipt);

  it('is read as it was written', async () => {
    const { config, receipt } = place(written(ofFile('$CONFIG')));
    expect(await readReceipt(receipt, 'mine', { uid })).toEqual(ofFile(config));
  });

  it.each([
    ['is no JSON', 'no JSON', 'cannot be read as a receipt'],
    ['is something else', '{"a": 1}', 'is not a receipt of this tool, or of a newer version of it'],
    [
      'is of a newer release',
      written({ ...ofFile('$CONFIG'), version: 2 as never }),
      'is not a receipt of this tool, or of a newer version of it',
    ],
    ['speaks of no file', written(receiptOf()), 'is not a receipt of this tool, or of a newer version of it'],
  ])('is refused where it %s', async (_, bytes, fault) => {
    const { receipt } = place(bytes);
    expect(await failure(readReceipt(receipt, 'mine', { uid }))).toMatchObject({
      code: 'legacy/bad-receipt',
      message: `mine ${fault}`,
      hint,
    });
  });

  it('is refused where there is none, and where it is a folder', async () => {
    const at = folder();
    const missing = await failure(readReceipt(join(at, 'none'), 'mine', { uid }));
    expect(missing).toMatchObject({ code: 'legacy/bad-receipt', hint });
    expect(missing.message).toMatch(/^mine \S/);
    expect(missing.message).not.toBe('mine cannot be read as a receipt');
    const inside = join(at, 'a.20261121-074500.receipt.json');
    mkdirSync(inside);
    expect(await failure(readReceipt(inside, 'mine', { uid }))).toMatchObject({
      code: 'legacy/bad-receipt',
      message: 'mine cannot be read as a receipt',
      hint,
    });
  });

  it('speaks of the file that it was moved to, by whatever link', async () => {
    const { receipt } = place(written(ofFile('/etc/tmi/config.yml')));
    const at = folder();
    const file = join(at, 'moved.yml');
    writeFileSync(file, '');
    symlinkSync('moved.yml', join(at, 'link.yml'));
    const read = (movedTo: string): Promise<unknown> => readReceipt(receipt, 'mine', { uid, movedTo });
    expect(await read(file)).toMatchObject({ file: { path: file } });
    expect(await read(join(at, 'link.yml'))).toMatchObject({ file: { path: file } });
    expect(await read(join(at, 'gone.yml'))).toMatchObject({ file: { path: join(at, 'gone.yml') } });
  });
});

describe('receipts of killed runs', () => {
  it('are those of the file that are pending, oldest first, whatever lies beside them', async () => {
    const at = folder();
    const config = join(at, 'config.yml');
    const leave = (name: string, receipt: unknown): string => {
      writeFileSync(join(at, name), typeof receipt === 'string' ? receipt : JSON.stringify(receipt), {
        mode: 0o600,
      });
      return join(at, name);
    };
    const second = leave('config.yml.20261122-000000.receipt.json', ofFile(config));
    const first = leave('config.yml.20261121-000000.receipt.json', ofFile(config));
    leave('config.yml.20261123-000000.receipt.json', ofFile(config, { status: 'complete' }));
    leave('config.yml.20261124-000000.receipt.json', 'no JSON');
    leave('config.yml.20261125-000000.receipt.json', ofFile(join(at, 'other.yml')));
    leave('config.yml.20261126-000000.bak', ofFile(config));
    leave('other.yml.20261126-000000.receipt.json', ofFile(config));
    leave('config.ymlx.20261126-000000.receipt.json', ofFile(config));
    mkdirSync(join(at, 'config.yml.20261127-000000.receipt.json'));
    const found = await pendingReceipts(config, [config], uid);
    expect(found).toEqual([first, second].map((file) => ({ file, receipt: ofFile(config) })));
    expect(await pendingReceipts(config, [join(at, 'nowhere', 'config.yml')], uid)).toEqual([]);
    expect(await pendingReceipts(config, [], uid)).toEqual([]);
  });
});

/** A database whose table of receipts answers as it is told. */
function tableWith(
  facts: {
    rows?: readonly unknown[] | 'none';
    fails?: Partial<Record<'readTable' | 'upsert' | 'createTable' | 'deleteRows', unknown>>;
  } = {},
): { database: Database; calls: string[] } {
  const calls: string[] = [];
  const { rows = [], fails = {} } = facts;
  let made = rows !== 'none';
  const answer = (name: keyof typeof fails, value: () => unknown) => (): Promise<unknown> => {
    calls.push(name);
    const error = fails[name];
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the test says
    return error === undefined ? Promise.resolve(value()) : Promise.reject(error);
  };
  const contents = (): unknown =>
    made ? { columns: [], rows: (rows === 'none' ? [] : rows).map((receipt) => ({ receipt })) } : undefined;
  const database = {
    readTable: answer('readTable', contents),
    createTable: answer('createTable', () => (made = true)),
    upsert: answer('upsert', () => undefined),
    deleteRows: answer('deleteRows', () => undefined),
  } as unknown as Database;
  return { database, calls };
}
const keptOf = (id: string, facts: Partial<Receipt> = {}): KeptReceipt => ({ ...receiptOf(facts), id });
const refused = (code: ErrorCode): ToolError => new ToolError(code, 'no');

describe('the table of receipts', () => {
  it('passes over what is no receipt or has no id, and orders those of one moment by their ids', async () => {
    const rows = [
      ...['no JSON', '{}', JSON.stringify(receiptOf())],
      ...['a', 'c', 'b'].map((id) => JSON.stringify(keptOf(id))),
      JSON.stringify(keptOf('new', { createdAt: '2026-11-22T00:00:00.000Z' })),
    ];
    const table = await ReceiptTable.read(tableWith({ rows }).database);
    expect(table.receipts.map(({ id }) => id)).toEqual(['new', 'c', 'b', 'a']);
    expect(table.readable).toBe(true);
  });

  it.each([
    'database/permission',
    'database/read-only',
    'database/no-space',
    'database/statement-failed',
    'database/constraint',
  ] as const)('stops no import by %s', async (code) => {
    const unread = tableWith({ fails: { readTable: refused(code) } });
    const table = await ReceiptTable.read(unread.database);
    expect([table.readable, table.receipts]).toEqual([false, []]);
    expect(await table.keep(keptOf('a'))).toBe(false);
    expect(unread.calls).toEqual(['readTable']);

    const unwritten = tableWith({ rows: [JSON.stringify(keptOf('b'))], fails: { upsert: refused(code) } });
    const full = await ReceiptTable.read(unwritten.database);
    expect(await full.keep(keptOf('a'))).toBe(false);
    // Asked once: inside of a transaction the second refusal would break that.
    await full.update(keptOf('b', { status: 'complete' }));
    expect(unwritten.calls).toEqual(['readTable', 'upsert']);
    expect(full.receipts.map(({ id, status }) => [id, status])).toEqual([['b', 'pending']]);
  });

  it('lets any other fault end the import', async () => {
    for (const fault of [refused('database/connection-lost'), new TypeError('a fault of the tool')]) {
      await expect(ReceiptTable.read(tableWith({ fails: { readTable: fault } }).database)).rejects.toBe(
        fault,
      );
      const table = await ReceiptTable.read(tableWith({ fails: { upsert: fault } }).database);
      await expect(table.keep(keptOf('a'))).rejects.toBe(fault);
    }
  });

  it('is made where there is none, and once', async () => {
    const { database, calls } = tableWith({ rows: 'none' });
    const table = await ReceiptTable.read(database);
    expect(await table.keep(keptOf('a'))).toBe(true);
    expect(await table.keep(keptOf('b'))).toBe(true);
    expect(calls).toEqual(['readTable', 'createTable', 'upsert', 'upsert']);
  });

  it('is used where somebody else made it in the same moment, and not where nobody could', async () => {
    const fails = { createTable: refused('database/constraint') };
    const made = tableWith({ rows: 'none', fails });
    const table = await ReceiptTable.read(made.database);
    expect(await table.keep(keptOf('a'))).toBe(false);
    expect(made.calls).toEqual(['readTable', 'createTable', 'readTable']);

    const there = tableWith({ fails });
    const late = { ...there.database, readTable: () => Promise.resolve(undefined) } as unknown as Database;
    const other = await ReceiptTable.read(late);
    Object.assign(late, { readTable: there.database.readTable.bind(there.database) });
    expect(await other.keep(keptOf('a'))).toBe(true);
    expect(there.calls).toEqual(['createTable', 'readTable', 'upsert']);
  });

  it('loses the one that is removed, and asks for no other', async () => {
    const rows = ['a', 'b'].map((id) => JSON.stringify(keptOf(id)));
    const { database, calls } = tableWith({ rows });
    const table = await ReceiptTable.read(database);
    await table.remove(undefined);
    await table.remove('z');
    expect(calls).toEqual(['readTable']);
    await table.remove('a');
    expect(table.receipts.map(({ id }) => id)).toEqual(['b']);
    expect([table.get('a'), table.get('b')?.id, table.get(undefined)]).toEqual([undefined, 'b', undefined]);
    await table.update(receiptOf());
    await table.update(keptOf('a'));
    expect(calls).toEqual(['readTable', 'deleteRows']);
  });
});

describe('what killed runs left in the database alone', () => {
  const written = { stored: 'Ann', modifiedAt: now, origin: 'explicit' };
  const change = { key: 'operator.name', before: null, after: traceOf(written, false) };
  const other = { ...change, key: 'operator.contact' };
  const row = (key: string, stored = 'Ann') =>
    storedRow(key, stored, { modifiedAt: now, modifiedAtIso: now.toISOString() });

  async function settled(receipts: readonly KeptReceipt[], rows: Parameters<typeof tableOf>[0]) {
    const { database, calls } = tableWith({ rows: receipts.map((receipt) => JSON.stringify(receipt)) });
    const table = await ReceiptTable.read(database);
    const finished = await settleKept(table, tableOf(rows), cipherOf());
    return {
      finished: finished?.id,
      left: Object.fromEntries(table.receipts.map(({ id, status }) => [id, status])),
      calls: calls.slice(1),
    };
  }

  it('is finished where all its rows are as it wrote them, and the newest is told', async () => {
    const both = [keptOf('b', { changes: [change, other] }), keptOf('a', { changes: [change] })];
    expect(await settled(both, [row('operator.name'), row('operator.contact')])).toEqual({
      finished: 'b',
      left: { a: 'complete', b: 'complete' },
      calls: ['upsert', 'upsert'],
    });
  });

  it('is forgotten where all its rows are as they were', async () => {
    expect(await settled([keptOf('a', { changes: [change, other] })], [])).toEqual({
      finished: undefined,
      left: {},
      calls: ['deleteRows'],
    });
  });

  it('is left where some are and some are not, since nobody can tell', async () => {
    expect(await settled([keptOf('a', { changes: [change, other] })], [row('operator.name')])).toEqual({
      finished: undefined,
      left: { a: 'pending' },
      calls: [],
    });
  });

  it.each([
    ['is finished', keptOf('a', { status: 'complete', changes: [change] })],
    ['is being undone', keptOf('a', { status: 'undoing', changes: [change] })],
    ['has a place on a disk', keptOf('a', { changes: [change], place: '/srv/a.receipt.json' })],
  ])('is no matter of it where it %s', async (_, receipt) => {
    for (const rows of [[row('operator.name')], []])
      expect(await settled([receipt], rows)).toMatchObject({ finished: undefined, calls: [] });
  });
});

describe('what an undo would change', () => {
  const before = (stored: string) => ({
    stored,
    sealed: false,
    type: 'string',
    description: null,
    modifiedAt: null,
    modifiedBy: null,
    origin: 'seeded',
  });
  const key = 'operator.name';
  const secret = 'timmy.llm_api_key';

  it('is shown with what is there now and what comes back, masked where it is secret', () => {
    const changes = [
      { key, before: before('TMI'), after: null },
      { key: 'operator.contact', before: null, after: null },
      { key: secret, before: before(seal('CANARY-old', OLD_KEY)), after: null },
    ];
    const table = tableOf([storedRow(key, 'Ann', seeded), storedRow(secret, seal('CANARY', KEY))]);
    const { rows, file } = previewUndo(receiptOf({ changes }), table, cipherOf(KEY));
    expect(file).toBeUndefined();
    expect(rows.slice(0, 2)).toEqual([
      { key, now: 'Ann', back: 'TMI' },
      { key: 'operator.contact', now: undefined, back: undefined },
    ]);
    expect(rows[2]).toMatchObject({ key: secret, back: '(encrypted with another key)' });
    expect(rows[2]?.now).toBeTruthy();
    expect(rows[2]?.now).not.toContain('CANARY');
    const broken = {
      open: () => {
        throw new TypeError('a fault of the tool');
      },
    } as unknown as ReturnType<typeof cipherOf>;
    expect(() => previewUndo(receiptOf({ changes }), table, broken)).toThrow(TypeError);
  });

  it.each([
    ['that was rewritten', 'b', '/srv/a.bak', { path: '/srv/a', backup: '/srv/a.bak' }],
    ['that was left alone', null, '/srv/a.bak', undefined],
    ['without a backup', 'b', null, undefined],
  ])('includes a file %s', (_, sha256After, backup, expected) => {
    const file = { path: '/srv/a', sha256Before: 'a', sha256After, backup };
    expect(previewUndo(receiptOf({ file }), tableOf([]), cipherOf()).file).toEqual(expected);
  });
});
