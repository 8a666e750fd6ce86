import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConfigFile } from '../../src/config/files/read.js';
import {
  RUN_LOCK,
  type Database,
  type DatabaseTarget,
  type MissingRight,
  type NeededRights,
} from '../../src/database/index.js';
import type { ImportPlan } from '../../src/legacy/plan.js';
import { readinessOf, type ReadinessInputs } from '../../src/legacy/readiness.js';
import type { RewriteTarget } from '../../src/legacy/target.js';
import type { RowWrite } from '../../src/settings/row.js';
import { cipherOf, KEY, now, storedRow, tableOf } from '../settings/support.js';

// Which rights, and how much room, a run is asked for by what its plan does.

const onServer: DatabaseTarget = {
  engine: 'postgres',
  host: 'db',
  port: 5432,
  database: 'tmi',
  user: 'app',
};

/** A database that notes what it is asked, and lacks the rights that `lacks` picks. */
class Asked {
  needs: readonly NeededRights[] = [];
  locks: unknown[] = [];

  constructor(
    readonly target: DatabaseTarget = onServer,
    private readonly lacks: (need: NeededRights) => boolean = () => false,
    private readonly further: readonly MissingRight[] = [],
    private readonly locked = false,
  ) {}

  missingRights(needs: readonly NeededRights[]): Promise<readonly MissingRight[]> {
    this.needs = needs;
    const missing = needs.filter(this.lacks).map((need) => ({
      need,
      code: 'database/permission' as const,
      message: `app may not work with ${need.table}`,
      fix: `GRANT ${need.rows.join(', ').toUpperCase()} ON ${need.table} TO app;`,
    }));
    return Promise.resolve([...this.further, ...missing]);
  }

  isLocked(name: unknown): Promise<boolean> {
    this.locks.push(name);
    return Promise.resolve(this.locked);
  }

  get database(): Database {
    return this as unknown as Database;
  }
}

const write = (key: string, stored = 'Ann'): RowWrite => ({
  key,
  stored,
  type: 'string',
  description: null,
  modifiedAt: now,
  modifiedBy: null,
  origin: 'explicit',
});

function planOf(facts: Partial<ImportPlan> = {}): ImportPlan {
  return {
    source: 'file',
    options: { server: '1.8', onConflict: undefined, shadowed: undefined, allowPlaintextSecrets: true },
    entries: [],
    shadows: [],
    blockers: [],
    notes: [],
    writes: [],
    deletes: [],
    rewrite: undefined,
    other: undefined,
    proof: undefined,
    ...facts,
  };
}

const rewriteOf = (size: number): NonNullable<ImportPlan['rewrite']> => ({
  bytes: new Uint8Array(size),
  text: '',
  removed: [],
});

const fileOf = (path: string, size = 10): ConfigFile =>
  ({ name: path, realPath: path, bytes: Buffer.alloc(size) }) as unknown as ConfigFile;

const nowhere = { backup: false, base: undefined };

function inputsOf(asked: Asked, facts: Partial<ReadinessInputs> = {}): ReadinessInputs {
  return {
    database: asked.database,
    plan: planOf({ writes: [write('operator.name')] }),
    table: tableOf([]),
    cipher: cipherOf(),
    file: undefined,
    target: { kind: 'none' },
    sidecars: nowhere,
    keepsReceipt: true,
    production: false,
    asksServer: true,
    uid: process.getuid?.(),
    now,
    ...facts,
  };
}

/** Tables and rights in the order in which they are asked for. */
async function needsOf(facts: Partial<ReadinessInputs>): Promise<Record<string, unknown>[]> {
  const asked = new Asked();
  expect(await readinessOf(inputsOf(asked, facts))).toEqual({ stops: [], notes: [] });
  return asked.needs.map((need) => ({ ...need }));
}

const settings = (rows: NeededRights['rows'], holds: boolean, makes: boolean): NeededRights => ({
  table: 'system_settings',
  rows,
  holds,
  makes,
});
const read = (table: string): NeededRights => ({ table, rows: ['select'], holds: false, makes: false });
const receipts = {
  table: 'tmi_dbtool_receipts',
  rows: ['select', 'insert', 'update'],
  holds: false,
  makes: true,
};
const stamp = { table: 'tmi_dbtool_stamp', rows: ['insert'], holds: false, makes: true };
const undo = { table: 'system_settings', rows: ['delete'], holds: false, makes: false };
const marks = [read('tmi_schema_versions'), read('tmi_dbtool_stamp')];

