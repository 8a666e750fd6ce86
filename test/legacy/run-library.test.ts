import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stagedName } from '../../src/config/files/write.js';
import { ToolError } from '../../src/errors/index.js';
import { importSteps, type ApplyInputs, type ImportResult, type ImportStep } from '../../src/legacy/apply.js';
import type { Receipt } from '../../src/legacy/receipt-format.js';
import { ReceiptTable } from '../../src/legacy/receipt-table.js';
import { connect } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { carryOut, prepareImport, type LibraryImport } from '../support/import-library.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

// Imports through the library on SQLite. A killed run is one whose connection broke: nobody may tidy up after it.

const text = `database: {url: "$URL"}
auth: {build_mode: test}
operator: {name: Ann, contact: ann@example.com}
`;
const cut = `database: {url: "$URL"}
auth: {build_mode: test}
`;
const [firstDay, second] = [new Date('2026-11-21T07:45:00.000Z'), new Date('2026-11-22T00:00:00.000Z')];
const receiptName = 'config.yml.20261121-074500.receipt.json';
const backupName = 'config.yml.20261121-074500.bak';

async function create(config = text): Promise<Workspace> {
  const w = await Workspace.create('sqlite', config);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'operator.name', value: 'TMI', origin: 'seeded' });
  return w;
}

interface Facts extends Partial<LibraryImport> {
  readonly more?: Partial<ApplyInputs>;
  readonly onStep?: ApplyInputs['onStep'];
}

async function run(w: Workspace, { more, onStep, ...request }: Facts = {}): Promise<ImportResult> {
  const prepared = await prepareImport({ file: w.file, url: w.url, ...request });
  const inputs = { ...prepared.inputs, ...more };
  return carryOut({ ...prepared, inputs }, onStep);
}

const broken = (): ToolError => new ToolError('database/connection-lost', 'killed');
const at =
  (step: ImportStep, work: () => unknown) =>
  async (now: ImportStep): Promise<void> => {
    if (now === step) await work();
  };
const killAt = (step: ImportStep): ApplyInputs['onStep'] =>
  at(step, () => {
    throw broken();
  });

async function killed(w: Workspace, step: ImportStep, facts: Facts = {}): Promise<void> {
  expect(await failure(run(w, { ...facts, onStep: killAt(step) }))).toMatchObject({ message: 'killed' });
}

const own = (w: Workspace, name = receiptName): Receipt => JSON.parse(w.text(name)) as Receipt;
const kept = async (w: Workspace): Promise<readonly string[]> => {
  const { receipts } = await ReceiptTable.read(await connect(w.url));
  return receipts.map(({ status }) => status);
};
const output = (w: Workspace, overwrite = false): ApplyInputs['target'] => ({
  kind: 'output',
  name: 'out.yml',
  path: join(w.folder, 'out.yml'),
  overwrite,
  inUse: [],
});

