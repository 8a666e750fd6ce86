import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { main } from '../../commands/main.js';
import { parseDatabaseUrl } from '../../src/database/url.js';
import { freshUrl } from './connection.js';
import type { TestEngine } from './database.js';
import { FakeIo, type FakeIoOptions } from './io.js';
import { readRows, type RawRow } from './rows.js';

/** How a command ended, and all that it printed. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly io: FakeIo;
}

/** A folder with a configuration file, and a database for it; both live for one test. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-import-'));
  readonly file = join(this.folder, 'config.yml');

  private constructor(
    readonly engine: TestEngine,
    readonly url: string,
  ) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** @param config the file's text, in which `$URL` stands for the database's URL */
  static async create(engine: TestEngine, config?: string): Promise<Workspace> {
    const workspace = new Workspace(engine, await freshUrl(engine));
    if (config !== undefined) workspace.write(config);
    return workspace;
  }

  /** What `--confirm` asks for. */
  get databaseName(): string {
    return basename(parseDatabaseUrl(this.url).target.database);
  }

  write(config: string, mode = 0o640): void {
    rmSync(this.file, { force: true });
    writeFileSync(
      this.file,
      config.replace('$URL', () => this.url),
      { mode },
    );
  }

  /** Runs the tool in the folder, without a terminal. */
  async run(args: readonly string[], options: Omit<FakeIoOptions, 'cwd'> = {}): Promise<Run> {
    const io = new FakeIo({ ...options, cwd: this.folder });
    const code = await main(args, io);
    return { code, out: io.out, err: io.err, io };
  }

  /** Imports `config.yml` with further arguments. */
  import(args: readonly string[] = [], options: Omit<FakeIoOptions, 'cwd'> = {}): Promise<Run> {
    return this.run(['import-legacy', 'config.yml', ...args], options);
  }

  text(name = 'config.yml'): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  exists(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  /** Names of all files, sorted. */
  files(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** Path of the only receipt. */
  receipt(): string {
    const names = this.files().filter((name) => name.endsWith('.receipt.json'));
    if (names.length !== 1) throw new Error(`Expected one receipt, found ${names.length}`);
    return join(this.folder, names[0] as string);
  }

  rows(): Promise<Map<string, RawRow>> {
    return readRows(this.engine, this.url);
  }

  /** Keys and values, the plainest view of the rows. */
  async values(): Promise<Record<string, string>> {
    return Object.fromEntries([...(await this.rows()).values()].map((row) => [row.setting_key, row.value]));
  }
}