describe('rights that a run is asked for', () => {
  it('are those to write and to hold rows, to keep a receipt, and to undo where rows are new', async () => {
    expect(await needsOf({})).toEqual([
      settings(['select', 'insert', 'update'], true, true),
      ...marks,
      receipts,
      undo,
    ]);
  });

  it('do not count an undo where every row is there already, or the table is still to be made', async () => {
    const there = tableOf([storedRow('operator.name', 'Bob')]);
    expect(await needsOf({ table: there })).not.toContainEqual(undo);
    expect(await needsOf({ table: tableOf([], { exists: false }) })).not.toContainEqual(undo);
    expect(await needsOf({ keepsReceipt: false })).not.toContainEqual(undo);
    const one = planOf({ writes: [write('operator.name'), write('operator.contact')] });
    expect(await needsOf({ plan: one, table: there })).toContainEqual(undo);
  });

  it('are the right to delete where rows go, which an undo then has as well', async () => {
    const table = tableOf([storedRow('timmy.enabled', 'true')]);
    const plan = planOf({ writes: [write('operator.name')], deletes: ['timmy.enabled'] });
    expect(await needsOf({ plan, table })).toEqual([
      settings(['select', 'insert', 'update', 'delete'], true, true),
      ...marks,
      receipts,
    ]);
    expect(await needsOf({ plan: planOf({ deletes: ['timmy.enabled'] }), table })).toEqual([
      settings(['select', 'delete'], true, false),
      ...marks,
      receipts,
    ]);
  });

  it('are those to read and hold the rows where keys leave the file alone, and to read where nothing is done', async () => {
    expect(await needsOf({ plan: planOf({ rewrite: rewriteOf(5) }) })).toEqual([
      settings(['select'], true, false),
      ...marks,
      receipts,
    ]);
    expect(await needsOf({ plan: planOf() })).toEqual([settings(['select'], false, false), ...marks]);
  });

  it('count the receipt only where one is kept', async () => {
    expect(await needsOf({ keepsReceipt: false })).toEqual([
      settings(['select', 'insert', 'update'], true, true),
      ...marks,
    ]);
  });

  it('are to tell the server by its tables where it is not named, the first of which ends the question', async () => {
    const rows = settings(['select', 'insert', 'update'], true, true);
    expect(await needsOf({ asksServer: false })).toEqual([rows, receipts, undo]);
    const options = { ...planOf().options, serverReason: 'go-server' as const };
    const plan = planOf({ writes: [write('operator.name')], options });
    expect(await needsOf({ plan })).toEqual([rows, read('tmi_schema_versions'), receipts, undo]);
    const other = planOf({ ...plan, options: { ...options, serverReason: 'stamp' as never } });
    expect(await needsOf({ plan: other })).toEqual([rows, ...marks, receipts, undo]);
  });

  it('are those to stamp the database where rows of a production are written', async () => {
    expect(await needsOf({ production: true })).toEqual([
      settings(['select', 'insert', 'update'], true, true),
      ...marks,
      receipts,
      stamp,
      undo,
    ]);
    const cuts = planOf({ rewrite: rewriteOf(5) });
    expect(await needsOf({ production: true, plan: cuts })).not.toContainEqual(stamp);
  });

  it('are those to write anything but to delete nothing where the settings could not be read', async () => {
    const unread = { plan: undefined, table: undefined };
    const rows = settings(['select', 'insert', 'update'], true, true);
    expect(await needsOf(unread)).toEqual([rows, ...marks, receipts]);
    expect(await needsOf({ ...unread, production: true })).toEqual([rows, ...marks, receipts, stamp]);
  });
});