describe('an import', () => {
  it('says what it did, step by step, and leaves a receipt of it', async () => {
    const w = await create();
    const steps: string[] = [];
    const result = await run(w, { onStep: (step) => void steps.push(step) });
    expect(steps).toEqual(importSteps);
    expect(result).toMatchObject({
      rowsWritten: 2,
      rowsDeleted: 0,
      rewritten: w.file,
      backup: join(w.folder, backupName),
      receipt: join(w.folder, receiptName),
      receiptId: expect.stringMatching(/^20261121-074500-[0-9a-f]{4}$/) as string,
      resumed: false,
      earlier: [],
    });
    expect([...result.changed].sort()).toEqual(['operator.contact', 'operator.name']);
    expect(result.proof.differences).toEqual([]);
    const receipt = own(w);
    expect(Object.keys(receipt)).toEqual([
      'format',
      'version',
      'status',
      'tool',
      'createdAt',
      'server',
      'database',
      'file',
      'changes',
      'id',
      'place',
    ]);
    expect(receipt).toMatchObject({
      status: 'complete',
      tool: 'tmi-dbtool test',
      createdAt: firstDay.toISOString(),
      server: { model: 'documented' },
      file: { path: w.file, backup: join(w.folder, backupName) },
      place: join(w.folder, receiptName),
    });
    expect(receipt.server).not.toHaveProperty('reason');
    expect(receipt.file).not.toHaveProperty('output');
    expect(await kept(w)).toEqual(['complete']);
  });

  it('has the reason by which it knew the server, and whose environment it was, in its receipt', async () => {
    const w = await create();
    const environment = { from: 'pid', name: '17', variables: 3 } as const;
    await run(w, { options: { serverReason: 'stamp' as never }, more: { environment } });
    expect(own(w)).toMatchObject({ server: { model: 'documented', reason: 'stamp' }, environment });
  });

  it('does nothing the second time, and says so', async () => {
    const w = await create();
    await run(w);
    const steps: string[] = [];
    const again = await run(w, { now: second, onStep: (step) => void steps.push(step) });
    expect(again).toMatchObject({
      rowsWritten: 0,
      rowsDeleted: 0,
      rewritten: undefined,
      receipt: undefined,
      receiptId: undefined,
      backup: undefined,
      resumed: false,
      changed: [],
      earlier: [],
    });
    expect(steps).toEqual(['lock', 'recover']);
    expect(w.files()).toHaveLength(3);
    expect(await kept(w)).toEqual(['complete']);
  });

  it('notes the rows that it found as they are and counts on', async () => {
    const w = await create();
    const none = { kind: 'none' } as const;
    await run(w, { more: { target: none, sidecars: { backup: false, base: undefined } } });
    expect(w.files()).toEqual(['config.yml']);
    expect(await kept(w)).toEqual(['complete']);
    await run(w, { now: second });
    expect([...(own(w, 'config.yml.20261122-000000.receipt.json').relies ?? [])].sort()).toEqual([
      'operator.contact',
      'operator.name',
    ]);
  });

  it('leaves no receipt, backup or table where none is wanted', async () => {
    const w = await create();
    const result = await run(w, { more: { keepsReceipt: false } });
    expect(result).toMatchObject({
      rowsWritten: 2,
      receipt: undefined,
      receiptId: undefined,
      backup: undefined,
    });
    expect(w.files()).toEqual(['config.yml']);
    expect(await kept(w)).toEqual([]);
    expect(w.text()).toBe(cut.replace('$URL', w.url));
  });

  it('leaves the file alone where it is to, with a receipt that says so', async () => {
    const w = await create();
    const result = await run(w, { more: { target: { kind: 'none' } } });
    expect(result).toMatchObject({ rowsWritten: 2, rewritten: undefined, backup: undefined });
    expect(own(w).file).toMatchObject({ sha256After: null, backup: null });
    expect(own(w).file).not.toHaveProperty('output');
    expect(w.text()).toBe(text.replace('$URL', w.url));
    expect(w.files()).toEqual(['config.yml', receiptName]);
  });

  it('deletes rows of a provider that are to go, and puts them into the receipt', async () => {
    const provider = 'auth: {build_mode: test, oauth: {providers: {google: {enabled: false}}}}';
    const w = await create(text.replace('auth: {build_mode: test}', provider));
    const key = 'auth.oauth.providers.google.icon';
    await insertRow('sqlite', w.url, { key, value: 'x', origin: 'explicit' });
    const result = await run(w, { options: { onConflict: 'overwrite' } });
    expect(result).toMatchObject({ rowsDeleted: 1 });
    expect(result.changed).toContain(key);
    expect(own(w).changes).toContainEqual(expect.objectContaining({ key, after: null }));
    expect(await w.values()).not.toHaveProperty([key]);
  });
});

