import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ToolError } from '../../src/errors/index.js';
import type { ApplyInputs, ImportResult, ImportStep } from '../../src/legacy/apply.js';
import { NewFiles } from '../../src/legacy/new-files.js';
import { ReceiptTable, type KeptReceipt } from '../../src/legacy/receipt-table.js';
import { KEY } from '../settings/support.js';
import { connect } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { carryOut, prepareImport, type LibraryImport, type Prepared } from '../support/import-library.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

// Where an import leaves what it can be undone from, and what it says where it cannot.

const text = `database: {url: "$URL"}
auth: {build_mode: test}
operator: {name: Ann}
timmy: {llm_api_key: CANARY-new}
`;
const secret = 'timmy.llm_api_key';
/** As an import of the environment has it. */
const without = {
  file: undefined,
  target: { kind: 'none' },
  sidecars: { backup: false, base: undefined },
} as const;

async function create(): Promise<Workspace> {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: secret, value: 'CANARY-old', origin: 'seeded' });
  return w;
}

async function run(
  w: Workspace,
  more: Partial<ApplyInputs> | ((prepared: Prepared) => Partial<ApplyInputs>),
  request: Partial<LibraryImport> = {},
): Promise<{ result: ImportResult; said: string[] }> {
  const prepared = await prepareImport({ file: w.file, url: w.url, ...request });
  const said: string[] = [];
  const facts = {
    onStep: (step: ImportStep) => void said.push(step),
    ...(typeof more === 'function' ? more(prepared) : more),
  };
  const inputs = { ...prepared.inputs, ...facts, onNotice: (note: string) => void said.push(note) };
  return { result: await carryOut({ ...prepared, inputs }), said };
}

const kept = async (w: Workspace): Promise<readonly KeptReceipt[]> =>
  (await ReceiptTable.read(await connect(w.url))).receipts;
const noWayBack =
  'no receipt can be kept, neither on a disk nor in the database: the tool cannot undo this import. Take a backup first if that matters: tmi-dbtool db backup.';

describe('a plain-text secret that there is no key for', () => {
  it('leaves an import without a file without a receipt, which is said before anything is written', async () => {
    const w = await create();
    const { result, said } = await run(w, without);
    expect(result).toMatchObject({ rowsWritten: 2, receipt: undefined, receiptId: undefined });
    expect(said.slice(0, 6)).toEqual(['lock', 'recover', 'stage', 'receipt', noWayBack, 'write']);
    expect(await kept(w)).toEqual([]);
    expect((await w.values())[secret]).toBe('CANARY-new');
  });

  it('stops an import that leaves one on a disk', async () => {
    const w = await create();
    const before = await w.rows();
    expect(await failure(run(w, {}))).toMatchObject({ code: 'legacy/secret-not-undoable' });
    expect([await w.rows(), w.files(), await kept(w)]).toEqual([before, ['config.yml'], []]);
  });

  it('is encrypted for the receipt where there is one', async () => {
    const w = await create();
    const { result, said } = await run(w, without, { key: KEY });
    expect(said).not.toContain(noWayBack);
    const [receipt] = await kept(w);
    expect(receipt).toMatchObject({ id: result.receiptId, status: 'complete', file: null });
    expect(receipt).not.toHaveProperty('place');
    expect(JSON.stringify(receipt)).not.toContain('CANARY');
  });

  it('hides no other fault of an import without a file', async () => {
    const w = await create();
    const broken = ({ inputs }: Prepared): Partial<ApplyInputs> => ({
      ...without,
      table: {
        ...inputs.table,
        get: () => {
          throw new ToolError('database/statement-failed', 'another fault');
        },
      },
    });
    expect(await failure(run(w, broken, { key: KEY }))).toMatchObject({ message: 'another fault' });
  });
});

describe('the receipt of an import of a file', () => {
  it('is in the database alone where nothing may lie beside the file', async () => {
    const w = await create();
    const { result } = await run(w, { sidecars: without.sidecars }, { key: KEY });
    expect(result).toMatchObject({ receipt: undefined, backup: undefined, rewritten: w.file });
    expect(w.files()).toEqual(['config.yml']);
    const [receipt] = await kept(w);
    expect(receipt).toMatchObject({ id: result.receiptId, file: { path: w.file, backup: null } });
    expect(receipt).not.toHaveProperty('place');
  });

  /** A database that takes no receipt. */
  const refuses = ({ database }: Prepared): Partial<ApplyInputs> => {
    const upsert = database.upsert.bind(database);
    database.upsert = (table, ...rest) =>
      table === 'tmi_dbtool_receipts'
        ? Promise.reject(new ToolError('database/permission', 'no'))
        : upsert(table, ...rest);
    return {};
  };

  it('is on the disk alone where the database takes none', async () => {
    const w = await create();
    const { result, said } = await run(w, refuses, { key: KEY });
    expect(said).not.toContain(noWayBack);
    expect(JSON.parse(readFileSync(result.receipt ?? '', 'utf8'))).toMatchObject({ status: 'complete' });
    expect(await kept(w)).toEqual([]);
  });

  it('is missed where neither takes one and the disk does not hold the file, which is said', async () => {
    const w = await create();
    const before = w.text();
    const damaging = (prepared: Prepared): Partial<ApplyInputs> => ({
      ...refuses(prepared),
      sidecars: without.sidecars,
      onStep: (step) => {
        if (step === 'verify') writeFileSync(w.file, 'damaged');
      },
    });
    expect(await failure(run(w, damaging, { key: KEY }))).toMatchObject({
      code: 'legacy/proof-failed',
      message: `${w.file} did not hold what was written; the file is as before, and the rows are stored: without a receipt nothing says what they were`,
      hint: 'Check the disk, then run the command again.',
    });
    expect(w.text()).toBe(before);
    expect((await w.values())[secret]).not.toBe('CANARY-old');
  });

  it('names no backup where none is wanted', async () => {
    const w = await create();
    const sidecars = { backup: false, base: w.file };
    const { result } = await run(w, { sidecars }, { key: KEY });
    expect(result.backup).toBeUndefined();
    expect(w.files()).toEqual(['config.yml', 'config.yml.20261121-074500.receipt.json']);
    expect((await kept(w))[0]?.file).toMatchObject({ backup: null });
  });
});

