import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ChildCli } from '../support/cli.js';
import { encrypted } from './sample.js';

/** A folder as release 0.1.0 left it, killed before the step that the fixture is named after. */
interface Recorded {
  /** Texts by name; `@FOLDER@` stands for the folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Statements that make the database. */
  readonly sql: readonly string[];
}

const fixtures = path.resolve('fixtures/legacy/0.1.0');
const RECEIPT = 'config.yml.20261121-074500.receipt.json';

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(path.join(fixtures, `${name}.json`), 'utf8')) as Recorded;
}

const original = recorded('import-stage');
const finished = recorded('import-finished');

// The recorded configuration names its database by a relative path, so each run has a folder to work in.
let cli: ChildCli;
beforeAll(async () => {
  cli = await ChildCli.create();
});
afterAll(() => cli.dispose());

class Folder {
  readonly path = realpathSync(mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-0.1.0-')));

  constructor({ files, sql }: Recorded) {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) {
      const mode = name.endsWith('.yml') ? 0o640 : 0o600;
      writeFileSync(path.join(this.path, name), text.replaceAll('@FOLDER@', this.path), { mode });
    }
    const database = new Sqlite(path.join(this.path, 'tmi.db'));
    for (const statement of sql) database.exec(statement);
    database.close();
  }

  async run(...args: string[]): Promise<{ code: number | null; err: string }> {
    const { code, err } = await cli.run({
      args: ['import-legacy', ...args],
      cwd: this.path,
      env: encrypted,
      now: '2026-11-22T00:00:00Z',
    });
    return { code, err };
  }

  text(name: string): string {
    return readFileSync(path.join(this.path, name), 'utf8');
  }

  status(): unknown {
    return (JSON.parse(this.text(RECEIPT)) as { status: unknown }).status;
  }

  rows(): unknown[] {
    const database = new Sqlite(path.join(this.path, 'tmi.db'), { readonly: true });
    try {
      return database.prepare('SELECT * FROM system_settings ORDER BY setting_key').all();
    } finally {
      database.close();
    }
  }
}

const names = readdirSync(fixtures).map((name) => path.basename(name, '.json'));
const rowsBefore = (): unknown[] => new Folder(original).rows();

function expectAsBefore(folder: Folder): void {
  expect(folder.text('config.yml')).toBe(original.files['config.yml']);
  expect(folder.rows()).toEqual(rowsBefore());
  expect(folder.status()).toBe('undone');
}

describe('what release 0.1.0 left', () => {
  it.each(names.filter((name) => name.startsWith('import-')))('%s is finished, and undone', async (name) => {
    const folder = new Folder(recorded(name));
    expect(await folder.run('config.yml')).toEqual({ code: 0, err: '' });
    expect(folder.text('config.yml')).toBe(finished.files['config.yml']);
    const receipt = readdirSync(folder.path).filter((file) => file.endsWith('.receipt.json'));
    expect(receipt).toHaveLength(1);
    const undone = await folder.run('--undo', receipt[0] as string);
    expect(undone).toEqual({ code: 0, err: '' });
    expect(folder.text('config.yml')).toBe(original.files['config.yml']);
    expect(folder.rows()).toEqual(rowsBefore());
    expect(readdirSync(folder.path).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it.each(names.filter((name) => /^import-(commit|rewrite|verify|complete|finished)$/.test(name)))(
    '%s is undone without being finished',
    async (name) => {
      const folder = new Folder(recorded(name));
      expect(await folder.run('--undo', RECEIPT)).toEqual({ code: 0, err: '' });
      expectAsBefore(folder);
    },
  );

  it.each(names.filter((name) => name.startsWith('undo-') && name !== 'undo-done'))(
    '%s is finished by a second undo',
    async (name) => {
      const folder = new Folder(recorded(name));
      expect(await folder.run('--undo', RECEIPT)).toEqual({ code: 0, err: '' });
      expectAsBefore(folder);
    },
  );

  it('is not undone twice', async () => {
    const folder = new Folder(recorded('undo-done'));
    expect((await folder.run('--undo', RECEIPT)).code).toBe(4);
    expectAsBefore(folder);
  });

  it('is imported again after it was undone', async () => {
    const folder = new Folder(recorded('undo-done'));
    expect((await folder.run('config.yml')).code).toBe(0);
    expect(folder.text('config.yml')).toBe(finished.files['config.yml']);
  });
});