describe('an import with an output of its own', () => {
  const elsewhere = (w: Workspace, overwrite = false): Partial<ApplyInputs> => ({
    target: output(w, overwrite),
    sidecars: { backup: false, base: w.file },
  });

  it('writes the new text there, with the mode of the file, and names it in the receipt', async () => {
    const w = await create();
    const result = await run(w, { more: elsewhere(w) });
    expect(result).toMatchObject({ rewritten: join(w.folder, 'out.yml'), backup: undefined });
    expect(w.text('out.yml')).toBe(cut.replace('$URL', w.url));
    expect(w.text()).toBe(text.replace('$URL', w.url));
    expect(own(w).file).toMatchObject({
      sha256After: null,
      backup: null,
      output: { path: join(w.folder, 'out.yml') },
    });
  });

  it('writes the text of a file that says nothing to import as well', async () => {
    const w = await create(cut);
    expect(await run(w, { more: elsewhere(w) })).toMatchObject({ rowsWritten: 0 });
    expect(w.text('out.yml')).toBe(w.text());
  });

  it('is finished where the output holds the very text already', async () => {
    const w = await create();
    await run(w, { more: elsewhere(w) });
    const again = await run(w, { now: second, more: elsewhere(w) });
    expect(again).toMatchObject({ rowsWritten: 0, rewritten: undefined });
    expect(w.files()).toEqual(['config.yml', receiptName, 'out.yml']);
  });

  it('writes over nothing that is there, unless it may', async () => {
    const w = await create();
    writeFileSync(join(w.folder, 'out.yml'), 'mine\n');
    const before = await w.rows();
    expect(await failure(run(w, { more: elsewhere(w) }))).toMatchObject({
      code: 'legacy/output-exists',
      message: 'out.yml exists already; nothing was written',
      hint: 'Pass --overwrite to replace it, or name another file.',
    });
    expect([await w.rows(), w.text('out.yml'), w.files()]).toEqual([
      before,
      'mine\n',
      ['config.yml', 'out.yml'],
    ]);
    await run(w, { more: elsewhere(w, true) });
    expect(w.text('out.yml')).toBe(cut.replace('$URL', w.url));
  });

  it('takes the rows back where it does not hold what was written', async () => {
    const w = await create();
    const before = await w.rows();
    const damage = at('verify', () => writeFileSync(join(w.folder, 'out.yml'), 'damaged'));
    expect(await failure(run(w, { more: elsewhere(w), onStep: damage }))).toMatchObject({
      code: 'legacy/proof-failed',
      message: `${join(w.folder, 'out.yml')} did not hold what was written; file and rows are as before`,
      hint: 'Check the disk, then run the command again.',
    });
    expect(await w.rows()).toEqual(before);
    expect(w.text()).toBe(text.replace('$URL', w.url));
  });
});