describe('a killed import without a file', () => {
  const second = { key: KEY, now: new Date('2026-11-22T00:00:00.000Z') };
  const killAt =
    (at: ImportStep) =>
    (step: ImportStep): void => {
      if (step === at) throw new ToolError('database/connection-lost', 'killed');
    };

  it.each(['rewrite', 'complete'] as const)('before "%s" is finished by the next', async (step) => {
    const w = await create();
    await failure(run(w, { ...without, onStep: killAt(step) }, { key: KEY }));
    const [{ id } = { id: '' }] = await kept(w);
    const { result } = await run(w, without, second);
    expect(result).toMatchObject({
      rowsWritten: 0,
      resumed: true,
      receiptId: id,
      receipt: undefined,
      earlier: [],
    });
    expect([...result.changed].sort()).toEqual(['operator.name', secret]);
    expect((await kept(w)).map((receipt) => [receipt.id, receipt.status])).toEqual([[id, 'complete']]);
  });

  it('before its commit is forgotten by the next', async () => {
    const w = await create();
    await failure(run(w, { ...without, onStep: killAt('commit') }, { key: KEY }));
    const [{ id } = { id: '' }] = await kept(w);
    const { result } = await run(w, without, second);
    expect(result).toMatchObject({ rowsWritten: 2, resumed: false });
    expect((await kept(w)).map((receipt) => receipt.id)).toEqual([result.receiptId]);
    expect(result.receiptId).not.toBe(id);
  });

  it('takes no further changes into its receipt', async () => {
    const w = await create();
    await failure(run(w, { ...without, onStep: killAt('rewrite') }, { key: KEY }));
    w.write(`${text}ui: {default_theme: dark}\n`);
    const { result } = await run(w, without, second);
    expect(result).toMatchObject({ resumed: false, rowsWritten: 1, earlier: [] });
    expect(result.changed).toContain('operator.name');
    const receipts = await kept(w);
    expect(receipts.map(({ status, changes }) => [status, changes.length])).toEqual([
      ['complete', 1],
      ['complete', 2],
    ]);
    expect(receipts[0]).not.toHaveProperty('earlier');
  });
});

describe('a proof that fails', () => {
  it.each(['rows are written', 'the file alone changes'])('keeps nothing where %s', async (what) => {
    const w = await create();
    if (what !== 'rows are written') await run(w, { target: { kind: 'none' } }, { key: KEY });
    const before = [await w.rows(), w.text()];
    const differences = [{ key: 'operator.name' }, { key: secret }] as never;
    const fails = ({ inputs: { built } }: Prepared): Partial<ApplyInputs> => ({
      built: { ...built, proveWith: () => ({ differences, chosen: [] }) as never },
    });
    const second = { key: KEY, now: new Date('2026-11-22T00:00:00.000Z') };
    expect(await failure(run(w, fails, second))).toMatchObject({
      code: 'legacy/proof-failed',
      message: `The server would behave differently afterwards: operator.name, ${secret}`,
      hint: 'Nothing was kept. Please report this with the plan (--dry-run --json).',
    });
    expect([await w.rows(), w.text()]).toEqual(before);
    expect(w.files().filter((name) => name.includes('20261122'))).toEqual([]);
  });
});

it('is stopped by a table that has got a column for origins since the plan', async () => {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: false });
  await insertRow('sqlite', w.url, { key: 'timmy.enabled', value: 'true', type: 'bool' });
  const onStep = async (step: ImportStep): Promise<void> => {
    if (step === 'write')
      await withDatabase('sqlite', w.url, (sql) =>
        sql('ALTER TABLE system_settings ADD COLUMN origin varchar(16)'),
      );
  };
  expect(await failure(run(w, { onStep }, { key: KEY }))).toMatchObject({ code: 'legacy/changed-meanwhile' });
  expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
});

describe('files of an import', () => {
  it('are private, written over nothing, and all gone where it fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-new-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const files = new NewFiles();
    const [mine, theirs, gone] = ['mine', 'theirs', 'gone'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(theirs, 'theirs');
    await files.create(mine, Buffer.from('mine'));
    await files.create(gone, Buffer.from('gone'));
    expect((statSync(mine).mode & 0o777).toString(8)).toBe('600');
    expect(await failure(files.create(theirs, Buffer.from('mine')))).toMatchObject({
      code: 'config/cannot-write-file',
      message: `${theirs} exists already`,
      hint: 'Run the command again.',
    });
    rmSync(gone);
    await files.remove();
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
    expect(() => statSync(mine)).toThrow();
  });
});
