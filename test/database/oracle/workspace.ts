import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { main } from '../../../commands/main.js';
import type { Database } from '../../../src/database/contract.js';
import { connect } from '../../support/connection.js';
import { FakeIo, type FakeIoOptions } from '../../support/io.js';
import { driver } from '../../support/stand-ins/oracle/driver.js';
import { createSchema, type Schema } from '../../support/stand-ins/oracle/server.js';
import type { Run } from '../../support/workspace.js';

/** A schema of the stand-in and a folder with a configuration for it; both live for one test. */
export class OracleWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-oracle-run-'));
  readonly file = join(this.folder, 'config.yml');
  readonly schema: Schema;
  readonly url: string;

  /** @param config the file's text, in which `$URL` stands for the database's URL */
  constructor(config = 'database: {url: "$URL"}\n') {
    const { schema, url, dispose } = createSchema();
    this.schema = schema;
    this.url = url;
    writeFileSync(
      this.file,
      config.replace('$URL', () => url),
      { mode: 0o640 },
    );
    onTestFinished(() => {
      dispose();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  async run(args: readonly string[], options: Omit<FakeIoOptions, 'cwd'> = {}): Promise<Run> {
    const io = new FakeIo({ ...options, cwd: this.folder });
    const code = await main(args, io);
    return { code, out: io.out, err: io.err, io };
  }

  connect(): Promise<Database> {
    return connect(this.url);
  }

  text(name = 'config.yml'): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  exists(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  receipt(): string {
    return join(this.folder, readdirSync(this.folder).find((name) => name.endsWith('.receipt.json')) ?? '');
  }

  /** Carries statements out as somebody else with a connection of their own. */
  async define(...statements: readonly string[]): Promise<void> {
    const { user, password } = this.schema;
    const connectString = `(SERVICE_NAME=${this.url.split('/').at(-1) ?? ''})`;
    const connection = await driver.getConnection({ user, password, connectString });
    try {
      for (const sql of statements) await connection.execute(sql, [], { autoCommit: true });
    } finally {
      await connection.close();
    }
  }

  /** Rows as they are kept, without any code of the tool. */
  stored(table: string): Record<string, unknown>[] {
    const file = new BetterSqlite3(this.schema.file, { readonly: true });
    try {
      return file.prepare(`select * from "${table}"`).all() as Record<string, unknown>[];
    } finally {
      file.close();
    }
  }

  /** The settings by key, with the columns that tell what happened to them. */
  settings(): Record<string, { value: unknown; origin: unknown; at: unknown }> {
    return Object.fromEntries(
      this.stored('SYSTEM_SETTINGS').map((row) => [
        String(row['SETTING_KEY']),
        { value: row['VALUE'], origin: row['ORIGIN'], at: row['MODIFIED_AT'] },
      ]),
    );
  }
}
