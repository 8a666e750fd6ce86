import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { keyOfSetting } from '../../src/config/setting-key.js';
import { readLeafValue } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { NewFiles } from '../../src/legacy/new-files.js';
import { planImport, planImportInTurns, type PlanImportInputs } from '../../src/legacy/plan-import.js';
import { readFileSource } from '../../src/legacy/read-source.js';
import type { Receipt } from '../../src/legacy/receipt-format.js';
import type { ReceiptTable } from '../../src/legacy/receipt-table.js';
import { settle } from '../../src/legacy/recover.js';
import { settingByPath } from '../../src/registry/index.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { failure } from '../support/errors.js';
import { tableOf } from '../settings/support.js';

// What an import does while somebody else works: files that wait for their names, a plan in parts, values read once.

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-prepared-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('a file that is prepared', () => {
  it('has its name once it is created, complete and private', async () => {
    const folder = newFolder();
    const files = new NewFiles();
    files.prepare(join(folder, 'receipt'), bytes('all of it'));
    await expect.poll(() => readdirSync(folder)).toEqual(['.receipt.tmi-dbtool.tmp']);
    await files.create(join(folder, 'receipt'), bytes('all of it'));
    expect(readdirSync(folder)).toEqual(['receipt']);
    expect(readFileSync(join(folder, 'receipt'), 'utf8')).toBe('all of it');
    expect((statSync(join(folder, 'receipt')).mode & 0o777).toString(8)).toBe('600');
  });

  it('is gone without ever having had its name where the import ends before', async () => {
    const folder = newFolder();
    const files = new NewFiles();
    for (const name of ['receipt', 'backup']) files.prepare(join(folder, name), bytes(name));
    await files.create(join(folder, 'receipt'), bytes('receipt'));
    await files.discard();
    expect(readdirSync(folder)).toEqual(['receipt']);
    await files.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that it cannot be written when it is created, and not before', async () => {
    const files = new NewFiles();
    const file = join(newFolder(), 'missing', 'receipt');
    files.prepare(file, bytes('receipt'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await failure(files.create(file, bytes('receipt')))).toMatchObject({
      code: 'config/cannot-write-file',
    });
    await files.remove();
  });
});

describe('a receipt that is settled', () => {
  const receipt = { status: 'complete' } as Receipt;

  it('stays as it was on the disk where the database does not take what has become of it', async () => {
    const folder = newFolder();
    const file = join(folder, 'receipt');
    const update = async (): Promise<void> => {
      await expect.poll(() => readdirSync(folder)).toEqual(['.receipt.tmi-dbtool.tmp']);
      throw new Error('gone');
    };
    const settled = settle({ file, receipt }, { update } as unknown as ReceiptTable);
    await expect(settled).rejects.toThrow('gone');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that the disk does not take it once the database has answered', async () => {
    const file = join(newFolder(), 'missing', 'receipt');
    let answered = false;
    const update = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      answered = true;
    };
    const settled = settle({ file, receipt }, { update } as unknown as ReceiptTable);
    expect(await failure(settled)).toMatchObject({ code: 'config/cannot-write-file' });
    expect(answered).toBe(true);
  });

  it('is on the disk only once the database has it', async () => {
    const folder = newFolder();
    const file = join(folder, 'receipt');
    const seen: boolean[] = [];
    const update = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      seen.push(readdirSync(folder).includes('receipt'));
    };
    await settle({ file, receipt }, { update } as unknown as ReceiptTable);
    expect(seen).toEqual([false]);
    expect(readdirSync(folder)).toEqual(['receipt']);
  });
});

describe('a plan in turns', () => {
  const document = parseYaml(bytes('operator: {name: Ann}\ntimmy: {enabled: true}\n'), 'config.yml');
  const inputs: PlanImportInputs = {
    source: readFileSource(document, readEnvironment({})),
    options: {
      server: 'documented',
      onConflict: undefined,
      shadowed: undefined,
      allowPlaintextSecrets: true,
    },
    table: tableOf([]),
    cipher: SettingsCipher.from({}),
    capabilities: { caseInsensitiveKeys: false },
    production: false,
    now: new Date('2026-11-21T07:45:00Z'),
  };

  it('is the plan that is made at once, and lets others on between its parts', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const { plan, rows } = await planImportInTurns(inputs);
    clearImmediate(next);
    const atOnce = planImport(inputs);
    expect(plan.entries).toEqual(atOnce.plan.entries);
    expect(plan.writes).toEqual(atOnce.plan.writes);
    expect(plan.writes.map(({ key }) => key)).toEqual(['operator.name', 'timmy.enabled']);
    expect(plan.rewrite?.text).toBe(atOnce.plan.rewrite?.text);
    expect(rows).toEqual(atOnce.rows);
    // A login has five answers to give after the first.
    expect(turns).toBeGreaterThanOrEqual(5);
  });
});

it('reads the value of a leaf for another key or file anew', () => {
  const [leaf] = readLeaves(parseYaml(bytes('operator: {name: 7x}\n'), 'a.yml').root);
  const keyOf = (path: string) => keyOfSetting(settingByPath(path) as NonNullable<unknown> as never);
  const read = (path: string, file: string) =>
    readLeafValue(leaf as NonNullable<typeof leaf>, keyOf(path), file);
  expect(read('operator.name', 'a.yml')).toEqual({ kind: 'value', text: '7x' });
  expect(read('auth.jwt.expiration_seconds', 'a.yml')).toMatchObject({ diagnostic: { file: 'a.yml' } });
  expect(read('auth.jwt.expiration_seconds', 'b.yml')).toMatchObject({ diagnostic: { file: 'b.yml' } });
  expect(read('operator.name', 'b.yml')).toEqual({ kind: 'value', text: '7x' });
});