describe('an import that fails before its commit', () => {
  it.each(['receipt', 'backup', 'write', 'commit'] as const)('at "%s" leaves no trace', async (step) => {
    const w = await create();
    const before = await w.rows();
    const work = run(w, {
      onStep: at(step, () => {
        throw new ToolError('database/statement-failed', 'no');
      }),
    });
    expect(await failure(work)).toMatchObject({ message: 'no' });
    expect([await w.rows(), w.files(), await kept(w)]).toEqual([before, ['config.yml'], []]);
  });

  it('because the file was edited says so, and leaves the edit', async () => {
    const w = await create();
    const edit = at('write', () => writeFileSync(w.file, `${w.text()}# mine\n`));
    expect(await failure(run(w, { onStep: edit }))).toMatchObject({
      code: 'legacy/changed-meanwhile',
      message: `${w.file} was changed after the plan was made`,
      hint: 'It was left as it is. Run the command again.',
    });
    expect(w.text()).toBe(`${text.replace('$URL', w.url)}# mine\n`);
  });

  it('because a row was changed names it', async () => {
    const w = await create();
    const change = at('write', () =>
      withDatabase('sqlite', w.url, (sql) =>
        sql("UPDATE system_settings SET setting_type = 'int' WHERE setting_key = 'operator.name'"),
      ),
    );
    expect(await failure(run(w, { onStep: change }))).toMatchObject({
      code: 'legacy/changed-meanwhile',
      message: 'Settings were changed after the plan was made: operator.name',
      hint: 'Nothing was written. Run the command again.',
    });
    expect(w.files()).toEqual(['config.yml']);
  });

  it('because somebody made the table says that', async () => {
    const w = await Workspace.create('sqlite', text);
    const appear = at('write', async () => {
      await createServerTable('sqlite', w.url, { origin: true });
      await insertRow('sqlite', w.url, { key: 'operator.name', value: 'Bea', origin: 'explicit' });
    });
    expect(await failure(run(w, { onStep: appear }))).toMatchObject({
      code: 'legacy/changed-meanwhile',
      message: 'Somebody else created the settings table after the plan was made',
      hint: 'Nothing was written. Run the command again.',
    });
    expect(await w.values()).toEqual({ 'operator.name': 'Bea' });
  });

  it('stops at no step once the rows are there, and at each before', async () => {
    for (const [step, stored] of [
      ['write', false],
      ['rewrite', true],
    ] as const) {
      const w = await create();
      const controller = new AbortController();
      const stop = at(step, () => controller.abort(new Error('asked to stop')));
      const work = run(w, { more: { signal: controller.signal }, onStep: stop });
      if (stored) expect(await work).toMatchObject({ rowsWritten: 2 });
      else await expect(work).rejects.toThrow('asked to stop');
      expect(w.files()).toHaveLength(stored ? 3 : 1);
    }
  });
});

