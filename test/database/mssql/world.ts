import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { main } from '../../../commands/main.js';
import { FakeIo, type FakeIoOptions } from '../../support/io.js';
import { startTdsServer, type TdsServer, type TdsServerOptions } from '../../support/stand-ins/tds-server.js';
import { TdsDatabase } from '../../support/stand-ins/tds-sqlite.js';

export const PASSWORD = 'CANARY-mssql p@ss/w%rd';

export const urlOf = (port: number, query = '', host = '127.0.0.1'): string =>
  `sqlserver://tool:${encodeURIComponent(PASSWORD)}@${host}:${port}?database=tmi${query}`;

/** A server with a database, and a folder to work in; all for one test. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-mssql-'));
  readonly url: string;

  private constructor(
    readonly database: TdsDatabase,
    readonly server: TdsServer,
  ) {
    this.url = urlOf(server.port);
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    // Whatever else a test expects, the grammar has had nothing to refuse.
    onTestFinished(() => expect(server.refused).toEqual([]));
  }

  /** @param schema the user's own; beside another one than `dbo` there is that as well */
  static async start(options: Partial<TdsServerOptions> = {}, schema = 'dbo'): Promise<World> {
    const database = new TdsDatabase(schema);
    return new World(database, await startTdsServer({ login: () => database.session(), ...options }));
  }

  write(text: string, name = 'config.yml'): void {
    writeFileSync(
      join(this.folder, name),
      text.replace('$URL', () => this.url),
    );
  }

  text(name = 'config.yml'): string {
    return readFileSync(join(this.folder, name), 'utf8').replace(this.url, () => '$URL');
  }

  files(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** Runs the tool in the folder. Neither stream may show the password. */
  async run(args: readonly string[], options: Omit<FakeIoOptions, 'cwd'> = {}) {
    const io = new FakeIo({ ...options, cwd: this.folder });
    const code = await main(args, io);
    for (const part of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(io.out + io.err).not.toContain(part);
    return { code, out: io.out, err: io.err, json: () => JSON.parse(io.out) as Record<string, unknown> };
  }

  rows(sql = 'select * from system_settings order by setting_key'): Record<string, unknown>[] {
    return this.database.direct.prepare(sql).all() as Record<string, unknown>[];
  }
}