describe('a right that is missing', () => {
  const only =
    (table: string, right: string) =>
    ({ table: asked, rows }: NeededRights): boolean =>
      asked === table && rows.at(-1) === right;

  it('stops the run where the settings cannot be written, with the statement that gives it', async () => {
    const asked = new Asked(onServer, only('system_settings', 'update'));
    const { stops, notes } = await readinessOf(inputsOf(asked));
    expect(stops).toMatchObject([
      {
        code: 'database/permission',
        message: 'app may not work with system_settings',
        hint: 'GRANT SELECT, INSERT, UPDATE ON system_settings TO app;',
      },
    ]);
    expect(notes).toEqual([]);
  });

  it('stops it where nothing at all can be written', async () => {
    const further = {
      need: undefined,
      code: 'database/read-only' as const,
      message: 'The database is a standby',
      fix: 'Name the primary.',
    };
    const { stops, notes } = await readinessOf(inputsOf(new Asked(onServer, undefined, [further])));
    expect(stops).toMatchObject([
      { code: 'database/read-only', message: 'The database is a standby', hint: 'Name the primary.' },
    ]);
    expect(notes).toEqual([]);
  });

  it('of the receipts leaves the disk, or no way back, and stops nothing', async () => {
    const lacking = (): Asked => new Asked(onServer, only('tmi_dbtool_receipts', 'update'));
    const grant = 'So that it may: GRANT SELECT, INSERT, UPDATE ON tmi_dbtool_receipts TO app;';
    const start = 'The database user may not write the table tmi_dbtool_receipts:';
    const disk = { file: fileOf('/tmp/config.yml'), sidecars: { backup: true, base: '/tmp/config.yml' } };
    expect(await readinessOf(inputsOf(lacking(), disk))).toEqual({
      stops: [],
      notes: [`${start} the receipt will be on the disk alone. ${grant}`],
    });
    const lost = `${start} in this import no receipt can be kept, neither on a disk nor in the database: the tool cannot undo this import. Take a backup first if that matters: tmi-dbtool db backup. ${grant}`;
    for (const facts of [{}, { file: disk.file }, { sidecars: disk.sidecars }])
      expect(await readinessOf(inputsOf(lacking(), facts))).toEqual({ stops: [], notes: [lost] });
  });

  it('of the undo and of the stamp is said, and stops nothing', async () => {
    const lacking = new Asked(onServer, ({ rows: [first] }) => first === 'delete' || first === 'insert');
    expect(await readinessOf(inputsOf(lacking, { production: true }))).toEqual({
      stops: [],
      notes: [
        'An undo of this import could not delete its rows. So that it can: GRANT DELETE ON system_settings TO app;',
        'The database cannot be stamped as one of production. So that it can: GRANT INSERT ON tmi_dbtool_stamp TO app;',
      ],
    });
  });

  it('is told with the others, after the lock of another run', async () => {
    const asked = new Asked(onServer, () => true, [], true);
    const { stops } = await readinessOf(inputsOf(asked));
    expect(asked.locks).toEqual([RUN_LOCK]);
    expect(stops.map(({ message }) => message)).toEqual([
      'Another run of the tool is working on this database',
      'app may not work with system_settings',
      'app may not work with tmi_schema_versions',
      'app may not work with tmi_dbtool_stamp',
    ]);
    expect(stops[0]).toMatchObject({
      code: 'database/locked',
      hint: 'Wait until it has ended. A run that was killed holds no lock any more.',
    });
  });
});

describe('a row in plain text that a receipt may not hold', () => {
  const facts: Partial<ReadinessInputs> = {
    plan: planOf({ writes: [write('timmy.llm_api_key', 'new')] }),
    table: tableOf([storedRow('timmy.llm_api_key', 'CANARY-old')]),
    cipher: cipherOf(),
  };
  const message = 'The row timmy.llm_api_key holds a secret in plain text, which a receipt may not hold';

  it('stops an import that leaves its receipt on a disk', async () => {
    const disk = { file: fileOf('/tmp/config.yml'), sidecars: { backup: true, base: '/tmp/config.yml' } };
    const { stops, notes } = await readinessOf(inputsOf(new Asked(), { ...facts, ...disk }));
    expect(stops).toMatchObject([{ code: 'legacy/secret-not-undoable', message }]);
    expect(notes).toEqual([]);
  });

  it('leaves an import of the environment without a way back, which is said', async () => {
    const { stops, notes } = await readinessOf(inputsOf(new Asked(), facts));
    expect(stops).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^In this import no receipt can be kept, .*tmi-dbtool db backup\. The row timmy\.llm_api_key .* may not hold\. .*--no-backup to go on without a receipt\.$/,
      ) as string,
    ]);
    expect(notes.join()).not.toContain('CANARY');
  });

  it.each([
    ['no receipt is wanted', { keepsReceipt: false }],
    ['there is a key to encrypt it with', { cipher: cipherOf(KEY) }],
    ['the settings could not be read', { plan: undefined, table: undefined }],
  ])('is no matter where %s', async (_, other) => {
    expect(await readinessOf(inputsOf(new Asked(), { ...facts, ...other }))).toEqual({
      stops: [],
      notes: [],
    });
  });

  it('is thrown on where it is no fault of that kind', async () => {
    const table = tableOf([], {
      get: () => {
        throw new TypeError('a fault of the tool');
      },
    });
    await expect(readinessOf(inputsOf(new Asked(), { ...facts, table }))).rejects.toThrow(TypeError);
  });
});