describe('a killed import', () => {
  it.each(['receipt', 'backup', 'write', 'commit'] as const)(
    'before "%s" is forgotten by the next, which leaves files of its own',
    async (step) => {
      const w = await create();
      await killed(w, step);
      const result = await run(w, { now: second });
      expect(result).toMatchObject({ rowsWritten: 2, rewritten: w.file, resumed: false, earlier: [] });
      expect(w.files()).toEqual([
        'config.yml',
        'config.yml.20261122-000000.bak',
        'config.yml.20261122-000000.receipt.json',
      ]);
      expect(await kept(w)).toEqual(['complete']);
    },
  );

  it('before its commit leaves the backup where the file was edited since', async () => {
    const w = await create();
    const old = w.text();
    await killed(w, 'commit');
    writeFileSync(w.file, `${old}# mine\n`);
    await run(w, { now: second });
    expect(w.text(backupName)).toBe(old);
  });

  it.each(['rewrite', 'verify', 'complete'] as const)(
    'before "%s" is finished by the next, with its receipt',
    async (step) => {
      const w = await create();
      await killed(w, step);
      expect([own(w).status, await kept(w)]).toEqual(['pending', ['pending']]);
      const result = await run(w, { now: second });
      expect(result).toMatchObject({
        rowsWritten: 0,
        receipt: join(w.folder, receiptName),
        receiptId: own(w).id,
        backup: join(w.folder, backupName),
        resumed: true,
        earlier: [],
      });
      expect([...result.changed].sort()).toEqual(['operator.contact', 'operator.name']);
      expect(result.rewritten).toBe(step === 'rewrite' ? w.file : undefined);
      expect([own(w).status, await kept(w)]).toEqual(['complete', ['complete']]);
      expect(w.files()).toEqual(['config.yml', backupName, receiptName]);
      expect(w.text()).toBe(cut.replace('$URL', w.url));
    },
  );

  it('keeps a receipt of its own where the file was edited since', async () => {
    const w = await create();
    await killed(w, 'rewrite');
    writeFileSync(w.file, `${w.text()}timmy: {enabled: true}\n`);
    const result = await run(w, { now: second });
    expect(result).toMatchObject({ rowsWritten: 1, resumed: false, earlier: [join(w.folder, receiptName)] });
    expect([...result.changed].sort()).toEqual(['operator.contact', 'operator.name', 'timmy.enabled']);
    expect(own(w)).toMatchObject({ status: 'complete', file: { sha256After: null } });
    expect(own(w, 'config.yml.20261122-000000.receipt.json').earlier).toEqual([join(w.folder, receiptName)]);
  });

  it('is known as rewritten where the file was, and then edited', async () => {
    const w = await create();
    await killed(w, 'complete');
    const { sha256After } = own(w).file ?? {};
    writeFileSync(w.file, `${w.text()}timmy: {enabled: true}\n`);
    await run(w, { now: second });
    expect(own(w)).toMatchObject({ status: 'complete', file: { sha256After } });
  });

  it('is left as it is where its rows were changed since', async () => {
    const w = await create();
    await killed(w, 'rewrite');
    await withDatabase('sqlite', w.url, (sql) =>
      sql("UPDATE system_settings SET value = 'Bea' WHERE setting_key = 'operator.name'"),
    );
    const result = await run(w, { now: second, options: { onConflict: 'overwrite' } });
    expect(result).toMatchObject({ resumed: false, earlier: [] });
    expect(own(w).status).toBe('pending');
  });

  it('stops an import into another database while the file is as it was', async () => {
    const [w, other] = [await create(), await create()];
    await killed(w, 'rewrite');
    const error = await failure(run(w, { url: other.url, now: second }));
    expect(error).toMatchObject({
      code: 'legacy/unfinished-elsewhere',
      message: `An import of this file into ${own(w).database} was begun and not finished`,
      hint: `Finish it with that database, or undo it: tmi-dbtool import-legacy --undo ${join(w.folder, receiptName)}`,
    });
    expect(await other.values()).toEqual({ 'operator.name': 'TMI' });
    writeFileSync(w.file, `${w.text()}# mine\n`);
    expect(await run(w, { url: other.url, now: second })).toMatchObject({ rowsWritten: 2 });
    expect(own(w).status).toBe('pending');
  });

  it('has its waiting files cleared away, and no others', async () => {
    const w = await create();
    const staged = (name: string): string => basename(stagedName(join(w.folder, name)));
    const mine = ['config.yml', backupName, receiptName].map(staged);
    const others = ['config.yml.prod', 'config.yml.20261121-0745.bak', 'other.yml'].map(staged);
    for (const name of [...mine, ...others]) writeFileSync(join(w.folder, name), 'waiting');
    await run(w, { now: second });
    expect(mine.filter((name) => existsSync(join(w.folder, name)))).toEqual([]);
    expect(others.filter((name) => existsSync(join(w.folder, name)))).toEqual(others);
  });

  it('passes over receipts that are damaged, of others, or finished', async () => {
    const w = await create();
    await killed(w, 'rewrite');
    const receipt = own(w);
    const leave = (at_: string, bytes: string): void =>
      writeFileSync(join(w.folder, `config.yml.${at_}.receipt.json`), bytes, { mode: 0o600 });
    leave('20261101-000000', 'no JSON');
    leave('20261102-000000', '{}');
    leave('20261103-000000', JSON.stringify({ ...receipt, status: 'undone' }));
    const file = { ...receipt.file, path: join(w.folder, 'other.yml') };
    leave('20261104-000000', JSON.stringify({ ...receipt, file }));
    leave('20261105-000000', JSON.stringify({ ...receipt, file: null }));
    const files = w.files();
    expect(await run(w, { now: second })).toMatchObject({
      resumed: true,
      receipt: join(w.folder, receiptName),
    });
    expect(w.files()).toEqual(files);
    expect(readFileSync(join(w.folder, 'config.yml.20261101-000000.receipt.json'), 'utf8')).toBe('no JSON');
  });
});