/** A disk of so many blocks, none of which is taken. */
function disk(blocks: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-room-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${blocks * 4}k`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

const BLOCK = 4096;

describe('room that a run is asked for', () => {
  /** What is said of a disk with room for `blocks`, and that one more would do. */
  async function expectNeeded(
    blocks: number,
    facts: (folder: string) => Partial<ReadinessInputs>,
    target: (folder: string) => DatabaseTarget = () => onServer,
  ): Promise<void> {
    const [small, enough] = [disk(blocks - 1), disk(blocks)];
    const { stops } = await readinessOf(inputsOf(new Asked(target(small)), facts(small)));
    expect(stops.map(({ code, message, hint }) => ({ code, message, hint }))).toEqual([
      {
        code: 'config/cannot-write-file',
        message: `The files of the import need ${blocks * BLOCK} bytes in ${small}, where ${(blocks - 1) * BLOCK} are free`,
        hint: 'Free some space there, or write elsewhere with --output FILE.',
      },
    ]);
    const fits = await readinessOf(inputsOf(new Asked(target(enough)), facts(enough)));
    expect(fits.stops).toEqual([]);
  }

  const plan = planOf({ writes: [write('operator.name')], rewrite: rewriteOf(2 * BLOCK) });
  const inPlace = (folder: string): Partial<ReadinessInputs> => {
    const file = join(folder, 'config.yml');
    return {
      plan,
      file: fileOf(file, 3 * BLOCK),
      target: { kind: 'in-place' },
      sidecars: { backup: true, base: file },
    };
  };

  it('is that of the new text, the receipt and the backup', async () => {
    await expectNeeded(2 + 1 + 3, inPlace);
  });

  it('is that of the new text alone where nothing is kept beside it', async () => {
    await expectNeeded(2, (folder) => ({ ...inPlace(folder), sidecars: nowhere }));
    await expectNeeded(2, (folder) => ({ ...inPlace(folder), keepsReceipt: false }));
  });

  it('is without the backup where the file stays as it is', async () => {
    await expectNeeded(2 + 1, (folder) => ({
      ...inPlace(folder),
      sidecars: { backup: false, base: join(folder, 'config.yml') },
    }));
    const stays = planOf({ writes: [write('operator.name', 'x'.repeat(10))] });
    const long = tableOf([storedRow('operator.name', 'x'.repeat(BLOCK))]);
    await expectNeeded(2, (folder) => ({ ...inPlace(folder), plan: stays, table: long }));
  });

  it('is that of the output in its own folder, which gets the text of a file that stays', async () => {
    const output = (folder: string): RewriteTarget => ({
      kind: 'output',
      name: 'out.yml',
      path: join(folder, 'out.yml'),
      overwrite: false,
      inUse: [],
    });
    const file = fileOf('/tmp/config.yml', 3 * BLOCK);
    await expectNeeded(2, (folder) => ({ plan, file, target: output(folder) }));
    const stays = planOf({ writes: [write('operator.name')] });
    await expectNeeded(3, (folder) => ({ plan: stays, file, target: output(folder) }));
  });

  it('is asked for where the settings could not be read, as far as it is known', async () => {
    const unread = { plan: undefined, table: undefined };
    const small = disk(1);
    expect(await readinessOf(inputsOf(new Asked(), { ...inPlace(small), ...unread }))).toEqual({
      stops: [],
      notes: [],
    });
  });

  it('is that of the rows, and of the receipt again, where the database is a file', async () => {
    const sqlite = (folder: string): DatabaseTarget => ({
      engine: 'sqlite',
      host: undefined,
      port: undefined,
      database: join(folder, 'tmi.db'),
      user: undefined,
    });
    const long = write('operator.name', 'x'.repeat(BLOCK));
    const two = planOf({ writes: [long, write('operator.contact', 'x'.repeat(BLOCK - 300))] });
    await expectNeeded(2, () => ({ plan: two, keepsReceipt: false }), sqlite);
    await expectNeeded(3, () => ({ plan: two }), sqlite);
    // Nothing grows where no row is written, nor here where the database is elsewhere.
    const none = planOf({ rewrite: rewriteOf(1) });
    for (const asked of [
      inputsOf(new Asked(sqlite(disk(1))), { plan: none }),
      inputsOf(new Asked(), { plan: two }),
    ])
      expect((await readinessOf(asked)).stops).toEqual([]);
  });

  it('is added up where files and database share a folder', async () => {
    await expectNeeded(2 + 1 + 3 + 1, inPlace, (folder) => ({
      engine: 'sqlite',
      host: undefined,
      port: undefined,
      database: join(folder, 'tmi.db'),
      user: undefined,
    }));
  });

  it('is not asked for where the system does not tell it', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'tmi-dbtool-room-')), 'gone');
    mkdirSync(folder);
    rmSync(folder, { recursive: true });
    expect((await readinessOf(inputsOf(new Asked(), inPlace(folder)))).stops).toEqual([]);
  });
});
